"""Candidate outlines of the picture: what differs from the screen's background, at several thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from anonymize.pixels import shapes
from anonymize.pixels.boxes import Box
from anonymize.pixels.shapes import Shape

WORK_SIDE = 640
THRESHOLDS = (0, 1, 2, 4, 8)
TEXT_SHARE = 0.08
"""A box larger than this share of both sides of the frame is not text."""
BORDER_SHARE = 0.03
FLAT_RANGE, FLAT_GREY = 2, 16
DENSITY = 0.45
OPEN_SHARE = 0.011
LEAST_AREA, LEAST_SIDE = 0.012, 0.08
STRIP_RATIO = 4.5
RECTANGLE = 0.93
"""Share of its bounding box that a linear picture or a trace over time fills; a fan never does."""
SAME_COLUMN, SAME_CENTRE = 0.85, 0.06
OTHER_AREA, OTHER_FRAME, OTHER_GREYS = 0.10, 0.02, 20
BY_CHANCE = 0.0005
"""Share of the pixels that have a grey level at the rims of letters only."""
FEW_GREYS = 20
"""Grey levels below which a composite was reduced to few colours, so that dots stand for shades."""
ALL_OVER = 0.9
"""Share of rows and of columns from which a place is the screen itself."""
DOTS, MOST, FEW_SHADES = 15, 0.9, 8
"""Pixels over which dots become a shade; shades that most pixels of a place must have to be more than a panel with
letters (panels: 1-7; pictures: 8 and more, as a rule 30)."""


@dataclass(frozen=True, slots=True)
class Work:
    """The composite at working size with what is known about it."""

    grey: np.ndarray
    """uint8 (rows, columns), at most `WORK_SIDE` on the long side."""
    text: np.ndarray
    """bool: text boxes, grown by one pixel."""
    flat: np.ndarray
    """bool: flat user interface (bars, panels, buttons)."""
    spread: np.ndarray
    """uint8: range of the 5 x 5 neighbourhood."""
    factor: float
    """Working size over full size."""
    greys: int
    """Grey levels that the composite has before it is reduced, chance ones aside."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One background and one threshold."""

    background: int
    threshold: int
    pictures: tuple[Shape, ...]
    lit: np.ndarray

    @property
    def score(self) -> float:
        """Of all pictures, by area."""
        return float(np.average([p.score for p in self.pictures], weights=[p.area for p in self.pictures]))

    @property
    def hull(self) -> np.ndarray:
        """Of all pictures."""
        return np.logical_or.reduce([p.hull for p in self.pictures])


def prepare(composite: np.ndarray, boxes: Sequence[Box]) -> Work:
    """Reduce a uint8 grey composite and lay out its text boxes (full-size pixels)."""
    rows, columns = composite.shape
    factor = min(1.0, WORK_SIDE / max(rows, columns))
    size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
    grey = cv2.resize(composite, size, interpolation=cv2.INTER_AREA) if factor < 1 else composite
    kernel = np.ones((5, 5), np.uint8)
    spread = cv2.dilate(grey, kernel) - cv2.erode(grey, kernel)
    bars = ((spread <= FLAT_RANGE) & (grey >= FLAT_GREY)).astype(np.uint8)
    flat = cv2.dilate(cv2.morphologyEx(bars, cv2.MORPH_OPEN, kernel), kernel).astype(bool)
    greys = int(np.count_nonzero(np.bincount(composite.ravel(), minlength=256) > BY_CHANCE * composite.size))
    text = _text_mask(boxes, composite.shape, grey.shape, factor)
    for panel in _dotted_panels(grey, text, spread) if greys < FEW_GREYS else ():
        flat |= panel
        if not _all_over(panel):  # the dots of the screen may run into the picture
            spread[panel] = 0
    return Work(grey, text, flat, spread, factor, greys)


def _dotted_panels(grey: np.ndarray, text: np.ndarray, spread: np.ndarray) -> Iterator[np.ndarray]:
    """bool: places where dots stand for one shade, or nearly one; the eye sees them as flat as those without dots."""
    shades = cv2.blur(grey, (DOTS, DOTS))
    rim = np.ones((DOTS, DOTS), np.uint8)
    for place in _components(distance(grey, _backgrounds(grey)[0]) > 0):
        inner = cv2.erode(place.astype(np.uint8), rim, borderValue=1).astype(bool) & ~text
        dotted = inner.any() and np.median(spread[inner]) > FLAT_RANGE  # as no picture of few echoes is
        if dotted and _levels(shades[inner]) < FEW_SHADES:
            yield place


def _all_over(place: np.ndarray) -> bool:
    left, top, right, bottom = shapes.bounds(place)
    return bool(min((right - left) / place.shape[1], (bottom - top) / place.shape[0]) >= ALL_OVER)


def _levels(grey: np.ndarray) -> int:
    """How many grey levels, the commonest first, most of the pixels have."""
    counts = np.sort(np.bincount(grey))[::-1].cumsum()
    return int(np.searchsorted(counts, MOST * counts[-1])) + 1


