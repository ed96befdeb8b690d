"""What is learnt from the frames while they pass: where the picture is, the telling frame, the perceptual hash."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from anonymize.render.look import look

_WORKING: Final = 320
"""Columns at which frames are compared."""
_LIT: Final = 10
_COLOURFUL: Final = 40
_SAMPLES: Final = 32


class Summary:
    """Feed with `add`; holds a single full frame, whatever the length of the clip."""

    def __init__(self) -> None:
        self.telling: np.ndarray = np.zeros((0, 0), np.uint8)
        """The frame with the most structure: edges of organs, not speckle."""
        self.colour_share = 0.0
        """Largest share of clearly coloured pixels on a frame."""
        self._best = -1.0
        self._brightest: np.ndarray | None = None
        self._sum: np.ndarray | None = None
        self._count = 0

    def add(self, frame: np.ndarray) -> None:
        """The next frame, uint8 grey or RGB, all of one size."""
        small = _reduced(frame)
        grey = small if small.ndim == 2 else cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        self._brightest = grey if self._brightest is None else np.maximum(self._brightest, grey)
        self._sum = grey.astype(np.float32) if self._sum is None else self._sum + grey
        self._count += 1
        if small.ndim == 3:
            spread = small.max(axis=2).astype(np.int16) - small.min(axis=2)
            self.colour_share = max(self.colour_share, float((spread > _COLOURFUL).mean()))
        score = _structure(grey)
        if score > self._best:
            self._best, self.telling = score, frame.copy()

    @property
    def picture(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of what is ever lit, in pixels of the full frame."""
        assert self._brightest is not None
        lit = cv2.morphologyEx((self._brightest > _LIT).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        left, top, width, height = cv2.boundingRect(lit)
        rows, columns = self.telling.shape[:2]
        if width * height == 0:
            return 0, 0, columns, rows
        across, down = columns / lit.shape[1], rows / lit.shape[0]
        right, bottom = round((left + width) * across), round((top + height) * down)
        return int(left * across), int(top * down), min(columns, right), min(rows, bottom)

    @property
    def perceptual_hash(self) -> str:
        """64 bits as 16 hex digits: signs of the lowest frequencies of the mean picture, cropped to its box."""
        mean = self._mean
        low = cv2.dct(cv2.resize(mean, (_SAMPLES, _SAMPLES), interpolation=cv2.INTER_AREA))[:8, :8].flatten()
        bits = low > np.median(low[1:])
        return np.packbits(bits).tobytes().hex()

    @property
    def look(self) -> list[int]:
        """Of the mean picture, cropped to its box: numbers whose distance tells how alike two clips look."""
        return look(self._mean)

    @property
    def _mean(self) -> np.ndarray:
        assert self._sum is not None
        left, top, right, bottom = self.picture
        across, down = self._sum.shape[1] / self.telling.shape[1], self._sum.shape[0] / self.telling.shape[0]
        box = self._sum[int(top * down) : round(bottom * down), int(left * across) : round(right * across)]
        return box / self._count


def _reduced(frame: np.ndarray) -> np.ndarray:
    rows, columns = frame.shape[:2]
    if columns <= _WORKING:
        return frame
    return cv2.resize(frame, (_WORKING, max(1, round(rows * _WORKING / columns))), interpolation=cv2.INTER_AREA)


def _structure(grey: np.ndarray) -> float:
    smooth = cv2.GaussianBlur(grey, (0, 0), 2.5)
    return float(np.abs(cv2.Laplacian(smooth, cv2.CV_32F)).mean())
