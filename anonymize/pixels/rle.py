"""RLE Lossless (PS3.5 annex G): decoded, blanked and coded again; every kept sample stays bit for bit."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

import cv2
import imagecodecs
import numpy as np
from pydicom.uid import RLELossless

from anonymize.errors import Refused
from anonymize.pixels import colour
from anonymize.pixels.blanking import Blanker, Remembered, own_bits
from anonymize.pixels.codec import Coded, Decoded, Grid, Source, image_elements
from anonymize.pixels.encapsulated import frame_streams
from anonymize.pixels.source import Layout

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
        self._memory = Remembered(source.memory)

    def frames(self) -> Iterator[np.ndarray]:
        """See `Codec.frames`."""
        for index, stream in enumerate(frame_streams(self._ds, self._layout)):
            planes = decode(stream, self._layout)
            self._memory.keep(index, planes)
            yield colour.show(by_pixel(planes), self._layout, self._palette)

    def blank(self, keep: np.ndarray) -> Coded:
        """See `Codec.blank`."""
        shape = self._layout
        blanker = Blanker(keep, colour.black(shape, self._palette)[:, None, None])
        written = colour.Written(self._palette)
        data = [encode(written.add(blanker(own_bits(planes, shape)))) for planes in self._planes()]
        elements = image_elements(shape, **({"PlanarConfiguration": 0} if shape.samples == 3 else {}))
        return Coded(RLELossless, data, elements | written.elements())

    def decoded(self) -> Decoded:
        """See `Codec.decoded`."""
        return Decoded(replace(self._layout, planar=0), map(by_pixel, self._planes()))

    def _planes(self) -> Iterator[np.ndarray]:
        for index, stream in enumerate(frame_streams(self._ds, self._layout)):
            known = self._memory.take(index)
            yield decode(stream, self._layout) if known is None else known


def _whole_planes(shape: Layout) -> Layout:
    """Segments hold whole planes, so that 4:2:2 is only a wrong label for YBR_FULL here."""
    return replace(shape, photometric="YBR_FULL") if shape.photometric == "YBR_FULL_422" else shape


def decode(stream: bytes, shape: Layout) -> np.ndarray:
    """(samples, rows, columns) in the byte order of this machine."""
    planes = [_plane(stream, start, end, shape.rows * shape.columns) for start, end in _segments(stream, shape)]
    if shape.bits_allocated == 16:
        planes = [(high.astype(np.uint16) << 8) | low for high, low in zip(planes[::2], planes[1::2], strict=True)]
    return np.stack(planes).reshape(shape.samples, shape.rows, shape.columns).view(shape.dtype.newbyteorder("="))


def by_pixel(planes: np.ndarray) -> np.ndarray:
    """(rows, columns) or (rows, columns, samples)."""
    return planes[0] if len(planes) == 1 else cv2.merge(list(planes))


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


def encode(planes: np.ndarray) -> bytes:
    """One frame from (samples, rows, columns); runs end with their row (G.3.1)."""
    width = planes.dtype.itemsize
    big = planes.astype(planes.dtype.newbyteorder(">"), copy=False).view(np.uint8).reshape(*planes.shape, width)
    segments = [
        _even(imagecodecs.packbits_encode(plane[..., byte].copy(), axis=-1)) for plane in big for byte in range(width)
    ]
    starts = np.cumsum([HEADER.size, *(len(segment) for segment in segments)])[:-1]
    header = HEADER.pack(len(segments), *starts.tolist(), *([0] * (MOST_SEGMENTS - len(segments))))
    return header + b"".join(segments)


def _even(segment: bytes | bytearray) -> bytes:
    return bytes(segment) + b"\0" * (len(segment) % 2)
