"""Pixel data stay in the file: a window onto a run of its bytes, read when asked for."""

from __future__ import annotations

import io
import os


class FileWindow(io.RawIOBase):
    """Bytes [start, start + length) of an open descriptor; its own offset, never the descriptor's."""

    def __init__(self, fd: int, start: int, length: int) -> None:
        self._fd, self._start, self._length, self._at = fd, start, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise ValueError("seek before the window")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer; fewer bytes only at the end of the window."""
        wanted = min(len(buffer), max(0, self._length - self._at))
        got = os.preadv(self._fd, [memoryview(buffer)[:wanted]], self._start + self._at) if wanted else 0
        self._at += got
        return got


def window(fd: int, start: int, length: int) -> io.BufferedReader:
    """A buffered reader, as `pydicom` takes it for a value."""
    return io.BufferedReader(FileWindow(fd, start, length), 1 << 16)
