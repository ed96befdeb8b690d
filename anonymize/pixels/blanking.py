"""Samples outside a mask become black: by masks of bits, which is ten times as fast as a choice for each sample."""

from __future__ import annotations

import io
import os
from collections.abc import Callable

import numpy as np

from anonymize.pixels.source import Layout


class Blanker:
    """For arrays of one shape and type: `kept` (bool) says which samples stay, `fill` what the others become.

    Both are spread to each sample here: for each frame anew that would cost ten times as much.
    """

    def __init__(self, kept: np.ndarray, fill: np.ndarray) -> None:
        self._type = fill.dtype.newbyteorder("=")
        self._bits = np.dtype(f"u{fill.dtype.itemsize}")
        kept = np.broadcast_to(kept, np.broadcast_shapes(kept.shape, fill.shape))
        self._kept = np.where(kept, np.iinfo(self._bits).max, 0).astype(self._bits)
        fills = np.where(kept, 0, fill).astype(self._type).view(self._bits)
        self._fill = fills if fills.any() else None

    def __call__(self, samples: np.ndarray) -> np.ndarray:
        """A blanked copy of samples in the byte order of this machine: the same bits wherever one is kept."""
        bits = np.bitwise_and(samples.view(self._bits), self._kept)
        if self._fill is not None:
            np.bitwise_or(bits, self._fill, out=bits)
        return bits.view(self._type)


class Remembered:
    """Decoded samples of the first pass, kept for the second one as far as a number of bytes goes."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._held: dict[int, np.ndarray] = {}

    def keep(self, index: int, samples: np.ndarray) -> None:
        """Remember those of one frame, if there is room."""
        if samples.nbytes <= self._left:
            self._left -= samples.nbytes
            self._held[index] = samples

    def take(self, index: int) -> np.ndarray | None:
        """And forget them."""
        found = self._held.pop(index, None)
        self._left += found.nbytes if found is not None else 0
        return found


def own_bits(samples: np.ndarray, shape: Layout) -> np.ndarray:
    """In the byte order of this machine, bits above BitsStored cleared (or the sign repeated).

    A retired overlay may hide in them (PS3.5 8.1.1).
    """
    spare = shape.bits_allocated - shape.bits_stored
    native = samples.astype(samples.dtype.newbyteorder("="), copy=False)
    return (native << spare) >> spare if spare else native


class FrameFile(io.RawIOBase):
    """Frames of equal length one behind the other as a file, made when they are read: one in memory at a time."""

    def __init__(self, frame: Callable[[int], np.ndarray], frame_bytes: int, count: int) -> None:
        self._frame, self._frame_bytes = frame, frame_bytes
        self._data = frame_bytes * count
        self._size = self._data + self._data % 2
        self._at = 0
        self._held: tuple[int, memoryview] = (-1, memoryview(b""))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence] + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """At most to the end of a frame; one byte of padding behind the last when their length is odd."""
        piece = self._here()[: len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _here(self) -> memoryview | bytes:
        if self._at >= self._data:
            return b"\0" * max(0, self._size - self._at)
        index, start = divmod(self._at, self._frame_bytes)
        if self._held[0] != index:
            self._held = index, np.ascontiguousarray(self._frame(index)).view(np.uint8).data
        return self._held[1][start:]
