"""Films: decoded, masked among luma and chroma, coded once as H.264 of high quality; no sound, no metadata."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import Any

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
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
from anonymize.pixels import film
from anonymize.pixels.codec import Coded, Grid, Source, image_elements
from anonymize.pixels.encapsulated import frame_streams
from anonymize.pixels.source import Layout

SYNTAXES = (
    *(MPEG2MPML, MPEG2MPMLF, MPEG2MPHL, MPEG2MPHLF),
    *(MPEG4HP41, MPEG4HP41F, MPEG4HP41BD, MPEG4HP41BDF, MPEG4HP422D, MPEG4HP422DF),
    *(HEVCMP51, HEVCM10P51),
)
LEAST_PSNR = 45.0
QUANTISERS = (18, 13, 8, 4)
"""Tried in order until the picture kept is within `LEAST_PSNR` of the source."""
METHODS = {"h264": "ISO_14496_10", "hevc": "ISO_23008_2", "mpeg2video": "ISO_13818_2"}
LEVELS = ((MPEG4HP41, "4.1", 8192, 245_760), (MPEG4HP422D, "4.2", 8704, 522_240))
"""Syntax, level, most macroblocks a frame and a second (ITU-T H.264 table A-1)."""
WITHOUT_MESSAGES = "filter_units=remove_types=6"
"""x264 writes its settings into the film as a message (supplemental information, unit type 6)."""
TIME_BASE = Fraction(1, 90_000)


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
            yield film.rgb(frame)
        # All frames or none: a film is decoded from its start.
        self._held = held if room >= 0 else []

    def blank(self, keep: np.ndarray) -> Coded:
        """See `Codec.blank`."""
        syntax, level = _level(self._layout, self._film.rate)
        for quantiser in QUANTISERS:
            data, count = self._coded(keep, quantiser, level)
            psnr = self._psnr(data, keep)
            if psnr >= LEAST_PSNR:
                return Coded(syntax, [data], self._elements(count, len(data)), "once", round(psnr, 2))
        raise Failed("failed.exception", psnr=round(psnr, 1))

    def _decoded(self) -> Iterator[VideoFrame]:
        return iter(self._held) if self._held else film.frames(self._stream, self._limits.frames)

    def _coded(self, keep: np.ndarray, quantiser: int, level: str) -> tuple[bytes, int]:
        out = io.BytesIO()
        count = 0
        with av.open(out, "w", format="mp4", options={"fflags": "+bitexact"}) as target:
            writer = _Writer(target, self._layout, self._film.rate, quantiser, level)
            for frame in self._decoded():
                writer.add(frame, keep)
                count += 1
            writer.end()
        return out.getvalue(), count

    def _psnr(self, data: bytes, keep: np.ndarray) -> float:
        """Over luma and chroma of the pixels kept, in decibels."""
        mask = _plane_mask(keep)
        total = places = 0.0
        for source, result in zip_longest(self._decoded(), film.frames(data, self._limits.frames)):
            if source is None or result is None:
                raise Failed("failed.exception")
            one, other = film.planes(source), film.planes(result)
            error = np.subtract(one, other, dtype=np.int16)[mask].astype(np.float32)
            total += float(np.dot(error, error))
            places += error.size
        return float(10 * np.log10(255**2 * max(1.0, places) / max(total, 1e-3)))

    def _elements(self, count: int, size: int) -> dict[str, object]:
        native = self._layout.rows * self._layout.columns * 3 * count
        before = METHODS.get(self._film.codec)
        history = [(before, len(self._stream))] if before else []
        history.append((METHODS["h264"], size))
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


@dataclass(slots=True)
class _Clock:
    """Times of the frames written: the source's own, from 0; where it has none or they do not grow, by its rate."""

    step: Fraction
    origin: Fraction | None = None
    last: int = -1

    def tick(self, frame: VideoFrame) -> int:
        """In units of `TIME_BASE`."""
        if frame.pts is None or frame.time_base is None:
            now = 0 if self.last < 0 else self.last + round(self.step / TIME_BASE)
        else:
            time = frame.pts * frame.time_base
            self.origin = time if self.origin is None else self.origin
            now = round((time - self.origin) / TIME_BASE)
        self.last = max(self.last + 1, now)
        return self.last


class _Writer:
    """Masks and encodes frame by frame."""

    def __init__(
        self, target: av.container.OutputContainer, shape: Layout, rate: float, quantiser: int, level: str
    ) -> None:
        self._target = target
        per_second = Fraction(rate or 25).limit_denominator(1000)
        self._clock = _Clock(1 / per_second)
        self._shape = shape
        self._lost: np.ndarray | None = None
        self._stream = target.add_stream("libx264", rate=per_second, options=_options(quantiser, level))
        self._stream.width, self._stream.height = shape.columns, shape.rows
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = TIME_BASE
        self._stream.codec_context.thread_count = 1
        self._clean = BitStreamFilterContext(WITHOUT_MESSAGES, self._stream)

    def add(self, frame: VideoFrame, keep: np.ndarray) -> None:
        """One more frame."""
        data = film.planes(frame)
        full = film.full_range(frame)
        if self._lost is None:
            self._lost = ~_plane_mask(keep)
            self._stream.codec_context.color_range = 2 if full else 1
            self._stream.codec_context.colorspace = frame.colorspace
        black = np.full(data.shape, 128, np.uint8)
        black[: keep.size] = 0 if full else 16
        data = np.where(self._lost, black, data)
        clean = VideoFrame.from_ndarray(data.reshape(-1, self._shape.columns), format="yuv420p")
        clean.color_range = 2 if full else 1
        clean.time_base, clean.pts = TIME_BASE, self._clock.tick(frame)
        self._mux(self._stream.encode(clean))

    def end(self) -> None:
        """Write what the encoder still holds."""
        self._mux([*self._stream.encode(None), None])

    def _mux(self, packets: list[Any]) -> None:
        for packet in packets:
            for plain in self._clean.filter(packet):
                plain.stream = self._stream
                self._target.mux(plain)


def _options(quantiser: int, level: str) -> dict[str, str]:
    """Constant quantiser, so that smooth tissue is not smoothed further; no frame waits for a later one."""
    return {
        "preset": "veryfast",
        "profile": "high",
        "level": level,
        "qp": str(quantiser),
        "g": "12",
        "bf": "0",
        "flags": "+bitexact",
        "x264-params": "scenecut=0:rc-lookahead=0",
    }


def _plane_mask(keep: np.ndarray) -> np.ndarray:
    """Flat bool for luma and both chroma planes at 4:2:0; `keep` is in blocks of 2 x 2."""
    half = keep[::2, ::2].ravel()
    return np.concatenate([keep.ravel(), half, half])


def _joined(ds: Dataset, shape: Layout) -> bytes:
    """A film is one stream in one or more fragments (PS3.5 A.4.9)."""
    (stream,) = frame_streams(ds, shape.as_one_stream())
    return stream


def _level(shape: Layout, rate: float) -> tuple[str, str]:
    blocks = -(-shape.rows // 16) * -(-shape.columns // 16)
    for syntax, level, most, each_second in LEVELS:
        if blocks <= most and blocks * (rate or 25) <= each_second:
            return syntax, level
    raise Refused("refused.limit_pixels", macroblocks=blocks, rate=round(rate))
