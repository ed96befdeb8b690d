"""Flat patches of the screen that lie on the picture: text on them may be too faint for any reader, so they go whole.

Echoes are never flat: speckle changes from pixel to pixel and from frame to frame. Only what is black or saturated does
not, and that has no straight edges.
"""

from __future__ import annotations

import cv2
import numpy as np

from anonymize.pixels.boxes import Box
from anonymize.pixels.composites import STILL, Composites

SWING = 6
"""Grey levels by which a patch may swing over the clip: the ringing of JPEG."""
EVEN_STILL, EVEN = 8, 2
"""Grey levels between neighbours: where the clip shows what stands still, and in a single picture."""
DARK = 12
"""Vessels, fluid and shadows are flat too, and black."""
SPECK, GAP, THIN = 3, 15, 9
"""Pixels that are even by chance, that letters on a patch take away from it, and below which it is none."""
SHORT, LONG = 10, 24
"""Least sides of a patch in pixels: one line of the smallest letters, on a screen of `SCREEN` pixels or less."""
SCREEN = 1000
STRAIGHT = 0.85
"""Share of its upright or turned rectangle that a patch fills."""
FILLED = 0.35
"""Share of the patch that is flat, letters aside."""
MARGIN = 3


def flat(composites: Composites, keep: np.ndarray) -> list[Box]:
    """Boxes of flat patches with straight edges on what is kept (bool)."""
    if not keep.any():
        return []
    even = _even(composites, keep)
    dense = cv2.morphologyEx(even, cv2.MORPH_OPEN, np.ones((SPECK, SPECK), np.uint8))
    joined = cv2.morphologyEx(dense, cv2.MORPH_CLOSE, np.ones((GAP, GAP), np.uint8))
    solid = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((THIN, THIN), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid)
    found = [Box(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:]]
    patches = zip(range(1, len(stats)), found, strict=True)
    return [box.grown(MARGIN, keep.shape) for label, box in patches if _is_patch(labels == label, even, box)]


def _even(composites: Composites, keep: np.ndarray) -> np.ndarray:
    """uint8 0 or 1: hardly different from the neighbours and from itself on other frames, and not black."""
    spread = _spread(composites.telling)
    swing = cv2.subtract(composites.brightest, composites.darkest)
    most = EVEN_STILL if composites.count >= STILL and np.median(swing[keep]) > SWING else EVEN
    return (keep & (spread <= most) & (swing <= SWING) & (composites.first >= DARK)).astype(np.uint8)


def _spread(frame: np.ndarray) -> np.ndarray:
    """Range of the 3 x 3 neighbourhood in the most restless colour: flow at its brightest is even only in its red."""
    square = np.ones((3, 3), np.uint8)
    spread = cv2.subtract(cv2.dilate(frame, square), cv2.erode(frame, square))
    return spread if spread.ndim == 2 else spread.max(axis=2)


def _is_patch(part: np.ndarray, even: np.ndarray, box: Box) -> bool:
    large = max(1.0, max(part.shape) / SCREEN)
    if min(box.width, box.height) < SHORT * large or max(box.width, box.height) < LONG * large:
        return False
    inside = part[box.slices].astype(np.uint8)
    area = int(np.count_nonzero(inside))
    _, (width, height), _ = cv2.minAreaRect(cv2.findNonZero(inside))
    straight = area >= STRAIGHT * (width + 1) * (height + 1)
    return bool(straight and np.count_nonzero(even[box.slices] & inside) >= FILLED * area)
