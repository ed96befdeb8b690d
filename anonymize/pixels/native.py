"""Native samples (PS3.5 A.1-A.3): every kept sample is bit for bit the source's, the others are black."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from pydicom.uid import ExplicitVRLittleEndian

from anonymize.errors import Refused
from anonymize.pixels import colour
from anonymize.pixels.blanking import Blanker, FrameFile, own_bits
from anonymize.pixels.codec import Coded, Decoded, Grid, Source, image_elements
from anonymize.pixels.source import Layout, native_bytes


class Native:
    """Samples as they are, by pixel or by plane, 8 or 16 bits, 4:2:2 packed or not."""

    def __init__(self, source: Source) -> None:
        self._ds = source.ds
        self._layout = source.layout
        _check(source.layout)
        self._palette = colour.palette(source.ds, source.layout)
        self._swapped = _words_of_bytes(source)
        self.grid = Grid(2, 1) if source.layout.photometric == "YBR_FULL_422" else Grid()

    def frames(self) -> Iterator[np.ndarray]:
        """See `Codec.frames`."""
        for index in range(self._layout.frames):
            yield colour.show(by_pixel(self._flat(index), self._layout), self._layout, self._palette)

    def blank(self, keep: np.ndarray) -> Coded:
        """See `Codec.blank`. The frames are read from the source when they are written."""
        shape = self._layout
        blanker = Blanker(stored_mask(keep, shape), stored_black(shape, self._palette))
        little = shape.dtype.newbyteorder("<")

        def frame(index: int) -> np.ndarray:
            return blanker(own_bits(self._flat(index).view(shape.dtype), shape)).astype(little, copy=False)

        data: io.BufferedIOBase = io.BufferedReader(
            FrameFile(frame, shape.frame_bytes, shape.frames), shape.frame_bytes
        )
        written = colour.Written(self._palette)
        for index in range(shape.frames if self._palette else 0):
            written.add(frame(index))
        return Coded(ExplicitVRLittleEndian, data, image_elements(shape) | written.elements())

    def decoded(self) -> Decoded:
        """See `Codec.decoded`. Chroma that two pixels share is repeated."""
        shape = self._layout
        colours = "YBR_FULL" if shape.photometric == "YBR_FULL_422" else shape.photometric
        frames = (by_pixel(self._flat(index), shape) for index in range(shape.frames))
        return Decoded(replace(shape, photometric=colours, planar=0), frames)

    def _flat(self, index: int) -> np.ndarray:
        """The bytes of one frame."""
        length = self._layout.frame_bytes
        start = index * length
        if not self._swapped:
            return native_bytes(self._ds, start, length)
        before = start % 2
        words = native_bytes(self._ds, start - before, before + length + (before + length) % 2).view(np.uint16)
        return words.byteswap().view(np.uint8)[before : before + length]


def _check(shape: Layout) -> None:
    """Pixels in pairs need even rows."""
    pairs = shape.photometric == "YBR_FULL_422" and shape.columns % 2
    if pairs or shape.photometric in ("YBR_RCT", "YBR_ICT", "YBR_PARTIAL_420"):
        raise Refused("refused.pixels_mismatch", columns=shape.columns)


def _words_of_bytes(source: Source) -> bool:
    """8-bit samples in OW words of a big endian file lie in swapped pairs (PS3.5 8.1.1, annex D)."""
    shape = source.layout
    return not shape.syntax.is_little_endian and shape.bits_allocated == 8 and source.ds["PixelData"].VR == "OW"


def by_pixel(flat: np.ndarray, shape: Layout) -> np.ndarray:
    """(rows, columns) or (rows, columns, 3) from the bytes of one frame; 4:2:2 chroma is repeated."""
    if shape.photometric == "YBR_FULL_422":
        return _unpacked(flat, shape)
    samples = flat.view(shape.dtype)
    if shape.samples == 1:
        return samples.reshape(shape.rows, shape.columns)
    if shape.planar:
        return samples.reshape(3, shape.rows, shape.columns).transpose(1, 2, 0)
    return samples.reshape(shape.rows, shape.columns, 3)


def _unpacked(flat: np.ndarray, shape: Layout) -> np.ndarray:
    pairs = flat.reshape(-1, 4)
    luma = pairs[:, :2].reshape(shape.rows, shape.columns, 1)
    chroma = np.repeat(pairs[:, 2:], 2, axis=0).reshape(shape.rows, shape.columns, 2)
    return np.concatenate([luma, chroma], axis=2)


def stored_mask(keep: np.ndarray, shape: Layout) -> np.ndarray:
    """One bool for each stored sample, in the order of the file."""
    flat = keep.ravel()
    if shape.photometric == "YBR_FULL_422":
        pairs = flat.reshape(-1, 2)
        both = pairs.all(axis=1, keepdims=True)
        return np.hstack([pairs, both, both]).ravel()
    if shape.samples == 3 and shape.planar:
        return np.tile(flat, 3)
    return np.repeat(flat, shape.samples)


def stored_black(shape: Layout, table: colour.Palette | None) -> np.ndarray:
    """What a blanked sample is, broadcast or in the order of the file."""
    value = colour.black(shape, table)
    if shape.photometric == "YBR_FULL_422":
        return np.tile(value[[0, 0, 1, 2]], shape.rows * shape.columns // 2)
    if shape.samples == 3 and shape.planar:
        return np.repeat(value, shape.rows * shape.columns)
    return np.tile(value, shape.rows * shape.columns)
