"""Where the bytes of another node wait until they are proven: by hash, durable, never served from here.

A file is whole and as its name says, or ends in `.part`. What was put into the bank's store before its rows were
committed is marked: after a crash `tidy` takes away what no row speaks of.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from django.conf import settings

from imagebank.catalog.models import Clip, Rendition
from imagebank.core import stores
from imagebank.core.files import sync_folder
from imagebank.exchange.outgoing import Unreachable
from imagebank.exchange.wire import Blob

from .client import BlobGone, OriginClient
from .refusing import Refused

TRIES: Final = 6
"""Of one object in a round: a line that is cut goes on where it was."""


@dataclass(frozen=True, slots=True)
class Staging:
    """Of one node that is followed: one process at a time works here."""

    origin: uuid.UUID

    @property
    def blobs(self) -> Path:
        return self._folder("blobs")

    def obtained(self, client: OriginClient, blob: Blob, *, most: int = 0) -> Path:
        """The object, whole, of its hash. Refused where it is too large or cannot be had; Unreachable without a line.

        `most`: bytes, else the limit of a file. The role `pack` is a pack of a snapshot.
        """
        fetch = client.fetch_pack if blob.role == "pack" else client.fetch
        if blob.size > (most or settings.LIMITS.file_bytes):
            raise Refused("size", blob.role)
        whole = self.blobs / blob.sha256
        if whole.exists():
            return whole
        part = whole.with_suffix(".part")
        for left in reversed(range(TRIES)):
            try:
                fetch(blob.sha256, blob.size, part)
            except BlobGone:
                part.unlink(missing_ok=True)
                raise Refused("blob", blob.role, waits=True) from None
            except Unreachable as problem:
                if problem.code == "size":
                    part.unlink(missing_ok=True)
                    raise Refused("size", blob.role, waits=True) from None
                if not left:
                    raise
                continue
            if _kept(part, whole, blob.sha256):
                return whole
        raise Refused("blob", blob.role, waits=True)

    def stage(self, sha256: str, source: IO[bytes]) -> None:
        """An object that came in a pack; what is not of its hash, or no hash, is left."""
        if not re.fullmatch("[0-9a-f]{64}", sha256) or (self.blobs / sha256).exists():
            return
        part = self.blobs / f"{sha256}.part"
        with part.open("wb") as file:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        _kept(part, self.blobs / sha256, sha256)

    def drop(self, shas: Iterable[str]) -> None:
        """What was placed or is not wanted any more."""
        for sha256 in shas:
            for name in (sha256, f"{sha256}.part"):
                (self.blobs / name).unlink(missing_ok=True)

    def empty(self) -> None:
        """Nothing is wanted of what lies here."""
        self.drop({path.name.removesuffix(".part") for path in self.blobs.iterdir()})

    def mark(self, clip: uuid.UUID) -> None:
        """From here on the bank's store may hold bytes of this clip without rows."""
        (self._folder("marks") / str(clip)).touch()
        sync_folder(self._folder("marks"))

    def tidy(self) -> None:
        """Bytes that no row speaks of go; at any time that nothing of this node is being placed."""
        for entry in self._folder("marks").iterdir():
            clip = uuid.UUID(entry.name)
            if not Clip.objects.filter(pk=clip).exclude(state="withdrawn").exists():
                stores.bank.purge(clip)
            else:
                _remove_old(clip)
            entry.unlink()

    def _folder(self, name: str) -> Path:
        path = Path(settings.DATA_DIR) / "following" / str(self.origin) / name
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path


def _remove_old(clip: uuid.UUID) -> None:
    held = Rendition.objects.filter(clip_id=clip, store="bank").values_list("role", "sha256")
    kept = {stores.bank.path(clip, role, sha256) for role, sha256 in held}
    for path in stores.bank.folder(clip).iterdir():
        if path not in kept:
            path.unlink()


def _kept(part: Path, whole: Path, sha256: str) -> bool:
    """Renamed when it is what it should be, else destroyed."""
    with part.open("rb") as file:
        right = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    if not right:
        part.unlink()
        return False
    os.rename(part, whole)
    sync_folder(whole.parent)
    return True
