"""What is kept of the frames: where the picture is, less the text on it; or what a person drew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anonymize.pixels import grid as grids
from anonymize.pixels import picture, text, textrules
from anonymize.pixels.codec import Grid
from anonymize.pixels.composites import Composites
from anonymize.pixels.picture import Picture
from anonymize.pixels.text import Box
from anonymize.policy import Mask, Rectangle
from anonymize.report import MaskDrawn

MOST_TEXT = 0.10
"""Share of the picture that text may cover before a person is asked."""
CROP_MARGIN = 8


@dataclass(slots=True)
class Decision:
    """`keep`: bool (rows, columns), whole blocks of the encoding's grid."""

    keep: np.ndarray
    mask: MaskDrawn
    hold: str | None = None


def decide(composites: Composites, regions: list[Rectangle], drawn: Mask | None, grid: Grid) -> Decision:
    """Run the finder (or take a person's mask) and the text rules on the composites of one clip."""
    boxes = text.detect(composites.brightest)
    found = None if drawn else picture.find(composites.brightest, boxes, regions)
    keep = _drawn(drawn, composites.first.shape) if drawn else _found(found, composites.first.shape)
    background = found.background if found else _commonest(composites.brightest[~keep])
    verdicts = textrules.judge([(composites.brightest, boxes), *_looks(composites, keep)], keep)
    cleared = textrules.without(keep, verdicts.blanked)
    tolerance = 0 if grid == Grid() else grids.RINGING
    kept = grids.snap(cleared, grids.lit(composites, background, tolerance), grid)
    mask = _report(kept, found, drawn, verdicts)
    hold = _hold(found, drawn, keep, cleared)
    return Decision(kept, mask, hold)


def _looks(composites: Composites, keep: np.ndarray) -> list[tuple[np.ndarray, list[Box]]]:
    """Text in the further pictures of the sheet, looked for within the bounding box of what is kept."""
    if not keep.any():
        return []
    rows, columns = np.flatnonzero(keep.any(axis=1)), np.flatnonzero(keep.any(axis=0))
    area = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1).grown(CROP_MARGIN, keep.shape)
    return [(look.image, text.detect_within(look.image, area, look.enlarge)) for look in composites.sheet()]


def _found(found: Picture | None, shape: tuple[int, ...]) -> np.ndarray:
    return found.keep if found else np.zeros(shape, bool)


def _drawn(drawn: Mask, shape: tuple[int, ...]) -> np.ndarray:
    keep = np.zeros(shape, bool)
    for rectangles, value in ((drawn.keep, True), (drawn.blank, False)):
        for r in rectangles:
            keep[max(0, r.top) : max(0, r.bottom), max(0, r.left) : max(0, r.right)] = value
    return keep


def _commonest(values: np.ndarray) -> int:
    return int(np.bincount(values, minlength=256).argmax()) if values.size else 0


def _hold(found: Picture | None, drawn: Mask | None, keep: np.ndarray, cleared: np.ndarray) -> str | None:
    if not keep.any():
        return "held.no_picture"
    if found and not found.sure:
        return "held.uncertain_picture"
    covered = 1 - np.count_nonzero(cleared) / np.count_nonzero(keep)
    return "held.text_inside" if not drawn and covered > MOST_TEXT else None


def _report(kept: np.ndarray, found: Picture | None, drawn: Mask | None, verdicts: textrules.Verdicts) -> MaskDrawn:
    share = float(kept.mean())
    blanked = [[b.left, b.top, b.right, b.bottom] for b in verdicts.blanked]
    if drawn:
        boxes = [[r.left, r.top, r.right, r.bottom] for r in drawn.keep]
        return MaskDrawn("person", share, "person", 1.0, boxes, blanked)
    if found is None:
        return MaskDrawn("none", 0.0, "picture", 0.0)
    source = "picture+regions" if found.regions_used else "picture"
    shape = "whole" if kept.all() else found.kind
    return MaskDrawn(shape, share, source, round(found.score, 4), [list(part) for part in found.parts], blanked)