def _text_mask(boxes: Sequence[Box], full: tuple[int, ...], small: tuple[int, ...], factor: float) -> np.ndarray:
    mask = np.zeros(small, bool)
    for box in boxes:
        if box.score < 1 and _too_large(box, full):
            continue
        for part in box.parts(full):
            left, top = int(part.left * factor) - 1, int(part.top * factor) - 1
            right, bottom = int(np.ceil(part.right * factor)) + 1, int(np.ceil(part.bottom * factor)) + 1
            mask[max(0, top) : bottom, max(0, left) : right] = True
    return mask


def _too_large(box: Box, full: tuple[int, ...]) -> bool:
    if box.corners:
        return box.thickness > TEXT_SHARE * full[0]
    return box.height > TEXT_SHARE * full[0] and box.width > TEXT_SHARE * full[1]


def candidates(work: Work, inside: np.ndarray | None = None) -> Iterator[Candidate]:
    """One for each background and threshold that leaves a picture; `inside` (bool) cuts everything else away."""
    for background in _backgrounds(work.grey):
        far = distance(work.grey, background)
        for threshold in THRESHOLDS:
            lit = (far > threshold) & ~work.text & ~work.flat
            if inside is not None:
                lit &= inside
            pictures = _pictures(_components(lit), work.grey)
            if pictures:
                yield Candidate(background, threshold, pictures, lit)


def distance(grey: np.ndarray, background: int) -> np.ndarray:
    """Grey levels between each pixel and the background, int16."""
    return np.abs(grey.astype(np.int16) - background)


def _backgrounds(grey: np.ndarray) -> list[int]:
    """The commonest grey of the frame, and that of its border when it covers enough of the frame."""
    counts = np.bincount(grey.ravel(), minlength=256)
    border = np.concatenate([grey[:3].ravel(), grey[-3:].ravel(), grey[:, :3].ravel(), grey[:, -3:].ravel()])
    edge = int(np.bincount(border, minlength=256).argmax())
    found = [int(counts.argmax())]
    if edge not in found and counts[edge] > BORDER_SHARE * grey.size:
        found.append(edge)
    return found


def _components(lit: np.ndarray) -> list[np.ndarray]:
    """Dense, thick, connected places, largest first."""
    rows, columns = lit.shape
    dense = cv2.boxFilter(lit.astype(np.float32), -1, (9, 9), borderType=cv2.BORDER_REPLICATE) >= DENSITY
    thick = opened(dense, max(1.0, OPEN_SHARE * max(rows, columns)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(thick.astype(np.uint8))
    order = sorted(range(1, count), key=lambda i: -stats[i, cv2.CC_STAT_AREA])
    return [labels == i for i in order if _large_enough(stats[i], rows, columns)]


def opened(mask: np.ndarray, radius: float) -> np.ndarray:
    """Opening with a disc; the border is replicated, so that what touches the frame's edge keeps its corners."""
    pad = int(np.ceil(radius)) + 1
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), pad, pad, pad, pad, cv2.BORDER_REPLICATE)
    core = cv2.distanceTransform(padded, cv2.DIST_L2, 5) > radius
    if not core.any():
        return np.zeros_like(mask)
    back = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, 5) <= radius
    return back[pad:-pad, pad:-pad]


def _large_enough(stats: np.ndarray, rows: int, columns: int) -> bool:
    _, top, width, height, area = (int(v) for v in stats)
    if area < LEAST_AREA * rows * columns or min(width, height) < LEAST_SIDE * min(rows, columns):
        return False
    at_edge = top <= 1 or top + height >= rows - 1
    return not (at_edge and width > STRIP_RATIO * height)


def _pictures(components: list[np.ndarray], grey: np.ndarray) -> tuple[Shape, ...]:
    if not components:
        return ()
    main, others = components[0], []
    for other in components[1:]:
        if _belongs(other, main):
            main = main | other
        elif _picture_of_its_own(other, components[0], grey):
            others.append(other)
    return tuple(shapes.best(part) for part in (main, *others))


def _belongs(other: np.ndarray, main: np.ndarray) -> bool:
    """A part split off by a dark zone: the same columns, or a fan's tip, centred on it and neither wider nor higher."""
    left, top, right, bottom = shapes.bounds(main)
    other_left, other_top, other_right, other_bottom = shapes.bounds(other)
    overlap = min(right, other_right) - max(left, other_left)
    if overlap > SAME_COLUMN * max(right - left, other_right - other_left):
        return True
    off_centre = abs(left + right - other_left - other_right) / 2
    smaller = other_right - other_left <= right - left and other_bottom - other_top <= bottom - top
    if shapes.iou(shapes.convex(main), shapes.filled_box(main)) > RECTANGLE:
        return False
    return smaller and off_centre < SAME_CENTRE * (right - left)


def _picture_of_its_own(other: np.ndarray, largest: np.ndarray, grey: np.ndarray) -> bool:
    area = int(np.count_nonzero(other))
    return bool(
        area >= OTHER_AREA * np.count_nonzero(largest)
        and area >= OTHER_FRAME * grey.size
        and len(np.unique(grey[other])) >= OTHER_GREYS
    )
