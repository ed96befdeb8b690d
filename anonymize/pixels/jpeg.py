"""JPEG DCT (processes 1, 2): blocks outside the picture are blanked among the coefficients, the others stay."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import simplejpeg
from pydicom.uid import JPEGBaseline8Bit

from anonymize.errors import Refused
from anonymize.pixels import jpegmarks, turbo
from anonymize.pixels.codec import Coded, Decoded, Grid, Source, image_elements
from anonymize.pixels.encapsulated import frame_streams
from anonymize.pixels.jpegmarks import Colour, Header
from anonymize.pixels.source import Layout

DARKEST = -1024
"""Dequantised DC of a black 8 x 8 block of 8-bit samples: 8 * (0 - 128)."""
BLOCK_BYTES = 64 * 2


class Jpeg:
    """Frames of one object; they may differ in their tables, not in size, colours or sampling."""

    def __init__(self, source: Source) -> None:
        self._ds = source.ds
        self._layout = source.layout
        self._header = jpegmarks.read(next(frame_streams(source.ds, source.layout)))
        check(self._header, source.layout)
        self.grid = Grid(*self._header.unit)

    def frames(self) -> Iterator[np.ndarray]:
        """See `Codec.frames`."""
        inverted = self._layout.photometric == "MONOCHROME1"
        for stream in self._streams():
            frame = decode(stream, self._header.colour)
            yield 255 - frame if inverted else frame

    def blank(self, keep: np.ndarray) -> Coded:
        """See `Codec.blank`."""
        white = self._layout.photometric == "MONOCHROME1"
        places = lost_blocks(self._header, keep)
        data = [_blanked(stream, places, white) for stream in self._streams()]
        return Coded(JPEGBaseline8Bit, data, elements(self._layout, self._header))

    def decoded(self) -> Decoded:
        """See `Codec.decoded`. Colours as RGB, which is how JPEG is shown."""
        grey = self._header.colour == "grey"
        shape = replace(self._layout, photometric=self._layout.photometric if grey else "RGB", planar=0)
        return Decoded(shape, (decode(stream, self._header.colour) for stream in self._streams()))

    def _streams(self) -> Iterator[bytes]:
        for stream in frame_streams(self._ds, self._layout):
            header = jpegmarks.read(stream)
            check(header, self._layout)
            if (header.colour, header.sampling) != (self._header.colour, self._header.sampling):
                raise Refused("refused.pixels_mismatch")
            yield stream


def check(header: Header, shape: Layout) -> None:
    """The codestream must be what the data set declares, before anything of its size is allocated."""
    if header.process not in jpegmarks.SEQUENTIAL + jpegmarks.PROGRESSIVE or header.precision != 8:
        raise Refused("refused.transfer_syntax")
    if (header.rows, header.columns) != (shape.rows, shape.columns) or len(header.components) not in (1, 3):
        raise Refused("refused.pixels_mismatch", rows=header.rows, columns=header.columns)
    if not all(c.horizontal in (1, 2, 4) and c.vertical in (1, 2, 4) for c in header.components):
        raise Refused("refused.decoder")


def decode(stream: bytes, colour: Colour) -> np.ndarray:
    """uint8 grey (rows, columns) or RGB (rows, columns, 3)."""
    wanted = "GRAY" if colour == "grey" else "RGB"
    try:
        frame = simplejpeg.decode_jpeg(stream, wanted)
    except ValueError as error:
        if turbo.TOLERATED.decode() not in str(error):
            raise Refused("refused.decoder") from error
        frame = simplejpeg.decode_jpeg(stream, wanted, strict=False)
    return frame[..., 0] if colour == "grey" else frame


def elements(shape: Layout, header: Header) -> dict[str, object]:
    """The label is made true of the codestream, whatever the source called it.

    Of luma and chroma it is YBR_FULL_422 at any sampling: how chroma is sampled the codestream tells (PS3.5 8.2.1).
    """
    names = {"rgb": "RGB", "ycc": "YBR_FULL_422"}
    grey = "MONOCHROME1" if shape.photometric == "MONOCHROME1" else "MONOCHROME2"
    changes: dict[str, object] = {
        "PhotometricInterpretation": names.get(header.colour, grey),
        "SamplesPerPixel": len(header.components),
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "LossyImageCompression": "01",
    }
    if len(header.components) == 3:
        changes["PlanarConfiguration"] = 0
    return image_elements(shape) | changes


Places = list[list[list[tuple[int, int]]]]
"""Component -> block row -> runs of blocks to blank: first, number."""


def blank_frame(stream: bytes, keep: np.ndarray, *, white: bool = False) -> bytes:
    """One codestream with only the blocks left that lie wholly in `keep` (bool, rows x columns)."""
    return _blanked(stream, lost_blocks(jpegmarks.read(stream), keep), white)


def _blanked(stream: bytes, places: Places, white: bool) -> bytes:
    header = jpegmarks.read(stream)
    fills = [_fill(header, index, white) * (header.columns // 8 + 1) for index in range(len(places))]

    def row_filter(address: int, blocks: int, row: int, component: int) -> None:
        rows = places[component]
        for first, number in rows[min(row, len(rows) - 1)]:
            size = max(0, min(number, blocks - first)) * BLOCK_BYTES
            ctypes.memmove(address + first * BLOCK_BYTES, fills[component], size)

    coded = turbo.transform(stream, row_filter)
    if len(coded) > len(stream):
        # The source had Huffman tables of its own: make some, too.
        coded = turbo.transform(stream, row_filter, optimize=True)
    return jpegmarks.neutral(coded, header.colour)


def _fill(header: Header, index: int, white: bool) -> bytes:
    """64 quantised coefficients of a blank block."""
    fill = np.zeros(64, np.int16)
    if header.colour != "ycc" or index == 0:
        step = max(1, header.steps.get(header.components[index].table, 1))
        fill[0] = -(DARKEST // step) - 1 if white else DARKEST // step
    return fill.tobytes()


def lost_blocks(header: Header, keep: np.ndarray) -> Places:
    """Blocks of each component that do not lie wholly in `keep`."""
    return [[_runs(row) for row in ~_whole_blocks(keep, *header.block(c))] for c in header.components]


def _runs(lost: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], lost.view(np.int8), [0]])))
    return [(int(first), int(end - first)) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def _whole_blocks(keep: np.ndarray, width: int, height: int) -> np.ndarray:
    """bool (block rows, block columns): every pixel of the block inside the frame is kept."""
    rows, columns = keep.shape
    padded = np.pad(keep, ((0, -rows % height), (0, -columns % width)), mode="edge")
    blocks = padded.reshape(padded.shape[0] // height, height, padded.shape[1] // width, width)
    return np.asarray(blocks.all(axis=(1, 3)))
