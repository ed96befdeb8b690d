"""One way to look at a file's bytes: a memory map onto its descriptor."""

from __future__ import annotations

import mmap
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import UnsupportedOperation
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Opened:
    """A descriptor and its bytes."""

    fd: int
    data: memoryview

    def fileno(self) -> int:
        return self.fd

    def tail(self, count: int) -> bytes:
        """The last `count` bytes."""
        return bytes(self.data[len(self.data) - count :]) if count else b""


@contextmanager
def descriptor(file: BinaryIO) -> Iterator[Opened]:
    """Map a file; one without a descriptor is copied into anonymous memory. Neither closes nor moves `file`."""
    own = _fileno(file)
    fd = _copied(file) if own is None else own
    try:
        with _mapped(fd) as opened:
            yield opened
    finally:
        if own is None:
            os.close(fd)


def _fileno(file: BinaryIO) -> int | None:
    try:
        return file.fileno()
    except (UnsupportedOperation, AttributeError):
        return None


def _copied(file: BinaryIO) -> int:
    fd = os.memfd_create("verify")
    with open(fd, "wb", closefd=False) as copy:
        place = file.tell()
        file.seek(0)
        shutil.copyfileobj(file, copy)
        file.seek(place)
    return fd


@contextmanager
def _mapped(fd: int) -> Iterator[Opened]:
    if os.fstat(fd).st_size == 0:
        yield Opened(fd, memoryview(b""))
        return
    with mmap.mmap(fd, 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as data:
        yield Opened(fd, data)
