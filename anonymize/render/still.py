"""Single pictures as WebP, without any metadata."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from anonymize.pixels.preview import coded

POSTER_BYTES: Final = 6_000
"""24 posters on a page within 150 kB."""
FRAME_QUALITY: Final = 80
_LADDER: Final = ((480, 45), (480, 30), (420, 24), (360, 20), (320, 14), (280, 8), (240, 4))
"""Width and quality, tried in turn until the poster is small enough."""


def poster(frame: np.ndarray, box: tuple[int, int, int, int]) -> bytes:
    """The frame cropped to a box (left, top, right, bottom), at most `POSTER_BYTES` long where that can be had."""
    left, top, right, bottom = box
    picture = frame[top:bottom, left:right]
    data = b""
    for width, quality in _LADDER:
        data = coded(_narrowed(picture, width), quality, effort=5)
        if len(data) <= POSTER_BYTES:
            break
    return data


def webp(frame: np.ndarray) -> bytes:
    """One frame for single steps: a uint8 grey or RGB picture."""
    return coded(frame, FRAME_QUALITY, effort=1)


def _narrowed(picture: np.ndarray, width: int) -> np.ndarray:
    """Reduced and a little smoothed: speckle costs bytes and says nothing at this size."""
    rows, columns = picture.shape[:2]
    if columns > width:
        picture = cv2.resize(picture, (width, max(1, round(rows * width / columns))), interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(picture, (0, 0), 0.7)
