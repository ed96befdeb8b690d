"""The three stores. Quarantine holds sealed originals and can make no URL; the candidate store holds verified clean
objects that are still private and deletable; the bank store holds accepted ones. Nothing overwrites a stored object.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

from django.conf import settings

from . import appending, keys, made
from .errors import TooMuch
from .files import destroy, sync_folder
from .sealing import Sealer, unseal

StoreName = Literal["candidate", "bank", "packs"]
PIECE = 1 << 20


class BlobStore:
    """Clean objects, one file each, named by owner, role and hash."""

    def __init__(self, name: StoreName) -> None:
        self.name = name

    @property
    def root(self) -> Path:
        return Path(settings.STORAGE_DIR) / self.name

    def path(self, owner: uuid.UUID, role: str, sha256: str) -> Path:
        """Where the object is; the first two letters spread the folders."""
        return self.folder(owner) / f"{role}.{sha256[:16]}"

    def folder(self, owner: uuid.UUID) -> Path:
        """All that an owner has here."""
        key = str(owner)
        return self.root / key[:2] / key

    def put(self, owner: uuid.UUID, role: str, source: BinaryIO) -> tuple[str, int]:
        """Copy a stream in durably; returns (sha256, size)."""
        folder = self.folder(owner)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = folder / f".{role}.{os.urandom(6).hex()}"
        digest, size = hashlib.sha256(), 0
        with partial.open("xb") as handle:
            while piece := source.read(PIECE):
                digest.update(piece)
                size += handle.write(piece)
            handle.flush()
            os.fsync(handle.fileno())
        return self._keep(partial, owner, role, digest.hexdigest()), size

    def _keep(self, partial: Path, owner: uuid.UUID, role: str, sha256: str) -> str:
        target = self.path(owner, role, sha256)
        try:
            os.link(partial, target)
        except FileExistsError:
            pass  # the same bytes of the same owner and role: a repeated task
        finally:
            partial.unlink()
        sync_folder(target.parent)
        return sha256

    def open(self, owner: uuid.UUID, role: str, sha256: str) -> BinaryIO:
        return self.path(owner, role, sha256).open("rb")

    def share(self, to: BlobStore, owner: uuid.UUID, role: str, sha256: str) -> None:
        """Give the object to another store as well; the caller purges here once its row says so. May be repeated."""
        source, target = self.path(owner, role, sha256), to.path(owner, role, sha256)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not target.exists():
            os.link(source, target)
            sync_folder(target.parent)

    def purge(self, owner: uuid.UUID) -> None:
        """Every object of an owner goes, and what was made of them."""
        shutil.rmtree(self.folder(owner), ignore_errors=True)
        made.purge(owner)


candidate = BlobStore("candidate")
bank = BlobStore("bank")
packs = BlobStore("packs")
"""Files of snapshots for mirrors; their owner is the mirror."""
STORES: dict[str, BlobStore] = {"candidate": candidate, "bank": bank, "packs": packs}


class SealedIntake:
    """An original on its way in: sealed as it arrives, hashed, measured, its first bytes kept in memory for a look."""

    def __init__(self, original_id: uuid.UUID, institution_id: uuid.UUID, *, limit: int, head: int = 4 * PIECE) -> None:
        self.original_id, self.institution_id = original_id, institution_id
        self.size, self.head, self._head_limit, self._limit = 0, bytearray(), head, limit
        self.sha256 = hashlib.sha256()
        self._partial = quarantine_path(original_id).with_suffix(".part")
        self._partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = keys.new_data_key(original_id)
        self._handle = self._partial.open("xb")
        self._sealer = Sealer(self._handle, key, binding(original_id, institution_id))

    def write(self, data: bytes) -> None:
        """TooMuch beyond the limit; what was written is destroyed by `abort`."""
        self.size += len(data)
        if self.size > self._limit:
            raise TooMuch("limit_bytes", f"The file is larger than the limit of {self._limit:,} bytes.")
        self.sha256.update(data)
        if len(self.head) < self._head_limit:
            self.head += data[: self._head_limit - len(self.head)]
        self._sealer.write(data)

    def finish(self) -> None:
        """Durable on return."""
        self._sealer.close()
        self._handle.flush()
        os.fsync(self._handle.fileno())
        self._handle.close()
        os.rename(self._partial, quarantine_path(self.original_id))
        sync_folder(self._partial.parent)

    def abort(self) -> None:
        """Key and bytes go, also after `finish`."""
        self._handle.close()
        destroy_original(self.original_id)


def quarantine_path(original_id: uuid.UUID) -> Path:
    return Path(settings.QUARANTINE_DIR) / str(original_id)[:2] / f"{original_id}.sealed"


def read_original(original_id: uuid.UUID, institution_id: uuid.UUID) -> Iterator[bytes]:
    """Plaintext in pieces; only where the workers' private key can be read."""
    with quarantine_path(original_id).open("rb") as handle:
        grown = handle.read(len(appending.MAGIC)) == appending.MAGIC
        handle.seek(0)
        open_it = appending.unseal_appended if grown else unseal
        yield from open_it(handle, keys.open_data_key(original_id), binding(original_id, institution_id))


@contextmanager
def original_in_memory(original_id: uuid.UUID, institution_id: uuid.UUID) -> Iterator[int]:
    """A descriptor of anonymous memory that holds the plaintext; it never has a name on a disk."""
    descriptor = os.memfd_create("original", os.MFD_CLOEXEC)
    try:
        for piece in read_original(original_id, institution_id):
            os.write(descriptor, piece)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


# --- before-pictures


def preview_path(original_id: uuid.UUID) -> Path:
    return Path(settings.QUARANTINE_DIR) / "previews" / str(original_id)[:2] / f"{original_id}.sealed"


def write_preview(original_id: uuid.UUID, institution_id: uuid.UUID, data: bytes) -> None:
    """Seal the before-picture under a fresh preview key of the original."""
    destroy_preview(original_id)
    path = preview_path(original_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("xb") as handle:
        sealer = Sealer(handle, keys.preview_key(original_id, make=True), binding(original_id, institution_id))
        sealer.write(data)
        sealer.close()


def read_preview(original_id: uuid.UUID, institution_id: uuid.UUID) -> bytes:
    """FileNotFoundError once it was destroyed."""
    with preview_path(original_id).open("rb") as handle:
        return b"".join(unseal(handle, keys.preview_key(original_id), binding(original_id, institution_id)))


def destroy_preview(original_id: uuid.UUID) -> None:
    keys.destroy_preview_key(original_id)
    destroy(preview_path(original_id))


def destroy_original(original_id: uuid.UUID) -> None:
    """The key first, then the bytes and the before-picture."""
    keys.destroy_data_key(original_id)
    destroy(quarantine_path(original_id))
    destroy(quarantine_path(original_id).with_suffix(".part"))
    destroy_preview(original_id)


def binding(original_id: uuid.UUID, institution_id: uuid.UUID) -> bytes:
    """What the sealed bytes of an original are bound to."""
    return original_id.bytes + institution_id.bytes
