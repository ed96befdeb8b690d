"""What a picture looks like, in 128 small numbers, so that look-alikes are found by distance.

Made of the mean of all frames of the *masked* clip, cropped to where the picture is, so nothing that was blacked out is
in it. A sector narrows towards the probe: each row is stretched over what is lit in it, which puts angle and depth on
straight axes (near enough to polar) and makes pictures of different probes comparable.

Numbers 0-63: mean logarithm of the echo in 8 x 8 cells (depth x across), less its mean, of length 1.
Numbers 64-127: directions of edges, 4 bins in each of 4 x 4 cells, square roots of shares (length 1).
Both times `SCALE` and rounded: gain and brightness fall out, and the Euclidean distance of two looks goes up to about
2.5 x `SCALE`.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

SIZE: Final = 128
SCALE: Final = 256
GRID: Final = 64
"""Rows and columns on which a look is taken."""
_LIT: Final = 10
_ENERGY_CELLS, _EDGE_CELLS, _DIRECTIONS = 8, 4, 4
_SMOOTH: Final = 1.5


def look(mean: np.ndarray) -> list[int]:
    """Of the mean picture, grey (rows, columns), 0-255; zeros when nothing is lit."""
    echo = np.log1p(_straightened(mean.astype(np.float32)))
    if not echo.any():
        return [0] * SIZE
    numbers = np.concatenate([_energy(echo), _edges(echo)])
    return [int(number) for number in np.clip(np.rint(numbers * SCALE), -SCALE, SCALE)]


def _straightened(mean: np.ndarray) -> np.ndarray:
    """(GRID, GRID): each row from its first to its last lit place."""
    rows = cv2.resize(mean, (mean.shape[1], GRID), interpolation=cv2.INTER_AREA)
    return np.stack([_stretched(row) for row in rows])


def _stretched(row: np.ndarray) -> np.ndarray:
    lit = np.flatnonzero(row > _LIT)
    if not lit.size:
        return np.zeros(GRID, np.float32)
    span = row[lit[0] : lit[-1] + 1]
    return cv2.resize(span[np.newaxis], (GRID, 1), interpolation=cv2.INTER_AREA)[0]


def _energy(echo: np.ndarray) -> np.ndarray:
    cells = cv2.resize(echo, (_ENERGY_CELLS, _ENERGY_CELLS), interpolation=cv2.INTER_AREA).flatten()
    return _unit(cells - cells.mean())


def _edges(echo: np.ndarray) -> np.ndarray:
    smooth = cv2.GaussianBlur(echo, (0, 0), _SMOOTH)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down)
    place = np.arange(GRID) * _EDGE_CELLS // GRID
    direction = (np.arctan2(down, across) % np.pi * (_DIRECTIONS / np.pi)).astype(int) % _DIRECTIONS
    bins = (place[:, np.newaxis] * _EDGE_CELLS + place) * _DIRECTIONS + direction
    shares = np.bincount(bins.flatten(), strength.flatten(), minlength=_EDGE_CELLS**2 * _DIRECTIONS)
    return _unit(np.sqrt(shares))


def _unit(numbers: np.ndarray) -> np.ndarray:
    length = float(np.linalg.norm(numbers))
    return numbers / length if length else numbers
