"""Ultrasound regions of the header (PS3.3 C.8.5.5) as a second opinion on where the pictures are."""

from __future__ import annotations

import numpy as np
from pydicom import Dataset
from pydicom.sequence import Sequence

from anonymize.policy import Rectangle

PICTURES = (1, 2, 3, 4, 5)
"""Region data types that are pictures: tissue, colour flow, PW, CW, TDI spectral Doppler traces."""
LEAST, MOST = 0.03, 0.97
"""Shares of the frame between which a region is believed: below it is a scale, above it is the whole screen."""


def plausible(ds: Dataset, rows: int, columns: int) -> list[Rectangle]:
    """Regions that can be believed; an edge one pixel outside the frame is common and cut."""
    found = []
    for item in items(ds):
        try:
            rectangle = _rectangle(item)
            kind = int(item.RegionDataType)
        except (AttributeError, TypeError, ValueError):
            continue
        cut = _cut(rectangle, rows, columns)
        if kind in PICTURES and cut and LEAST <= _area(cut) / (rows * columns) <= MOST:
            found.append(cut)
    return found


def items(ds: Dataset) -> list[Dataset]:
    """The regions; none when the element is no sequence, as in damaged files."""
    found = ds.get("SequenceOfUltrasoundRegions")
    return list(found) if isinstance(found, Sequence) else []


def as_mask(rectangles: list[Rectangle], shape: tuple[int, int]) -> np.ndarray:
    """bool (rows, columns): the union."""
    mask = np.zeros(shape, bool)
    for r in rectangles:
        mask[r.top : r.bottom, r.left : r.right] = True
    return mask


def _rectangle(item: Dataset) -> Rectangle:
    """Max is inclusive in the header."""
    return Rectangle(
        int(item.RegionLocationMinX0),
        int(item.RegionLocationMinY0),
        int(item.RegionLocationMaxX1) + 1,
        int(item.RegionLocationMaxY1) + 1,
    )


def _cut(r: Rectangle, rows: int, columns: int) -> Rectangle | None:
    if not (0 <= r.left < r.right <= columns + 1 and 0 <= r.top < r.bottom <= rows + 1):
        return None
    return Rectangle(r.left, r.top, min(r.right, columns), min(r.bottom, rows))


def _area(r: Rectangle) -> int:
    return (r.right - r.left) * (r.bottom - r.top)
