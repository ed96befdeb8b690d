"""Films: decoded, masked among luma and chroma, coded once at high quality; no sound, no metadata."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import numpy as np
from av.video.frame import VideoFrame
from pydicom import Dataset
from pydicom.uid import (
    HEVCM10P51,
    HEVCMP51,
    MPEG2MPHL,
    MPEG2MPHLF,
    MPEG2MPML,
    MPEG2MPMLF,
    MPEG4HP41,
    MPEG4HP41BD,
    MPEG4HP41BDF,
    MPEG4HP41F,
    MPEG4HP422D,
    MPEG4HP422DF,
)

from anonymize.errors import Failed, Refused
from anonymize.pixels import film, filmcoder
from anonymize.pixels.codec import Coded, Decoded, Grid, Source, image_elements
from anonymize.pixels.encapsulated import frame_streams
from anonymize.pixels.filmcoder import COARSEST, Quality, TooCoarse, Writer
from anonymize.pixels.source import Layout

SYNTAXES = (
    *(MPEG2MPML, MPEG2MPMLF, MPEG2MPHL, MPEG2MPHLF),
    *(MPEG4HP41, MPEG4HP41F, MPEG4HP41BD, MPEG4HP41BDF, MPEG4HP422D, MPEG4HP422DF),
    *(HEVCMP51, HEVCM10P51),
)
METHODS = {"h264": "ISO_14496_10", "hevc": "ISO_23008_2", "mpeg2video": "ISO_13818_2"}


class Video:
    """One film, in DICOM or from outside."""

    grid = Grid(2, 2)

    def __init__(self, source: Source) -> None:
        self._stream = _joined(source.ds, source.layout)
        self._film = film.describe(self._stream)
        self._limits = source.limits
        self._layout = source.layout
        self._memory = source.memory
        self._held: list[VideoFrame] = []
        size = self._film.rows + self._film.rows % 2, self._film.columns + self._film.columns % 2
        if size != (source.layout.rows, source.layout.columns):
            raise Refused("refused.pixels_mismatch", rows=self._film.rows, columns=self._film.columns)

    def frames(self) -> Iterator[np.ndarray]:
        """See `Codec.frames`."""
        held: list[VideoFrame] = []
        room = self._memory
        for frame in film.frames(self._stream, self._limits.frames):
            room -= sum(plane.buffer_size for plane in frame.planes)
            if room >= 0:
                held.append(frame)
            else:
                held.clear()
            yield film.rgb(frame)
        # All frames or none: a film is decoded from its start.
        self._held = held if room >= 0 else []

    def decoded(self) -> Decoded:
        """See `Codec.decoded`: a film is not taken apart."""
        raise Refused("refused.transfer_syntax")

    def blank(self, keep: np.ndarray) -> Coded:
        """See `Codec.blank`."""
        coder = filmcoder.coder(self._layout, self._film.rate)
        quantiser, mask = COARSEST, plane_mask(keep)
        while True:
            quality = Quality(int(np.count_nonzero(mask)))
            try:
                data = self._coded(mask, Writer(coder, self._layout, self._film.rate, quantiser, quality))
                if not coder.measures:
                    self._measure(data, mask, quality)
                quality.judge()
            except TooCoarse as error:
                quantiser = filmcoder.finer(quantiser, error.psnr)
                continue
            elements = self._elements(quality.frames, len(data), METHODS[coder.method])
            return Coded(coder.syntax, [data], elements, "once", round(quality.psnr, 2))

    def _decoded(self) -> Iterator[VideoFrame]:
        return iter(self._held) if self._held else film.frames(self._stream, self._limits.frames)

    def _coded(self, mask: np.ndarray, writer: Writer) -> bytes:
        with writer:
            for frame in self._decoded():
                writer.add(frame, mask)
        return writer.data

    def _measure(self, data: bytes, mask: np.ndarray, quality: Quality) -> None:
        """Note the errors of each frame against the source."""
        for source, result in zip_longest(self._decoded(), film.frames(data, self._limits.frames)):
            if source is None or result is None:
                raise Failed("failed.exception")
            error = np.subtract(film.planes(source), film.planes(result), dtype=np.int16)[mask].astype(np.float32)
            quality.note(float(np.dot(error, error)))

    def _elements(self, count: int, size: int, method: str) -> dict[str, object]:
        native = self._layout.rows * self._layout.columns * 3 * count
        before = METHODS.get(self._film.codec)
        history = [(before, len(self._stream))] if before else []
        history.append((method, size))
        return image_elements(
            self._layout,
            NumberOfFrames=count,
            SamplesPerPixel=3,
            PhotometricInterpretation="YBR_PARTIAL_420",
            PlanarConfiguration=0,
            BitsAllocated=8,
            BitsStored=8,
            HighBit=7,
            PixelRepresentation=0,
            LossyImageCompression="01",
            LossyImageCompressionMethod=[method for method, _ in history],
            LossyImageCompressionRatio=[round(native / max(1, length), 2) for _, length in history],
        )


def plane_mask(keep: np.ndarray) -> np.ndarray:
    """Flat bool for luma and both chroma planes at 4:2:0; `keep` is in blocks of 2 x 2."""
    half = keep[::2, ::2].ravel()
    return np.concatenate([keep.ravel(), half, half])


def _joined(ds: Dataset, shape: Layout) -> bytes:
    """A film is one stream in one or more fragments (PS3.5 A.4.9)."""
    (stream,) = frame_streams(ds, shape.as_one_stream())
    return stream
