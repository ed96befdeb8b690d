"""Where a line of text lies: an upright box, and for a line at a slant its own four corners."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np

SLANTED, AT_LEAST = 1.2, 3.0
"""How much thicker (times, and pixels) than a line its upright box is from which the line lies at a slant."""
NARROWEST = 3
"""Pixels: what is not larger than this is no box."""


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels left <= x < right, top <= y < bottom."""

    left: int
    top: int
    right: int
    bottom: int
    score: float = 1.0
    corners: tuple[tuple[float, float], ...] = ()
    """Of a line at a slant: four (x, y), the first side along it. None for a line that is level or upright."""

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def thickness(self) -> float:
        """Of the line, across it."""
        if not self.corners:
            return min(self.width, self.height)
        return math.dist(self.corners[0], self.corners[3])

    def grown(self, by: int, shape: tuple[int, ...]) -> Box:
        """Larger on each side, within a frame of (rows, columns); upright."""
        return self._wider(by, by, shape)

    def longer(self, by: float, shape: tuple[int, ...]) -> Box:
        """At both ends of the line, in pixels, within a frame of (rows, columns)."""
        if self.corners:
            return _longer(np.array(self.corners), by, shape, self.score)
        return self._wider(round(by), 0, shape) if self.width >= self.height else self._wider(0, round(by), shape)

    def _wider(self, across: int, down: int, shape: tuple[int, ...]) -> Box:
        left, top = max(0, self.left - across), max(0, self.top - down)
        return Box(left, top, min(shape[1], self.right + across), min(shape[0], self.bottom + down), self.score)

    def moved(self, right: int, down: int) -> Box:
        """By so many pixels."""
        corners = tuple((x + right, y + down) for x, y in self.corners)
        left, top = self.left + right, self.top + down
        return Box(left, top, left + self.width, top + self.height, self.score, corners)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of the upright box in an array (rows, columns)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def parts(self, shape: tuple[int, ...]) -> Iterator[Box]:
        """Small upright boxes one after the other that cover a line at a slant; itself when it is not."""
        if not self.corners:
            yield self
            return
        corners = np.array(self.corners)
        along, across = corners[1] - corners[0], corners[3] - corners[0]
        steps = np.linspace(0, 1, 1 + math.ceil(np.hypot(*along) / max(1.0, self.thickness / 2)))
        for start, stop in pairwise(steps):
            ends = corners[0] + np.array([start, stop])[:, None] * along
            yield _around(np.vstack([ends, ends + across]), shape, self.score)


def of_line(corners: np.ndarray, shape: tuple[int, ...], score: float = 1.0) -> Box | None:
    """The box of a line with these corners, (4, 2) in order, in a frame (rows, columns); None when it is too small."""
    box = _around(corners, shape, score)
    if min(box.width, box.height) <= NARROWEST:
        return None
    one, other = (float(np.hypot(*(corners[n] - corners[0]))) for n in (1, 3))
    corners = np.roll(corners, -1, axis=0) if other > one else corners
    thick = min(one, other)
    if min(box.width, box.height) <= max(SLANTED * thick, AT_LEAST + thick):
        return box
    return replace(box, corners=_as_pairs(corners))


def _longer(corners: np.ndarray, by: float, shape: tuple[int, ...], score: float) -> Box:
    along = corners[1] - corners[0]
    step = along * (by / float(np.hypot(*along)))
    corners = corners + np.array([-step, step, step, -step])
    return replace(_around(corners, shape, score), corners=_as_pairs(corners))


def _as_pairs(corners: np.ndarray) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in corners)


def _around(points: np.ndarray, shape: tuple[int, ...], score: float) -> Box:
    """The upright box around points (n, 2) of x, y, within a frame of (rows, columns)."""
    left, top = np.clip(np.floor(points.min(axis=0)), 0, (shape[1] - 1, shape[0] - 1)).astype(int)
    right, bottom = np.clip(np.ceil(points.max(axis=0)), (left + 1, top + 1), (shape[1], shape[0])).astype(int)
    return Box(int(left), int(top), int(right), int(bottom), score)


@dataclass(frozen=True, slots=True)
class Levelled:
    """A piece of a frame turned so that a line in it lies level: `image` uint8, and the line's `box` there."""

    image: np.ndarray
    box: Box
    turn: np.ndarray
    """Affine map (2, 3) from pixels of the frame to those of `image`."""

    def back(self, box: Box, shape: tuple[int, ...]) -> Box | None:
        """A box of `image` in pixels of the frame (rows, columns)."""
        return turned_back(box, self.turn, shape)


def levelled(image: np.ndarray, box: Box, reach: float = 0.0) -> Levelled:
    """The line and `reach` thicknesses of what lies around it; the frame itself where the line is not at a slant."""
    if not box.corners:
        return Levelled(image, box, np.eye(2, 3))
    corners = np.array(box.corners)
    margin, (along, across) = reach * box.thickness, (corners[1] - corners[0], corners[3] - corners[0])
    length, thick = float(np.hypot(*along)), box.thickness
    turn = _to_level(corners[0], along / length, across / thick, margin)
    size = math.ceil(length + 2 * margin), math.ceil(thick + 2 * margin)
    seen = cv2.warpAffine(image, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    low, high = round(margin), (round(margin + length), round(margin + thick))
    return Levelled(seen, Box(low, low, *high, box.score), turn)


def _to_level(corner: np.ndarray, along: np.ndarray, across: np.ndarray, margin: float) -> np.ndarray:
    """Affine map (2, 3): a corner comes to (margin, margin), the unit vectors along and across it to x and y."""
    axes = np.array([along, across])
    return np.hstack([axes, (margin - axes @ corner)[:, None]])


def turned_back(box: Box, turn: np.ndarray, shape: tuple[int, ...]) -> Box | None:
    """A box of a picture that `turn` (2, 3) was made from a frame (rows, columns), in pixels of the frame."""
    corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    points = np.array([box.corners or corners], np.float64)
    return of_line(cv2.transform(points, cv2.invertAffineTransform(turn))[0], shape, box.score)
