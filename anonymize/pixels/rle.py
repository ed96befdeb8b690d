"""RLE Lossless (PS3.5 annex G): decoded, blanked and coded again; every kept sample stays bit for bit."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

import imagecodecs
import numpy as np
from pydicom.uid import RLELossless

from anonymize.errors import Refused
from anonymize.pixels import colour
from anonymize.pixels.codec import Coded, Grid, Source, image_elements
from anonymize.pixels.native import own_bits
from anonymize.pixels.source import Layout, frame_streams

HEADER = struct.Struct("<16I")
MOST_SEGMENTS = 15
SLACK = 256
"""Bytes beyond its plane that some writers leave at the end of a segment; they are dropped."""


class Rle:
    """One byte plane of one sample a segment, most significant byte first (G.2)."""

    grid = Grid()

    def __init__(self, source: Source) -> None:
        self._ds = source.ds
        self._layout = _whole_planes(source.layout)
        self._palette = colour.palette(source.ds, source.layout)

    def frames(self) -> Iterator[np.ndarray]:
        """See `Codec.frames`."""
        for samples in self._samples():
            yield colour.show(samples, self._layout, self._palette)

    def blank(self, keep: np.ndarray) -> Coded:
        """See `Codec.blank`."""
        shape = self._layout
        fill = colour.black(shape, self._palette).astype(shape.dtype)
        where = keep if shape.samples == 1 else keep[..., None]
        data = [encode(np.where(where, own_bits(samples, shape), fill)) for samples in self._samples()]
        elements = image_elements(shape, **({"PlanarConfiguration": 0} if shape.samples == 3 else {}))
        return Coded(RLELossless, data, elements | colour.elements(self._palette))

    def _samples(self) -> Iterator[np.ndarray]:
        for stream in frame_streams(self._ds, self._layout):
            yield decode(stream, self._layout)


def _whole_planes(shape: Layout) -> Layout:
    """Segments hold whole planes, so that 4:2:2 is only a wrong label for YBR_FULL here."""
    return replace(shape, photometric="YBR_FULL") if shape.photometric == "YBR_FULL_422" else shape


def decode(stream: bytes, shape: Layout) -> np.ndarray:
    """(rows, columns) or (rows, columns, samples) in the byte order of this machine."""
    planes = [_plane(stream, start, end, shape.rows * shape.columns) for start, end in _segments(stream, shape)]
    if shape.bits_allocated == 16:
        wide = [(high.astype(np.uint16) << 8) | low for high, low in zip(planes[::2], planes[1::2], strict=True)]
        planes = [plane.view(shape.dtype) for plane in wide]
    elif shape.signed:
        planes = [plane.view(np.int8) for plane in planes]
    if shape.samples == 1:
        return planes[0].reshape(shape.rows, shape.columns)
    return np.stack(planes, axis=-1).reshape(shape.rows, shape.columns, shape.samples)


def _segments(stream: bytes, shape: Layout) -> list[tuple[int, int]]:
    if len(stream) < HEADER.size:
        raise Refused("refused.pixels_short")
    count, *offsets = HEADER.unpack_from(stream)
    if count != shape.samples * shape.bits_allocated // 8 or count > MOST_SEGMENTS:
        raise Refused("refused.pixels_mismatch", segments=count)
    ends = [*offsets[1:count], len(stream)]
    return list(zip(offsets[:count], ends, strict=True))


def _plane(stream: bytes, start: int, end: int, size: int) -> np.ndarray:
    if not HEADER.size <= start <= end <= len(stream):
        raise Refused("refused.broken")
    # Given a buffer, the decoder cannot grow beyond it, whatever the segment promises.
    try:
        decoded = imagecodecs.packbits_decode(stream[start:end], out=bytearray(size + SLACK))
    except RuntimeError as error:
        raise Refused("refused.decoder") from error
    if len(decoded) < size:
        raise Refused("refused.pixels_short")
    return np.frombuffer(decoded, np.uint8, size)


def encode(samples: np.ndarray) -> bytes:
    """One frame from (rows, columns[, samples]); runs end with their row (G.3.1)."""
    planes = samples[..., None] if samples.ndim == 2 else samples
    big = np.ascontiguousarray(planes.astype(samples.dtype.newbyteorder(">")))
    bytes_of = big.view(np.uint8).reshape(*planes.shape, samples.dtype.itemsize)
    segments = [
        _even(imagecodecs.packbits_encode(np.ascontiguousarray(bytes_of[:, :, sample, byte]), axis=-1))
        for sample in range(planes.shape[2])
        for byte in range(samples.dtype.itemsize)
    ]
    starts = np.cumsum([HEADER.size, *(len(segment) for segment in segments)])[:-1]
    header = HEADER.pack(len(segments), *starts.tolist(), *([0] * (MOST_SEGMENTS - len(segments))))
    return header + b"".join(segments)


def _even(segment: bytes | bytearray) -> bytes:
    return bytes(segment) + b"\0" * (len(segment) % 2)
