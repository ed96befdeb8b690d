"""H.264 in MP4, one frame at a time: true frame times, index in front, and nothing written about who made it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO, Final

import av
import cv2
import numpy as np
from av.bitstream import BitStreamFilterContext

from anonymize.render.times import Times

TICKS: Final = 90_000
"""A second in the film's clock."""
SMALL_WIDTH: Final = 640
SMALL_BYTES_PER_SECOND: Final = 70_000
"""350 kB for 5 s."""
_INDEX_BASE, _INDEX_PER_FRAME = 4_096, 40


@dataclass(frozen=True, slots=True)
class Quality:
    """How a film is coded; `bytes_per_second` is a ceiling, `width` the most columns."""

    crf: int
    keyframes: int
    preset: str
    width: int | None = None
    bytes_per_second: int | None = None


PLAYBACK: Final = Quality(crf=18, keyframes=12, preset="veryfast")
SMALL: Final = Quality(24, keyframes=24, preset="medium", width=SMALL_WIDTH, bytes_per_second=SMALL_BYTES_PER_SECOND)


class Film:
    """Write with `add` for each frame, then `close`. Sides become even by repeating the last row or column."""

    def __init__(self, file: BinaryIO, rows: int, columns: int, times: Times, quality: Quality) -> None:
        self._times = times
        self._scaled = _fitted(rows, columns, quality.width)
        self._padding = (self._scaled[0] % 2, self._scaled[1] % 2)
        self.rows, self.columns = (side + odd for side, odd in zip(self._scaled, self._padding, strict=True))
        self._container = av.open(file, "w", format="mp4", options=_container_options(len(times.starts)))
        self._stream = self._container.add_stream(
            "libx264", rate=Fraction(times.fps).limit_denominator(100_000), options=_options(quality, times)
        )
        self._stream.width, self._stream.height, self._stream.pix_fmt = self.columns, self.rows, "yuv420p"
        self._stream.codec_context.time_base = Fraction(1, TICKS)
        self._clean = BitStreamFilterContext("filter_units=remove_types=6", self._stream)
        self._ticks = np.array([self._tick(number) for number in range(len(times.starts))])
        self._count = 0

    def add(self, frame: np.ndarray) -> None:
        """The next frame, uint8 (rows, columns) grey or (rows, columns, 3) RGB."""
        picture = av.VideoFrame.from_ndarray(self._fit(frame), format="gray" if frame.ndim == 2 else "rgb24")
        picture.pts, picture.time_base = self._tick(self._count), Fraction(1, TICKS)
        self._count += 1
        self._mux(self._stream.encode(picture))

    def close(self) -> None:
        """Finish the file; it stays open for the caller."""
        self._mux(self._stream.encode(None))
        self._mux(None)
        self._container.close()

    def _fit(self, frame: np.ndarray) -> np.ndarray:
        rows, columns = self._scaled
        if frame.shape[:2] != (rows, columns):
            frame = cv2.resize(frame, (columns, rows), interpolation=cv2.INTER_AREA)
        below, beside = self._padding
        if below or beside:
            frame = cv2.copyMakeBorder(frame, 0, below, 0, beside, cv2.BORDER_REPLICATE)
        return np.ascontiguousarray(frame)

    def _mux(self, packets: list[av.Packet] | None) -> None:
        """x264 writes its settings into each film as a message (SEI, unit type 6): taken out."""
        for packet in packets if packets is not None else [None]:
            for clean in self._clean.filter(packet):
                clean.stream = self._stream
                clean.duration = self._length(clean.pts)
                self._container.mux(clean)

    def _tick(self, number: int) -> int:
        starts = self._times.starts
        return round((starts[number] if number < len(starts) else self._times.duration) * TICKS / 1000)

    def _length(self, tick: int | None) -> int:
        assert tick is not None
        number = int(np.searchsorted(self._ticks, tick, side="right"))
        return self._tick(number) - tick


def _fitted(rows: int, columns: int, width: int | None) -> tuple[int, int]:
    if width is None or columns <= width:
        return rows, columns
    return max(2, round(rows * width / columns)), width


def _container_options(frames: int) -> dict[str, str]:
    """Room for the index in front, so that playing starts with the first bytes; no writer's name, no clock."""
    return {
        "moov_size": str(_INDEX_BASE + _INDEX_PER_FRAME * frames),
        "fflags": "+bitexact",
        "video_track_timescale": str(TICKS),
        "use_editlist": "0",
    }


def _options(quality: Quality, times: Times) -> dict[str, str]:
    """One thread, no scene detection: the same frames give the same bytes. Colours as swscale makes them (BT.601)."""
    keys = f"keyint={quality.keyframes}:min-keyint=1:scenecut=0:bframes=0:open-gop=0"
    colours = "colorprim=smpte170m:transfer=smpte170m:colormatrix=smpte170m:fullrange=off"
    options = {
        "crf": str(quality.crf),
        "preset": quality.preset,
        "threads": "1",
        "flags": "+bitexact",
        "x264-params": f"{keys}:{colours}",
    }
    if quality.bytes_per_second:
        options |= _ceiling(quality.bytes_per_second, times.duration / 1000)
    return options


def _ceiling(bytes_per_second: int, seconds: float) -> dict[str, str]:
    """Buffer model that keeps the whole film under the ceiling: what the full buffer gives at the start is counted."""
    bits = bytes_per_second * 8
    buffer = int(bits * min(0.5, 0.12 * max(seconds, 1.0)))
    return {"maxrate": str(int(bits * 0.86)), "bufsize": str(buffer)}
