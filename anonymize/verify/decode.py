"""Frames of a finished candidate, decoded one at a time by the second look's own choice of decoders.

Only the transfer syntaxes of `allowed` come here. Colours are right where that costs nothing: what matters is that
nothing visible is missed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import av
import cv2
import imagecodecs
import numpy as np

from . import allowed
from .iod import Facts, frames, native_bytes
from .streams import joined
from .walk import PIXEL_DATA, Walked

Frame = np.ndarray
"""uint8 (rows, columns, 1 or 3): grey, or samples as they are meant for the screen (RGB)."""


class Undecodable(ValueError):
    """The frames are not what the header says."""


class Unshown(ValueError):
    """The colour table holds more than the frames show."""


@dataclass(frozen=True, slots=True)
class Shape:
    """As declared."""

    rows: int
    columns: int
    samples: int
    bits: int
    photometric: str
    planar: bool

    @classmethod
    def of(cls, facts: Facts) -> Shape:
        return cls(
            facts.count("Rows"),
            facts.count("Columns"),
            facts.count("SamplesPerPixel"),
            facts.count("BitsAllocated"),
            str(facts.one("PhotometricInterpretation")),
            facts.count("PlanarConfiguration") == 1,
        )


def decoded(walked: Walked, facts: Facts) -> Iterator[Frame]:
    """All frames in order. Raises `Undecodable` when one cannot be had or has another size than declared.

    `Unshown` is raised behind the last one.
    """
    shape, syntax = Shape.of(facts), str(facts.one("TransferSyntaxUID"))
    table = _palette(facts) if shape.photometric == "PALETTE COLOR" else None
    seen = np.zeros(65536, np.int64)
    count = 0
    for raw in _raw(walked, facts, shape, syntax):
        if raw.shape[:2] != (shape.rows, shape.columns):
            raise Undecodable
        frame = raw if raw.ndim == 3 else raw[..., None]
        if table is not None:
            seen += np.bincount(frame.ravel(), minlength=65536)
        yield _coloured(frame[..., 0], table) if table is not None else _to_8_bits(frame, facts)
        count += 1
    if count != frames(facts):
        raise Undecodable
    if table is not None:
        _only_shown(facts, seen)


def _raw(walked: Walked, facts: Facts, shape: Shape, syntax: str) -> Iterator[np.ndarray]:
    if syntax in allowed.NATIVE:
        yield from _native(walked, facts, shape)
    elif syntax in allowed.VIDEO:
        yield from _film(b"".join(bytes(walked.data[at : at + size]) for at, size in walked.fragments[1:]))
    else:
        decoder = _decoder(syntax, shape)
        pieces = [bytes(walked.data[at : at + size]) for at, size in walked.fragments[1:]]
        for coded in joined(pieces, syntax):
            try:
                yield decoder(coded)
            except Exception as error:  # each decoder has its own kinds of errors
                raise Undecodable from error


def _native(walked: Walked, facts: Facts, shape: Shape) -> Iterator[np.ndarray]:
    element = walked.root(PIXEL_DATA)
    if element is None or element.length != native_bytes(facts):
        raise Undecodable
    size = native_bytes(facts) // frames(facts)
    for number in range(frames(facts)):
        start = element.start + number * size
        samples = np.frombuffer(bytes(walked.data[start : start + size]), f"<u{shape.bits // 8}")
        yield _arranged(samples, shape)


def _arranged(samples: np.ndarray, shape: Shape) -> np.ndarray:
    """(rows, columns[, 3]) from one frame's samples (PS3.3 C.7.6.3.1.2, C.7.6.3.1.3)."""
    rows, columns, pixels = shape.rows, shape.columns, shape.rows * shape.columns
    if shape.photometric == "YBR_FULL_422":
        packed = samples[: 2 * pixels].reshape(-1, 4)
        chroma = np.repeat(packed[:, 2:], 2, axis=0)
        return np.column_stack([packed[:, :2].reshape(-1), chroma]).reshape(rows, columns, 3)
    if shape.samples == 1:
        return samples[:pixels].reshape(rows, columns)
    if shape.planar:
        return samples[: 3 * pixels].reshape(3, rows, columns).transpose(1, 2, 0)
    return samples[: 3 * pixels].reshape(rows, columns, 3)


