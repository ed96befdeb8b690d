"""Frames to DICOM pixel data in the encodings that ultrasound devices use."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Final

import cv2
import imagecodecs
import numpy as np
import simplejpeg
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEGBaseline8Bit, RLELossless

Frame = np.ndarray
"""(rows, columns, 3) uint8."""
JPEG_QUALITY: Final = 88


def rgb(ds: Dataset, frames: Iterable[Frame]) -> UID:
    """Native RGB, colour by pixel."""
    return _native(ds, "RGB", frames, lambda frame: frame)


def ybr(ds: Dataset, frames: Iterable[Frame]) -> UID:
    """Native YBR_FULL (PS3.3 C.7.6.3.1.2)."""
    return _native(ds, "YBR_FULL", frames, lambda frame: cv2.cvtColor(frame, cv2.COLOR_RGB2YCrCb)[..., [0, 2, 1]])


def mono(ds: Dataset, frames: Iterable[Frame]) -> UID:
    """Native MONOCHROME2."""
    return _native(ds, "MONOCHROME2", frames, lambda frame: cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY))


def palette(ds: Dataset, frames: Iterable[Frame]) -> UID:
    """Native indices into 256 entries of 16 bits (C.7.6.3.1.5): a cube of 6 levels a colour, then greys."""
    table = np.array([(r, g, b) for r in range(6) for g in range(6) for b in range(6)], float) * 51
    greys = np.repeat(np.linspace(0, 255, 256 - len(table))[:, None], 3, axis=1)
    for name, entries in zip(("Red", "Green", "Blue"), np.vstack([table, greys]).round().T, strict=True):
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(ds, f"{name}PaletteColorLookupTableData", (entries.astype("<u2") * 257).tobytes())
    return _native(ds, "PALETTE COLOR", frames, _indices)


def rle(ds: Dataset, frames: Iterable[Frame]) -> UID:
    """RLE Lossless RGB, a segment a colour plane (PS3.5 annex G)."""
    _describe(ds, "RGB", 0)
    ds.PixelData = encapsulate([_rle_frame(frame) for frame in frames])
    return RLELossless


def jpeg(ds: Dataset, frames: Iterable[Frame]) -> UID:
    """JPEG baseline 4:2:2."""
    _describe(ds, "YBR_FULL_422", 0)
    coded = [simplejpeg.encode_jpeg(frame, JPEG_QUALITY, "RGB", "422") for frame in map(np.ascontiguousarray, frames)]
    ds.PixelData = encapsulate(coded)
    ds.LossyImageCompression = "01"
    ds.LossyImageCompressionRatio = f"{ds.Rows * ds.Columns * 3 * len(coded) / sum(map(len, coded)):.1f}"
    ds.LossyImageCompressionMethod = "ISO_10918_1"
    return JPEGBaseline8Bit


CODERS: Final[dict[str, Callable[[Dataset, Iterable[Frame]], UID]]] = {
    "rgb": rgb,
    "ybr": ybr,
    "mono": mono,
    "palette": palette,
    "rle": rle,
    "jpeg": jpeg,
}


def _native(ds: Dataset, photometric: str, frames: Iterable[Frame], change: Callable[[Frame], Frame]) -> UID:
    _describe(ds, photometric, 0)
    data = b"".join(change(frame).tobytes() for frame in frames)
    ds.PixelData = data + b"\0" * (len(data) % 2)
    return ExplicitVRLittleEndian


def _describe(ds: Dataset, photometric: str, planar: int) -> None:
    ds.PhotometricInterpretation = photometric
    ds.SamplesPerPixel = 1 if photometric in ("MONOCHROME2", "PALETTE COLOR") else 3
    if ds.SamplesPerPixel == 3:
        ds.PlanarConfiguration = planar
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit = 7
    ds.PixelRepresentation = 0


def _indices(frame: Frame) -> Frame:
    """Greys where a pixel is nearly grey, else the nearest of the cube."""
    low, high = frame.min(axis=2).astype(np.int16), frame.max(axis=2).astype(np.int16)
    greys = 216 + np.round(high / 255 * 39)
    cube = np.round(frame / 51).astype(np.int16) @ np.array([36, 6, 1], np.int16)
    return np.where(high - low < 12, greys, cube).astype(np.uint8)


def _rle_frame(frame: Frame) -> bytes:
    segments = [_packed(frame[..., plane]) for plane in range(3)]
    offsets = [64 + sum(len(segment) for segment in segments[:number]) for number in range(3)]
    return struct.pack("<16I", 3, *offsets, *([0] * 12)) + b"".join(segments)


def _packed(plane: Frame) -> bytes:
    data = bytes(imagecodecs.packbits_encode(np.ascontiguousarray(plane)))
    return data + b"\0" * (len(data) % 2)
