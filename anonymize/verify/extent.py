"""Where the picture lies in a candidate whose mask nobody gave: read from the candidate's own pixels.

The cleaner paints everything around the picture with one value on all frames. What differs from that value is picture,
or was left: large connected places are pictures, thin sharp lines are letters, everything else was left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from . import text

BRIDGE: Final = 0.03
"""Share of the longer side over which sparse echoes in a dark corner belong together."""
LEAST_AREA: Final = 0.012
LEAST_HEIGHT: Final = 0.12
"""Shares of the frame; below them a lit place is no picture."""
SPECK: Final = 5
"""Pixels: no letter is smaller on both sides."""
THICK: Final = 0.07
SHARP: Final = 0.5
"""Letters are thinner than this share of the rows, and their steepest step is this share of their contrast."""

STEEP: Final = np.round(255 * np.log2(1 + np.arange(256)) / 8).astype(np.uint8)
"""Letters one grey level above the ground show beside white ones."""


def ground_of(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The colour of the masked area: the commonest one of the pixels that never change; uint8 (1 or 3).

    Both pictures are uint8 (rows, columns, 1 or 3): the smallest and the largest value of each sample in the clip.
    """
    colours = low[(low == high).all(2)].astype(np.uint32)
    if not len(colours):
        return np.zeros(low.shape[2], np.uint8)
    packed = colours[:, 0] if low.shape[2] == 1 else colours @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    values, counts = np.unique(packed, return_counts=True)
    commonest = int(values[counts.argmax()])
    shifts = (0,) if low.shape[2] == 1 else (16, 8, 0)
    return np.array([commonest >> shift & 255 for shift in shifts], np.uint8)


def apart(low: np.ndarray, high: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """uint8 (rows, columns): how far a pixel strays from the ground on any frame."""
    level = ground.astype(np.int16)
    return np.maximum(high - level, level - low).max(2).astype(np.uint8)


def extent(strays: np.ndarray, swing: int, lines: list[text.Line]) -> np.ndarray:
    """bool (rows, columns): hulls of the pictures. `lines`: text outside pictures, which is no part of them."""
    lit = (strays > swing).astype(np.uint8)
    for line in lines:
        left, top, right, bottom = line.bounds(lit.shape)
        lit[top:bottom, left:right] = 0
    reach = 2 * round(BRIDGE * max(lit.shape) / 2) + 1
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(lit, np.ones((reach, reach), np.uint8)))
    keep = np.zeros(lit.shape, np.uint8)
    for label in range(1, len(stats)):
        part = lit * (labels == label)
        _, _, _, height = cv2.boundingRect(part)
        if part.sum() >= LEAST_AREA * part.size and height >= LEAST_HEIGHT * len(part):
            cv2.fillConvexPoly(keep, cv2.convexHull(cv2.findNonZero(part)), 1)
    return keep.astype(bool)


def letters(strays: np.ndarray, thresholds: tuple[float, float]) -> list[text.Line]:
    """Thin and sharp lines of text, however faint they are."""
    scaled = STEEP[strays]
    shown = np.ascontiguousarray(np.repeat(scaled[..., None], 3, axis=2))
    return [line for line in text.find(shown, thresholds, len(strays)) if is_drawn(scaled, line)]


def is_drawn(image: np.ndarray, line: text.Line) -> bool:
    """Letters, and not speckle: thin, with hard edges. `image`: uint8 (rows, columns)."""
    return min(line.size) <= THICK * len(image) and sharpness(image, line) > SHARP


def sharpness(image: np.ndarray, line: text.Line) -> float:
    """The steepest steps between neighbours over the contrast of a line's box: 0 (soft as tissue) to 1 (drawn)."""
    left, top, right, bottom = line.bounds(image.shape)
    grey = image[top:bottom, left:right].astype(np.int16)
    if min(grey.shape) < 2:
        return 0.0
    steps = max(np.percentile(np.abs(np.diff(grey, axis=axis)), 97) for axis in (0, 1))
    return float(steps / max(8.0, np.percentile(grey, 97) - np.percentile(grey, 5)))


def leftovers(strays: np.ndarray, swing: int, keep: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """left, top, right, bottom of what is lit outside and larger than a speck."""
    lit = ((strays > swing) & ~keep).astype(np.uint8)
    joined = cv2.morphologyEx(lit, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    for left, top, width, height, _ in cv2.connectedComponentsWithStats(joined)[2][1:]:
        if max(width, height) >= SPECK:
            yield int(left), int(top), int(left + width), int(top + height)
