"""Keys: where they live and what may open what (design: privacy.md 2-4).

- The master key is the HKDF (RFC 5869) root of one key per institution and purpose. Each institution has a random salt
  in the keys folder; destroying that file destroys all its keys.
- An original's data key is sealed (HPKE, RFC 9180) to the workers' key of the day. The web process knows only the
  public half: it can seal and cannot open.
- Sealed data keys are files of the keys folder, outside database, data folder and backup; acceptance, discard and
  expiry destroy them one by one, the clock destroys the day's key.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
import uuid
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from .errors import Unavailable
from .files import destroy, write_new

Purpose = Literal["uid", "date", "subject", "duplicate", "name"]
NodePurpose = Literal["node-keys", "feed-cursor", "feed-subject", "webhook"]
KEY_BYTES = 32
DAY_KEY_LIFE = dt.timedelta(days=45)
"""Longer than any clock of an original (30 days of waiting and the retries before)."""
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def folder(*parts: str) -> Path:
    """A folder below IMAGEBANK_KEYS, made 0700."""
    path = Path(str(settings.KEYS_DIR)).joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def derive(institution_id: uuid.UUID, purpose: Purpose) -> bytes:
    """32 bytes for one institution and purpose."""
    info = f"imagebank/1/{institution_id}/{purpose}".encode()
    kdf = HKDF(hashes.SHA256(), KEY_BYTES, salt=_salt(institution_id), info=info)
    return kdf.derive(settings.MASTER_KEY)


def derive_of_node(purpose: NodePurpose) -> bytes:
    """32 bytes of the node itself. They come from the master key alone, so that a restored node is the same one."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"imagebank/1/node/{purpose}".encode()).derive(
        settings.MASTER_KEY
    )


def destroy_institution(institution_id: uuid.UUID) -> None:
    """No key of this institution can be derived again, nor others in their place."""
    with contextlib.suppress(FileExistsError):
        write_new(_mark(institution_id), b"")
    destroy(folder("institutions") / f"{institution_id}.salt")


def _salt(institution_id: uuid.UUID) -> bytes:
    """RuntimeError once destroyed: by new keys a patient who declined would be a stranger."""
    if _mark(institution_id).exists():
        raise RuntimeError("the keys of this institution were destroyed")
    return load_or_make(folder("institutions") / f"{institution_id}.salt")


def _mark(institution_id: uuid.UUID) -> Path:
    return folder("institutions") / f"{institution_id}.destroyed"


def load_or_make(path: Path, size: int = KEY_BYTES) -> bytes:
    """A random secret in a 0600 file, made on first use by whichever process comes first."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError):
            write_new(path, secrets.token_bytes(size))
    return path.read_bytes()


# --- the workers' key of the day


def make_day_key(day: dt.date) -> None:
    """Make the pair of a day if it is not there; called by the worker for today and tomorrow."""
    private = X25519PrivateKey.from_private_bytes(load_or_make(folder("worker") / f"{day}.key"))
    with contextlib.suppress(FileExistsError):
        write_new(folder("public") / f"{day}.pub", private.public_key().public_bytes_raw())


def destroy_old_day_keys(today: dt.date) -> int:
    """Destroy the private halves whose retention clock has run out; returns how many."""
    old = [p for p in folder("worker").glob("*.key") if today - dt.date.fromisoformat(p.stem) > DAY_KEY_LIFE]
    for path in old:
        destroy(path)
        destroy(folder("public") / f"{path.stem}.pub")
    return len(old)


def newest_public() -> tuple[str, bytes]:
    """(day, public half of the workers' key), 32 bytes; Unavailable before a worker has made one."""
    newest = max(folder("public").glob("*.pub"), default=None)
    if newest is None:
        raise Unavailable("no_worker_key")
    return newest.stem, newest.read_bytes()


# --- an original's data key


def _sealed(original_id: uuid.UUID) -> Path:
    return folder("originals") / f"{original_id}.key"


def new_data_key(original_id: uuid.UUID) -> bytes:
    """A fresh key, sealed to the workers before the first byte is written with it."""
    key, sealed = seal_data_key(original_id, *newest_public())
    write_new(_sealed(original_id), sealed)
    return key


def seal_data_key(original_id: uuid.UUID, day: str, public: bytes) -> tuple[bytes, bytes]:
    """A fresh key, and what is kept of it; needs no key folder and no secret."""
    key = secrets.token_bytes(KEY_BYTES)
    sealed = SUITE.encrypt(key, X25519PublicKey.from_public_bytes(public), info=_context(original_id))
    return key, day.encode() + b"\n" + sealed


def adopt_data_key(original_id: uuid.UUID, sealed: bytes) -> None:
    """Keep what `seal_data_key` gave elsewhere. May be repeated."""
    with contextlib.suppress(FileExistsError):
        write_new(_sealed(original_id), sealed)


def open_data_key(original_id: uuid.UUID) -> bytes:
    """The data key; only where the workers' private keys can be read. FileNotFoundError once destroyed."""
    day, sealed = _sealed(original_id).read_bytes().split(b"\n", 1)
    private = X25519PrivateKey.from_private_bytes((folder("worker") / f"{day.decode()}.key").read_bytes())
    return SUITE.decrypt(sealed, private, info=_context(original_id))


def data_key_exists(original_id: uuid.UUID) -> bool:
    return _sealed(original_id).exists()


def destroy_data_key(original_id: uuid.UUID) -> None:
    """After this nobody can read the original, whatever copy of its bytes is left."""
    destroy(_sealed(original_id))


def _context(original_id: uuid.UUID) -> bytes:
    return f"imagebank/original/{original_id}".encode()


# --- the preview key: the worker writes before-pictures, the web reads them


def preview_key(original_id: uuid.UUID, *, make: bool = False) -> bytes:
    """32 bytes that live as long as the preview may be seen; FileNotFoundError once destroyed."""
    path = folder("previews") / f"{original_id}.key"
    return load_or_make(path) if make else path.read_bytes()


def destroy_preview_key(original_id: uuid.UUID) -> None:
    destroy(folder("previews") / f"{original_id}.key")