def _decoder(syntax: str, shape: Shape) -> Callable[[bytes], np.ndarray]:
    if syntax == allowed.RLE:
        kind = np.dtype(f"u{shape.bits // 8}")
        return lambda coded: _from_rle(coded, shape, kind)
    if syntax in allowed.JPEG[:2]:
        return imagecodecs.jpeg8_decode
    if syntax in allowed.JPEG[2:]:
        return imagecodecs.ljpeg_decode
    decoders = {
        **dict.fromkeys(allowed.JPEG_LS, imagecodecs.jpegls_decode),
        **dict.fromkeys(allowed.JPEG_2000, imagecodecs.jpeg2k_decode),
        **dict.fromkeys(allowed.JPEG_XL, imagecodecs.jpegxl_decode),
    }
    return decoders[syntax]


def _from_rle(coded: bytes, shape: Shape, kind: np.dtype) -> np.ndarray:
    """Byte planes, the most significant first (PS3.5 G.2), unpacked by PackBits (G.3.2)."""
    pixels = shape.rows * shape.columns
    marks = np.frombuffer(coded[:64], "<u4").tolist()
    bounds = [*marks[1 : marks[0] + 1], len(coded)]
    planes = [
        np.frombuffer(imagecodecs.packbits_decode(coded[start:stop]), np.uint8, pixels)
        for start, stop in pairwise(bounds)
    ]
    width = kind.itemsize
    samples = [np.stack(planes[at : at + width], -1).view(f">u{width}")[..., 0] for at in range(0, len(planes), width)]
    return np.stack(samples, -1).reshape(shape.rows, shape.columns, -1)


def _film(stream: bytes) -> Iterator[np.ndarray]:
    """Every frame as RGB."""
    try:
        with av.open(io.BytesIO(stream), mode="r") as container:
            for frame in container.decode(video=0):
                yield frame.to_ndarray(format="rgb24", threads=1)  # else each frame leaves threads behind
    except (av.error.FFmpegError, IndexError) as error:
        raise Undecodable from error


def _to_8_bits(frame: np.ndarray, facts: Facts) -> np.ndarray:
    shift = max(0, facts.count("BitsStored") - 8)
    if not shift and frame.dtype == np.uint8:
        return frame
    return (frame >> shift).astype(np.uint8)


def _coloured(indices: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Colours by palette: three look-ups in parallel where indices are bytes."""
    if indices.dtype != np.uint8:
        return table[indices]
    return cv2.LUT(cv2.cvtColor(np.ascontiguousarray(indices), cv2.COLOR_GRAY2BGR), table[:256][None])


def _palette(facts: Facts) -> np.ndarray:
    """uint8 (65536, 3): index -> colour (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6); the ends of the table go on."""
    columns = []
    for colour in ("Red", "Green", "Blue"):
        count, first, bits = (int(n) for n in facts.all(f"{colour}PaletteColorLookupTableDescriptor"))
        data = str(facts.one(f"{colour}PaletteColorLookupTableData")).encode("latin-1")
        entries = np.frombuffer(data, np.uint8 if len(data) < 2 * (count or 65536) else "<u2")
        eight = entries >> 8 if bits == 16 and entries.dtype != np.uint8 and entries.max() > 255 else entries
        columns.append(eight[np.clip(np.arange(65536) - first, 0, len(eight) - 1)].astype(np.uint8))
    return np.stack(columns, -1)


def _only_shown(facts: Facts, seen: np.ndarray) -> None:
    """Entries that no pixel asks for are zero; of the others the low byte says nothing beside the high one."""
    for colour in ("Red", "Green", "Blue"):
        count, first, _ = (int(n) for n in facts.all(f"{colour}PaletteColorLookupTableDescriptor"))
        entries = np.frombuffer(
            str(facts.one(f"{colour}PaletteColorLookupTableData")).encode("latin-1"), "<u2", count or 65536
        )
        places = np.clip(np.flatnonzero(seen) - first, 0, len(entries) - 1)
        low, high = entries & 255, entries >> 8
        if np.delete(entries, places).any() or (high.any() and ((low != 0) & (low != high)).any()):
            raise Unshown


WITHOUT_LOSS: Final = (
    *allowed.NATIVE,
    allowed.RLE,
    *allowed.JPEG[2:],
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.90",
)
"""Decoded samples are exactly what was coded."""
