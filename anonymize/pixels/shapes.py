"""The two shapes an ultrasound picture has on a screen: a rectangle and a fan. All masks are bool (rows, columns)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

Kind = Literal["fan", "rectangle"]
TOP_LOST, END_LOST = 0.12, 0.05
"""Share of a fan's side left out of the line fit: the transducer's rounded edge, the rounded outer corner."""
LEAST_ROWS = 8
OUTER_PERCENTILE = 99.7


@dataclass(frozen=True, slots=True)
class Shape:
    """One picture."""

    kind: Kind
    hull: np.ndarray
    fitted: np.ndarray
    score: float
    """Intersection over union of hull and fitted shape."""

    @property
    def area(self) -> int:
        """Pixels of the hull."""
        return int(self.hull.sum())


def iou(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union, 0-1; 0 when both are empty."""
    union = np.count_nonzero(one | other)
    return float(np.count_nonzero(one & other) / union) if union else 0.0


def overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> float:
    """Intersection over union, 0-1, of two boxes (left, top, right, bottom)."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    common = max(0, width) * max(0, height)
    areas = [(right - left) * (bottom - top) for left, top, right, bottom in (one, other)]
    return common / (sum(areas) - common)


def bounds(mask: np.ndarray) -> tuple[int, int, int, int]:
    """left, top, right, bottom (exclusive) of a mask that is not empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def filled_box(mask: np.ndarray) -> np.ndarray:
    """The bounding box of a mask, filled."""
    left, top, right, bottom = bounds(mask)
    box = np.zeros_like(mask)
    box[top:bottom, left:right] = True
    return box


def convex(mask: np.ndarray) -> np.ndarray:
    """The convex hull, filled: dark anatomy and the concave top of a curved array are inside."""
    rows = np.flatnonzero(mask.any(axis=1))
    first, last = mask[rows].argmax(axis=1), mask.shape[1] - 1 - mask[rows, ::-1].argmax(axis=1)
    points = np.column_stack([np.concatenate([first, last]), np.tile(rows, 2)]).astype(np.int32)
    filled = np.zeros(mask.shape, np.uint8)
    cv2.fillConvexPoly(filled, cv2.convexHull(points), 1)
    return filled.astype(bool)


def best(component: np.ndarray) -> Shape:
    """Hull of the component with the better of the two shapes."""
    hull = convex(component)
    box = filled_box(hull)
    found = Shape("rectangle", hull, box, iou(hull, box))
    for upside_down in (False, True):
        fan = _fan(hull[::-1] if upside_down else hull)
        if fan is not None:
            fan = fan[::-1] if upside_down else fan
            score = iou(hull, fan)
            if score > found.score:
                found = Shape("fan", hull, fan, score)
    return found


def _fan(hull: np.ndarray) -> np.ndarray | None:
    """The sector between the lines through both sides, cut by the bounding box; None when the sides do not open."""
    left, top, right, bottom = bounds(hull)
    inside = hull[top:bottom, left:right]
    starts = inside.argmax(axis=1)
    ends = inside.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)
    one, other = _side(starts), _side(-ends)
    if one is None or other is None:
        return None
    (slope_l, at_l), (slope_r, at_r) = one, (-other[0], -other[1])
    if slope_r - slope_l < 0.02:
        return None
    apex_y = (at_l - at_r) / (slope_r - slope_l)
    apex_x = slope_l * apex_y + at_l
    y, x = np.ogrid[0 : inside.shape[0], 0 : inside.shape[1]]
    distance = np.hypot((x - apex_x).astype(np.float32), (y - apex_y).astype(np.float32))
    radius = np.percentile(distance[inside], OUTER_PERCENTILE)
    sector = (x >= slope_l * y + at_l - 0.5) & (x <= slope_r * y + at_r + 0.5) & (distance <= radius)
    full = np.zeros_like(hull)
    full[top:bottom, left:right] = sector
    return full


def _side(edge: np.ndarray) -> tuple[float, float] | None:
    """Slope and offset of column = slope * row + offset, from the top to the outermost corner of the left side."""
    corner = int(edge.argmin())
    first, last = round(corner * TOP_LOST), round(corner * (1 - END_LOST))
    if last - first < LEAST_ROWS:
        return None
    rows = np.arange(first, last)
    slope, offset = np.polyfit(rows, edge[first:last], 1)
    return float(slope), float(offset)
