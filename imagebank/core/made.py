"""Things made of a stored object when somebody asks for them: kept by what they are made of, bounded, made again.

An entry is a file `made/<owner>/<key>` of the storage folder: its bytes, then what is known of them as JSON, then the
length of that, in one piece so that both come and go together. The longest unused go first (`trim`); all of an owner go
with it (`stores.BlobStore.purge`). Losing an entry costs time only, so nothing here is made durable.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.conf import settings

TAIL: Final = struct.Struct(">I")
TOUCHED: Final = 600
"""Seconds: a use is noted at most so often."""
ENTRIES: Final = 1_000
SHARE: Final = 16
"""After so many entries, or this part of the room, a process looks whether there is too much."""


@dataclass(frozen=True, slots=True)
class Made:
    """One entry: its bytes are the first `size` of the file."""

    path: Path
    size: int
    facts: dict[str, Any]

    def read(self) -> bytes:
        with self.path.open("rb") as handle:
            return handle.read(self.size)


class _Account:
    """What this process has written since it last looked."""

    entries = 0
    size = 0


def folder(owner: uuid.UUID) -> Path:
    """All that was made of an owner's objects."""
    return root() / str(owner)[:2] / str(owner)


def root() -> Path:
    return Path(settings.STORAGE_DIR) / "made"


def find(owner: uuid.UUID, key: str) -> Made | None:
    """What is kept under a key (hex digits), or None."""
    path = folder(owner) / key
    try:
        with path.open("rb") as handle:
            return _opened(path, handle)
    except FileNotFoundError:
        return None


def keep(owner: uuid.UUID, key: str, make: Callable[[BinaryIO], dict[str, Any]]) -> Made:
    """Have `make` write an entry; what it returns is kept with the bytes. Nothing stays when it raises."""
    target = folder(owner) / key
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, partial = tempfile.mkstemp(prefix=".", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w+b") as handle:
            facts = make(handle)
            size = handle.seek(0, os.SEEK_END)
            said = json.dumps(facts).encode()
            handle.write(said + TAIL.pack(len(said)))
        os.replace(partial, target)
    except BaseException:
        os.unlink(partial)
        raise
    _account(size)
    return Made(target, size, facts)


def trim() -> int:
    """Remove the longest unused until the rest fits into `LIMITS.made_bytes`; returns how many went."""
    found = sorted(_entries())
    left, gone = sum(size for _, size, _ in found), 0
    for _, size, path in found:
        if left <= settings.LIMITS.made_bytes:
            break
        path.unlink(missing_ok=True)
        left, gone = left - size, gone + 1
    return gone


def purge(owner: uuid.UUID) -> None:
    """All that was made of an owner's objects goes."""
    shutil.rmtree(folder(owner), ignore_errors=True)


def owners() -> Iterator[uuid.UUID]:
    """Everyone of whose objects something was made."""
    for path in root().glob("*/*"):
        yield uuid.UUID(path.name)


def _opened(path: Path, handle: BinaryIO) -> Made:
    status = os.fstat(handle.fileno())
    if time.time() - status.st_mtime > TOUCHED:
        os.utime(path)
    handle.seek(-TAIL.size, os.SEEK_END)
    (length,) = TAIL.unpack(handle.read())
    size = status.st_size - TAIL.size - length
    handle.seek(size)
    return Made(path, size, json.loads(handle.read(length)))


def _entries() -> Iterator[tuple[float, int, Path]]:
    """(last use, bytes, path) of each."""
    for path in root().glob("*/*/*"):
        try:
            status = path.stat()
        except FileNotFoundError:  # gone in between
            continue
        yield status.st_mtime, status.st_size, path


def _account(size: int) -> None:
    """Look only now and then: it reads every entry's size."""
    _Account.entries, _Account.size = _Account.entries + 1, _Account.size + size
    if _Account.entries >= ENTRIES or _Account.size >= settings.LIMITS.made_bytes // SHARE:
        _Account.entries = _Account.size = 0
        trim()
