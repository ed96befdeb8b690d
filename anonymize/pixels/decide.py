"""What is kept of the frames: where the picture is, less the text and the codes on it; or what a person drew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from anonymize.pixels import barcodes, closer, memory, panels, picture, shapes, text, textrules
from anonymize.pixels import grid as grids
from anonymize.pixels.boxes import Box
from anonymize.pixels.codec import Grid
from anonymize.pixels.composites import Composites, Look, steep
from anonymize.pixels.picture import Picture
from anonymize.policy import Mask, Rectangle
from anonymize.report import MaskDrawn

MOST_TEXT = 0.10
"""Share of the picture that text may cover before a person is asked."""
CROP_MARGIN = 8
MOST_COVERED = 0.6


@dataclass(slots=True)
class Decision:
    """`keep`: bool (rows, columns), whole blocks of the encoding's grid."""

    keep: np.ndarray
    mask: MaskDrawn
    hold: str | None = None


@dataclass(slots=True)
class Outline:
    """Where the pictures are, before text is taken out, and who says so."""

    keep: np.ndarray
    background: int
    mask: MaskDrawn
    faint: list[Box]
    """Text hardly brighter than the screen that touches the outline."""
    hold: str | None = None
    looks: list[tuple[np.ndarray, list[Box]]] = field(default_factory=list)
    """Pictures in which text was looked for on the way, and the text."""


def decide(
    composites: Composites,
    regions: list[Rectangle],
    drawn: Mask | None,
    grid: Grid,
    remembered: Sequence[Mask] = (),
) -> Decision:
    """Find the picture (or take a person's mask) and apply the text rules to the composites of one clip.

    `remembered`: masks of the same device and screen, one of which is taken where no picture is found with certainty.
    """
    boxes, codes = text.detect(composites.brightest), barcodes.find(composites.brightest)
    outline = _drawn(drawn, composites, 1.0) if drawn else _found(composites, boxes, codes, regions)
    if outline.hold:
        outline = _remembered(remembered, composites, boxes, outline) or outline
    verdicts = _verdicts(composites, boxes, codes, outline)
    verdicts.blanked += panels.flat(composites, outline.keep)
    more = closer.drawn(composites, textrules.without(outline.keep, verdicts.blanked + verdicts.harmless))
    verdicts.blanked += more.boxes
    text.release()
    cleared = textrules.without(outline.keep, verdicts.blanked)
    tolerance = 0 if grid == Grid() else grids.RINGING
    kept = grids.snap(cleared, grids.lit(composites, outline.background, tolerance), grid)
    mask = outline.mask
    mask.kept_share = float(kept.mean())
    mask.shape = "whole" if kept.all() and mask.source.startswith("picture") else mask.shape
    mask.blanked = [[b.left, b.top, b.right, b.bottom] for b in verdicts.blanked]
    moving = "held.text_inside" if more.moving and outline.mask.shape != "person" else None
    return Decision(kept, mask, outline.hold or moving or _much_text(outline, cleared))


def _found(composites: Composites, boxes: list[Box], codes: list[Box], regions: list[Rectangle]) -> Outline:
    """By the finder: a second time without the faint text that the first outline touches."""
    image = composites.brightest
    found = picture.find(image, [*boxes, *codes], regions)
    dim = _dim(image, found) if found else None
    faint = _faint(*dim, boxes, found) if dim and found else []
    if faint:
        found = picture.find(image, [*boxes, *codes, *faint], regions)
    if regions and not (found and found.sure):
        found = _at_first(composites, [*boxes, *codes], regions) or found
    if found is None:
        empty = np.zeros(image.shape, bool)
        return Outline(empty, 0, MaskDrawn("none", 0.0, "picture", 0.0), faint, "held.no_picture")
    source = "picture+regions" if found.regions_used else "picture"
    mask = MaskDrawn(found.kind, 0.0, source, round(found.score, 4), [list(part) for part in found.parts])
    hold = None if found.sure else "held.uncertain_picture"
    return Outline(found.keep, found.background, mask, faint, hold, [dim] if dim else [])


