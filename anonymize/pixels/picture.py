"""Where the ultrasound picture is on the screen. Measured and explained in the project's design notes on real files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from anonymize.pixels import shapes
from anonymize.pixels.boxes import Box
from anonymize.pixels.candidates import FEW_GREYS, THRESHOLDS, Candidate, Work, candidates, distance, opened, prepare
from anonymize.pixels.regions import as_mask
from anonymize.policy import Rectangle

EDGE, EDGE_SWING, ALIKE = 4, 3, 0.85
"""Pixels at the ends of a row, grey levels by which they may differ, share of rows in which they do not."""
NEAR_BEST = 0.03
RING_LOW, RING_HIGH, RING_SCORE, RING_SPREAD, RING_LIT = 0.30, 0.90, 0.94, 2, 0.06
UNITE_SCORE = 0.90
SAME_HULL = 0.90
SURE_SCORE, SURE_VOTES = 0.98, 4
RESIDUE_RADIUS = 4.0
LEAST_SCORE, LEAST_SHARE, SURE_SHARE, MOST_RESIDUE = 0.93, 0.10, 0.04, 0.15
TEXTURED = 0.6
"""Share of a 9 x 9 neighbourhood that is not flat where echoes may be: panels, their edges (0.44) and gradients are no
lost picture."""
STRIP_RATIO, STRIP_GAP, STRIP_REACH = 4.5, 7, 0.06
"""Width over height of a strip; its least distance from the picture (pixels); the widest gap in it (share of the
frame's columns)."""
LEAST_AROUND, LEAST_EVEN = 0.25, 0.8
"""Of few colours, where dots stand for shades on the screen as well: the share of the frame that must lie around the
picture, and the share of that which must be without dots."""
AGREED = 0.85
"""Intersection over union of an outline's box and a region of the header from which each confirms the other."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The pictures found in one object."""

    keep: np.ndarray
    """bool (rows, columns) at full size."""
    parts: tuple[tuple[int, int, int, int], ...]
    """left, top, right, bottom of each picture at full size."""
    kind: shapes.Kind
    score: float
    votes: int
    """Thresholds that give the same outline."""
    residue: float
    """Lit area outside the outline relative to inside."""
    regions_used: bool
    background: int
    """Grey of the screen around the pictures."""
    told_apart: bool
    """Differs in kind from what lies around it: the dots of few colours run from the screen into the picture."""
    agreed: bool = False
    """Each picture fills a region of the header."""

    @property
    def sure(self) -> bool:
        """False when a person must look."""
        plain = self.score >= SURE_SCORE and self.votes >= SURE_VOTES
        return bool(
            self.told_apart
            and self.score >= LEAST_SCORE
            and float(self.keep.mean()) >= (SURE_SHARE if plain else LEAST_SHARE)
            and (self.votes > 1 or self.agreed or self.score >= SURE_SCORE)
            and self.residue <= MOST_RESIDUE
        )


def find(composite: np.ndarray, boxes: Sequence[Box], regions: list[Rectangle]) -> Picture | None:
    """The pictures on a uint8 grey composite (rows, columns), text boxes and plausible header regions given."""
    even = flattened(composite)
    found = _find(even, boxes, regions)
    if found is None or even is composite:
        return found
    return replace(found, background=int(np.bincount(composite[~found.keep], minlength=256).argmax()))


def _find(composite: np.ndarray, boxes: Sequence[Box], regions: list[Rectangle]) -> Picture | None:
    work = prepare(composite, boxes)
    alone = _select(work, None, composite.shape)
    if not regions or (alone and _settled(alone, regions)):
        return alone
    inside = cv2.resize(
        as_mask(regions, composite.shape).astype(np.uint8), work.grey.shape[::-1], interpolation=cv2.INTER_NEAREST
    ).astype(bool)
    guided = _confirmed(_select(work, inside, composite.shape), regions)
    if guided and (alone is None or guided.residue <= MOST_RESIDUE):
        return guided
    return alone


def _confirmed(found: Picture | None, regions: list[Rectangle]) -> Picture | None:
    boxes = [(r.left, r.top, r.right, r.bottom) for r in regions]
    if found and all(any(shapes.overlap(part, box) >= AGREED for box in boxes) for part in found.parts):
        return replace(found, agreed=True)
    return found


def covers(found: Picture, composite: np.ndarray, boxes: Sequence[Box]) -> bool:
    """Is no picture lost on another composite (uint8 grey) of the clip, whose text boxes are given?"""
    work = prepare(composite, boxes)
    size = work.grey.shape[::-1]
    mask = cv2.resize(found.keep.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(bool)
    return _residue(mask, found.background, max(THRESHOLDS), work) <= MOST_RESIDUE


def flattened(composite: np.ndarray) -> np.ndarray:
    """Distance of a uint8 composite from a background that changes from row to row, seen at both ends of the rows.

    The composite itself when both ends differ (the picture reaches them) or are the same in all rows.
    """
    left, right = (np.median(side, axis=1) for side in (composite[:, :EDGE], composite[:, -EDGE:]))
    alike = np.flatnonzero(np.abs(left - right) <= EDGE_SWING)
    usual = np.median(left)
    changes = np.abs(left[alike] - usual) > EDGE_SWING
    if alike.size < ALIKE * len(composite) or not changes.any():
        return composite
    level = np.interp(np.arange(len(composite)), alike, np.where(changes, left[alike], usual)).astype(np.uint8)
    return cv2.absdiff(composite, np.repeat(level[:, None], composite.shape[1], axis=1))


def _settled(found: Picture, regions: list[Rectangle]) -> bool:
    return (
        found.score >= SURE_SCORE
        and found.votes >= SURE_VOTES
        and not np.any(found.keep & ~as_mask(regions, found.keep.shape))
    )


def _select(work: Work, inside: np.ndarray | None, full: tuple[int, ...]) -> Picture | None:
    tried = list(candidates(work, inside))
    if not tried:
        return None
    chosen = _choose(tried, work)
    hull = chosen.hull
    alike = [c for c in tried if c.background == chosen.background]
    votes = sum(1 for c in alike if shapes.iou(c.hull, hull) >= SAME_HULL)
    mask = np.logical_or.reduce([p.hull | p.fitted if p.score >= UNITE_SCORE else p.hull for p in chosen.pictures])
    residue = _residue(mask, chosen.background, chosen.threshold, work)
    largest = max(chosen.pictures, key=lambda p: p.area)
    parts = tuple(_enlarged(shapes.bounds(p.hull), work.factor, full) for p in chosen.pictures)
    keep = _full_size(mask, full)
    apart = work.greys >= FEW_GREYS or _even_around(mask, work)
    return Picture(
        keep, parts, largest.kind, chosen.score, votes, residue, inside is not None, chosen.background, apart
    )


def _even_around(mask: np.ndarray, work: Work) -> bool:
    """Does enough of the screen lie around the mask, text aside, and is it flat?"""
    around = ~mask & ~work.text
    return bool(around.mean() >= LEAST_AROUND and (work.spread[around] <= RING_SPREAD).mean() >= LEAST_EVEN)


def _choose(tried: list[Candidate], work: Work) -> Candidate:
    best = max(c.score for c in tried)
    near = [c for c in tried if c.score >= best - NEAR_BEST]
    chosen = max(near, key=lambda c: np.count_nonzero(c.hull))
    for smaller in sorted(tried, key=lambda c: -np.count_nonzero(c.hull)):
        if smaller.score >= RING_SCORE and _only_a_panel(chosen.hull, smaller.hull, work):
            return smaller
    return chosen


def _only_a_panel(larger: np.ndarray, smaller: np.ndarray, work: Work) -> bool:
    """What the larger outline adds to the smaller one is flat."""
    share = smaller.sum() / larger.sum()
    if not RING_LOW <= share <= RING_HIGH:
        return False
    between = larger & ~smaller & ~work.text
    structured = between & (work.spread > RING_SPREAD)
    return bool(structured.sum() < RING_LIT * max(1, between.sum()))


def _residue(mask: np.ndarray, background: int, threshold: int, work: Work) -> float:
    differs = distance(work.grey, background) > threshold
    text = cv2.dilate(work.text.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    rough = cv2.boxFilter(((work.spread > RING_SPREAD) & ~text).astype(np.float32), -1, (9, 9)) >= TEXTURED
    lit = opened(differs & rough & ~text, RESIDUE_RADIUS)
    outside = lit & ~mask
    outside &= ~_ecg(outside, mask)
    return float(outside.sum() / max(1, (lit & mask).sum()))


def _ecg(outside: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Thin wide strips apart from and under the picture: an electrocardiogram, a row of small pictures.

    They are blanked, but no sign of a wrong mask.
    """
    _, top, _, bottom = shapes.bounds(mask)
    near = cv2.dilate(mask.astype(np.uint8), np.ones((STRIP_GAP, STRIP_GAP), np.uint8)).astype(bool)
    apart = outside & ~near
    reach = np.ones((1, max(1, round(STRIP_REACH * mask.shape[1]))), np.uint8)
    joined = cv2.morphologyEx(apart.astype(np.uint8), cv2.MORPH_CLOSE, reach) | outside
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined.astype(np.uint8))
    strips = [
        i
        for i in range(1, count)
        if stats[i, cv2.CC_STAT_TOP] > (top + bottom) / 2
        and stats[i, cv2.CC_STAT_WIDTH] > STRIP_RATIO * stats[i, cv2.CC_STAT_HEIGHT]
        and not np.any(near & (labels == i))
    ]
    return np.isin(labels, strips)


def _full_size(mask: np.ndarray, full: tuple[int, ...]) -> np.ndarray:
    """Grown by one pixel at working size, then enlarged."""
    grown = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8))
    return cv2.resize(grown, (full[1], full[0]), interpolation=cv2.INTER_NEAREST).astype(bool)


def _enlarged(box: tuple[int, int, int, int], factor: float, full: tuple[int, ...]) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(v / factor) for v in box)
    return left, top, min(right, full[1]), min(bottom, full[0])
