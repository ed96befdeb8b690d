"""What the header says about the pixels (PS3.3 C.7.6.3.1), checked against the bytes that are there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import numpy as np
from pydicom import Dataset
from pydicom.uid import UID

from anonymize.errors import Refused
from anonymize.policy import Limits

COLOURS = {
    "MONOCHROME1": 1,
    "MONOCHROME2": 1,
    "PALETTE COLOR": 1,
    "RGB": 3,
    "YBR_FULL": 3,
    "YBR_FULL_422": 3,
    "YBR_RCT": 3,
    "YBR_ICT": 3,
    "YBR_PARTIAL_420": 3,
}
"""Photometric interpretation -> samples per pixel."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The declared layout of one object's frames."""

    rows: int
    columns: int
    frames: int
    samples: int
    photometric: str
    planar: int
    bits_allocated: int
    bits_stored: int
    signed: bool
    syntax: UID

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of one sample as it lies in the file."""
        order = "<" if self.syntax.is_little_endian else ">"
        return np.dtype(f"{order}{'i' if self.signed else 'u'}{self.bits_allocated // 8}")

    def as_one_stream(self) -> Layout:
        """For films: all frames in one codestream."""
        return replace(self, frames=1)

    @property
    def frame_bytes(self) -> int:
        """Length of one native frame; YBR_FULL_422 shares two chroma samples between two pixels (C.7.6.3.1.2)."""
        if self.photometric == "YBR_FULL_422":
            return self.rows * self.columns * 2
        return self.rows * self.columns * self.samples * self.bits_allocated // 8


def layout(ds: Dataset, limits: Limits) -> Layout:
    """Read and check the image pixel module of a data set with file meta information."""
    if "PixelData" not in ds:
        raise Refused("refused.no_pixels")
    found = Layout(
        rows=_whole(ds, "Rows"),
        columns=_whole(ds, "Columns"),
        frames=_whole(ds, "NumberOfFrames", 1) or 1,
        samples=_whole(ds, "SamplesPerPixel", 1),
        photometric=str(ds.get("PhotometricInterpretation", "")).strip().upper(),
        planar=_whole(ds, "PlanarConfiguration", 0),
        bits_allocated=_whole(ds, "BitsAllocated", 8),
        bits_stored=_whole(ds, "BitsStored", 8),
        signed=_whole(ds, "PixelRepresentation", 0) == 1,
        syntax=UID(ds.file_meta.TransferSyntaxUID),
    )
    _check(found, _whole(ds, "HighBit", found.bits_stored - 1), limits)
    return found


def native_bytes(ds: Dataset, start: int, length: int) -> np.ndarray:
    """A run of the bytes of native pixel data, flat uint8: a view where they are in memory."""
    raw = _slice(ds["PixelData"].value, start, length)
    if len(raw) < length:
        raise Refused("refused.pixels_short", bytes=start + len(raw), declared=start + length)
    return np.frombuffer(raw, np.uint8)


def _slice(value: bytes | BinaryIO, start: int, length: int) -> bytes | memoryview:
    if isinstance(value, bytes | bytearray):
        return memoryview(value)[start : start + length]
    value.seek(start)
    return value.read(length)


def _whole(ds: Dataset, keyword: str, default: int | None = None) -> int:
    value = ds.get(keyword)
    if value is None or value == "":
        value = default
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise Refused("refused.broken") from error


def _check(found: Layout, high_bit: int, limits: Limits) -> None:
    if found.rows < 1 or found.columns < 1 or found.frames < 1:
        raise Refused("refused.no_pixels")
    if found.frames > limits.frames:
        raise Refused("refused.limit_frames", frames=found.frames, limit=limits.frames)
    if found.rows * found.columns > limits.frame_pixels:
        raise Refused("refused.limit_pixels", pixels=found.rows * found.columns, limit=limits.frame_pixels)
    if COLOURS.get(found.photometric) != found.samples:
        raise Refused("refused.pixels_mismatch", samples=found.samples)
    if found.bits_allocated not in (8, 16) or not 1 <= found.bits_stored <= found.bits_allocated:
        raise Refused("refused.pixels_mismatch", bits_allocated=found.bits_allocated, bits_stored=found.bits_stored)
    if high_bit != found.bits_stored - 1 or found.planar not in (0, 1):
        raise Refused("refused.pixels_mismatch", high_bit=high_bit, bits_stored=found.bits_stored)
    if found.photometric == "YBR_FULL_422" and found.bits_allocated != 8:
        raise Refused("refused.pixels_mismatch", bits_allocated=found.bits_allocated)