def _at_first(composites: Composites, boxes: list[Box], regions: list[Rectangle]) -> Picture | None:
    """As the clip begins, where all frames together show none: if the header says the same and no frame shows more."""
    found = picture.find(composites.first, boxes, regions)
    sure = found is not None and found.sure and found.agreed
    return found if found and sure and picture.covers(found, composites.brightest, boxes) else None


def _dim(composite: np.ndarray, found: Picture) -> tuple[np.ndarray, list[Box]]:
    """What differs from the screen, were it by a few levels, and the text on it."""
    even = picture.flattened(composite)
    image = steep(even, found.background if even is composite else 0)
    return image, text.detect_within(image, _surroundings(found.keep))


def _faint(image: np.ndarray, near: list[Box], boxes: list[Box], found: Picture) -> list[Box]:
    """Text hardly brighter than the screen on the rim of the outline found: it may have widened it."""
    covered = np.zeros(image.shape, bool)
    for box in boxes:
        covered[box.slices] = True
    rim = found.keep & ~cv2.erode(found.keep.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).astype(bool)
    fresh = [box for box in near if rim[box.slices].any() and covered[box.slices].mean() < MOST_COVERED]
    thin = [box for box in fresh if box.thickness <= textrules.THICKEST * len(image)]
    return [box for box in thin if text.read(image, box)[1] >= textrules.UNREAD]


def _drawn(drawn: Mask, composites: Composites, confidence: float, source: str = "person") -> Outline:
    keep = np.zeros(composites.first.shape, bool)
    for rectangles, value in ((drawn.keep, True), (drawn.blank, False)):
        for r in rectangles:
            keep[max(0, r.top) : max(0, r.bottom), max(0, r.left) : max(0, r.right)] = value
    around = composites.brightest[~keep]
    background = int(np.bincount(around, minlength=256).argmax()) if around.size else 0
    boxes = [[r.left, r.top, r.right, r.bottom] for r in drawn.keep]
    mask = MaskDrawn("person", 0.0, source, round(confidence, 4), boxes)
    return Outline(keep, background, mask, [], None if keep.any() else "held.no_picture")


def _remembered(masks: Sequence[Mask], composites: Composites, boxes: list[Box], doubtful: Outline) -> Outline | None:
    """The remembered mask that fits best, if one fits well enough."""
    best = None
    for mask in masks:
        outline = _drawn(mask, composites, 0.0, "remembered")
        fit = memory.confidence(outline.keep, composites.brightest, doubtful.background, boxes)
        outline.mask.score = round(fit, 4)
        if fit >= memory.LEAST_CONFIDENCE and (best is None or fit > best.mask.score):
            best = outline
    return best


def _verdicts(composites: Composites, boxes: list[Box], codes: list[Box], outline: Outline) -> textrules.Verdicts:
    """Text and printed codes in all pictures of the sheet that touch what is kept."""
    sheet = composites.sheet(outline.keep)
    looks = [(composites.brightest, boxes), *_looks(sheet, outline.keep), *outline.looks]
    verdicts = textrules.judge(looks, outline.keep)
    images = {id(look.image): look.image for look in sheet}  # some are looked at twice, larger or turned
    codes = codes + [box for image in images.values() for box in barcodes.find(image)]
    verdicts.blanked += [box for box in dict.fromkeys([*codes, *outline.faint]) if outline.keep[box.slices].any()]
    return verdicts


def _looks(sheet: list[Look], keep: np.ndarray) -> list[tuple[np.ndarray, list[Box]]]:
    """Text in the further pictures of the sheet, looked for within the bounding box of what is kept."""
    if not keep.any():
        return []
    area = _surroundings(keep)
    return [(look.image, text.detect_within(look.image, area, look.enlarge, look.turned)) for look in sheet]


def _surroundings(keep: np.ndarray) -> Box:
    """The bounding box of what is kept (bool, not empty), with a margin."""
    return Box(*shapes.bounds(keep)).grown(CROP_MARGIN, keep.shape)


def _much_text(outline: Outline, cleared: np.ndarray) -> str | None:
    covered = 1 - np.count_nonzero(cleared) / np.count_nonzero(outline.keep)
    return "held.text_inside" if outline.mask.shape != "person" and covered > MOST_TEXT else None
