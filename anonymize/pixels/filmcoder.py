"""One film written: frames blanked, coded once as H.264, or as HEVC where no H.264 of DICOM is large enough."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self, cast

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from pydicom.uid import HEVCMP51, MPEG4HP41, MPEG4HP422D

from anonymize.errors import Failed, Refused
from anonymize.pixels import film
from anonymize.pixels.blanking import Blanker
from anonymize.pixels.source import Layout

LEAST_PSNR = 45.0
"""Decibels, over luma and chroma of the picture kept, of every single frame."""
COARSEST, FINEST = 24, 4
"""Quantisers, tried from the first on until no frame falls below `LEAST_PSNR`: when one does, coding stops."""
SAMPLE = 8
"""Frames that are coded even when the first of them fails: each is copied in part from the one before, errors and all,
so that the quality of a film settles only after some (speckle loses 1 dB from the second frame to the eighth)."""
DECIBELS_PER_STEP, LATER = 0.75, 0.6
"""By which a finer quantiser is nearer to the source (speckle; smooth pictures gain more), and how much worse later
frames become than the worst of the first few."""
KEYFRAMES = 120
"""Frames between two that stand alone: those cost ten times the bytes of the others."""
TIME_BASE = Fraction(1, 90_000)
ERRORS = np.dtype([("quality", "<i4"), ("type", "u1"), ("count", "u1"), ("spare", "<u2"), ("squares", "<u8", 3)])
"""How FFmpeg hands on what the coder measured (AV_PKT_DATA_QUALITY_STATS)."""


class TooCoarse(Exception):
    """A frame is further from the source than it may be: `psnr`, in decibels, of the worst that is to be expected."""

    def __init__(self, psnr: float) -> None:
        super().__init__(psnr)
        self.psnr = psnr


@dataclass(frozen=True, slots=True)
class Coder:
    """A transfer syntax with the coder for it, and the most macroblocks of 16 x 16 pixels a frame and a second."""

    syntax: str
    name: str
    method: str
    level: str
    most: int
    each_second: int
    messages: int
    """Type of the units in which the coder would tell its settings."""

    @property
    def measures(self) -> bool:
        """It tells the errors of each frame, so that nothing need be decoded to know them."""
        return self.method == "h264"


CODERS = (
    Coder(MPEG4HP41, "libx264", "h264", "4.1", 8_192, 245_760, 6),
    Coder(MPEG4HP422D, "libx264", "h264", "4.2", 8_704, 522_240, 6),
    Coder(HEVCMP51, "libx265", "hevc", "5.1", 34_816, 2_088_960, 39),
)
"""ITU-T H.264 table A-1, H.265 table A.8; PS3.5 8.2.7, 8.2.8 and 8.2.10 have no H.264 beyond level 4.2."""


def coder(shape: Layout, rate: float) -> Coder:
    """The first that takes pictures of this size at this rate; raises Refused when none does."""
    blocks = -(-shape.rows // 16) * -(-shape.columns // 16)
    for one in CODERS:
        if blocks <= one.most and blocks * (rate or 25) <= one.each_second:
            return one
    raise Refused("refused.limit_pixels", macroblocks=blocks, rate=round(rate))


def finer(quantiser: int, psnr: float) -> int:
    """The quantiser to try after one at which a frame had so many decibels; raises Failed when there is none."""
    if quantiser <= FINEST:
        raise Failed("failed.exception", psnr=round(psnr, 1))
    return max(FINEST, quantiser - math.ceil((LEAST_PSNR - psnr) / DECIBELS_PER_STEP))


@dataclass(slots=True)
class Quality:
    """How far the coded picture is from the source. `places`: samples of luma and chroma kept in a frame."""

    places: int
    frames: int = 0
    total: float = 0.0
    """Squared errors of all frames."""
    most: float = 0.0
    """Those of the worst frame."""

    def note(self, squares: float) -> None:
        """One more frame with the sum of its squared errors; raises TooCoarse, of the first few for all together."""
        self.frames += 1
        self.total += squares
        self.most = max(self.most, squares)
        if self.frames >= SAMPLE:
            self.judge()

    def judge(self) -> None:
        """Raises TooCoarse when a frame so far was too far from its source."""
        if (psnr := self._psnr(self.most, 1)) < LEAST_PSNR:
            raise TooCoarse(psnr - (LATER if self.frames <= SAMPLE else 0))

    @property
    def psnr(self) -> float:
        """Decibels, of all frames."""
        return self._psnr(self.total, self.frames)

    def _psnr(self, squares: float, frames: int) -> float:
        return 10 * math.log10(255**2 * max(1, self.places * frames) / max(squares, 1e-3))


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


class Writer:
    """Masks and encodes frame by frame, within a `with`; afterwards `data` is the film."""

    def __init__(self, coder: Coder, shape: Layout, rate: float, quantiser: int, quality: Quality) -> None:
        self._out = io.BytesIO()
        self._target = av.open(self._out, "w", format="mp4", options={"fflags": "+bitexact"})
        per_second = Fraction(rate).limit_denominator(1000) or Fraction(25)
        self._clock = _Clock(1 / per_second)
        self._shape, self._coder, self._quality = shape, coder, quality
        self._blanker: Blanker | None = None
        stream = self._target.add_stream(coder.name, rate=per_second, options=_options(coder, quantiser))
        self._stream = cast(VideoStream, stream)
        self._stream.width, self._stream.height = shape.columns, shape.rows
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = TIME_BASE
        self._stream.codec_context.thread_count = 1
        self._clean = BitStreamFilterContext(f"filter_units=remove_types={coder.messages}", self._stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._mux([*self._stream.encode(None), None])
        finally:
            self._target.close()

    @property
    def data(self) -> bytes:
        """The finished film."""
        return self._out.getvalue()

    def add(self, frame: VideoFrame, mask: np.ndarray) -> None:
        """One more frame; `mask`: flat bool for luma and both chroma planes. Raises TooCoarse."""
        full = film.full_range(frame)
        if self._blanker is None:
            self._blanker = Blanker(mask, self._black(mask.size, full))
            self._stream.codec_context.color_range = 2 if full else 1
            self._stream.codec_context.colorspace = frame.colorspace
        planes = self._blanker(film.planes(frame)).reshape(-1, self._shape.columns)
        clean = VideoFrame.from_ndarray(planes, format="yuv420p")
        clean.color_range = 2 if full else 1
        clean.time_base, clean.pts = TIME_BASE, self._clock.tick(frame)
        self._mux(self._stream.encode(clean))

    def _black(self, size: int, full: bool) -> np.ndarray:
        black = np.full(size, 128, np.uint8)
        black[: self._shape.rows * self._shape.columns] = 0 if full else 16
        return black

    def _mux(self, packets: list[Any]) -> None:
        for packet in packets:
            if packet is not None and self._coder.measures:
                # What is blanked hardly adds to it: the picture kept is at least as near to the source as this says.
                self._quality.note(_squares(packet))
            for plain in self._clean.filter(packet):
                plain.stream = self._stream
                self._target.mux(plain)


def _squares(packet: Packet[Any]) -> float:
    """The sum of squared errors of a coded frame."""
    return float(np.frombuffer(bytes(packet.get_sidedata("quality_stats")), ERRORS, 1)["squares"].sum())


def _options(coder: Coder, quantiser: int) -> dict[str, str]:
    """Constant quantiser, so that smooth tissue is not smoothed further; no frame waits for a later one."""
    common = {"g": str(KEYFRAMES), "bf": "0", "flags": "+bitexact+psnr"}
    if coder.method == "h264":
        own = {"preset": "veryfast", "profile": "high", "level": coder.level, "qp": str(quantiser)}
        return common | own | {"x264-params": "scenecut=0:rc-lookahead=0:ref=2:weightp=0"}
    # x265 names the level by size and rate itself: asked for one it refuses a constant quantiser
    settings = f"qp={quantiser}:scenecut=0:rc-lookahead=0:info=0:log-level=none"
    return common | {"preset": "ultrafast", "x265-params": f"{settings}:pools=none:frame-threads=1"}
