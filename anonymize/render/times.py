"""When each frame was taken (PS3.3 C.7.6.5 Cine)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from pydicom import Dataset

DEFAULT_FPS: Final = 25.0
"""Only where the object says nothing at all."""
_SHORTEST_MS, _LONGEST_MS = 1.0, 10_000.0


@dataclass(frozen=True, slots=True)
class Times:
    """`starts` of the frames in ms from the first; `duration` in ms to the end of the last."""

    starts: tuple[float, ...]
    duration: float

    @property
    def fps(self) -> float:
        """Frames a second, the mean where they differ."""
        return round(1000 * len(self.starts) / self.duration, 4)

    @property
    def uniform(self) -> bool:
        """True when frame i lies at i/fps."""
        step = self.duration / len(self.starts)
        return all(abs(start - number * step) < 0.5 for number, start in enumerate(self.starts))


def frame_times(ds: Dataset, frames: int) -> Times:
    """From FrameTimeVector, FrameTime, CineRate or RecommendedDisplayFrameRate, in this order."""
    steps = _vector(ds, frames)
    if steps:
        starts = _sums(steps)
        return Times(starts, starts[-1] + median(steps))
    step = _plausible(_number(ds, "FrameTime")) or _plausible(_rate(ds)) or 1000 / DEFAULT_FPS
    return Times(tuple(number * step for number in range(frames)), frames * step)


def _vector(ds: Dataset, frames: int) -> list[float]:
    """Steps between frames; empty unless all are there and plausible. The first value belongs to the first frame."""
    value = ds.get("FrameTimeVector")
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != frames or frames < 2:
        return []
    steps = [float(step) for step in value[1:]]
    return steps if all(_plausible(step) for step in steps) else []


def _sums(steps: Sequence[float]) -> tuple[float, ...]:
    starts = [0.0]
    for step in steps:
        starts.append(starts[-1] + step)
    return tuple(starts)


def _rate(ds: Dataset) -> float:
    rate = _number(ds, "CineRate") or _number(ds, "RecommendedDisplayFrameRate")
    return 1000 / rate if rate else 0.0


def _number(ds: Dataset, keyword: str) -> float:
    try:
        return float(ds.get(keyword) or 0)
    except (TypeError, ValueError):
        return 0.0


def _plausible(step: float) -> float:
    return step if _SHORTEST_MS <= step <= _LONGEST_MS else 0.0
