"""From pixels to the blocks that an encoding can blank."""

from __future__ import annotations

import numpy as np

from anonymize.pixels.codec import Grid
from anonymize.pixels.composites import Composites

RINGING = 5
"""Grey levels by which a lossy codec moves a background beside a picture's edge."""


def lit(composites: Composites, background: int, tolerance: int) -> np.ndarray:
    """bool (rows, columns): on some frame the pixel differs from the screen's background."""
    bright = composites.brightest.astype(np.int16) > background + tolerance
    dark = composites.darkest.astype(np.int16) < background - tolerance
    return bright | dark


def snap(keep: np.ndarray, shown: np.ndarray, grid: Grid) -> np.ndarray:
    """`keep` in whole blocks: one that straddles the edge stays only when nothing is `shown` in its outer pixels."""
    if grid == Grid():
        return keep
    rows, columns = keep.shape
    touched = _any(keep, grid)
    spoilt = _any(shown & ~keep, grid)
    blocks = np.repeat(np.repeat(touched & ~spoilt, grid.height, axis=0), grid.width, axis=1)
    return blocks[:rows, :columns]


def _any(mask: np.ndarray, grid: Grid) -> np.ndarray:
    """bool (block rows, block columns)."""
    rows, columns = mask.shape
    padded = np.pad(mask, ((0, -rows % grid.height), (0, -columns % grid.width)))
    height, width = padded.shape
    blocks = padded.reshape(height // grid.height, grid.height, width // grid.width, grid.width)
    return np.asarray(blocks.any(axis=(1, 3)))
