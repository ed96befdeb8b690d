"""Which text on the picture itself is harmless, and which is blanked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from anonymize.pixels.boxes import Box, levelled
from anonymize.pixels.shapes import iou
from anonymize.pixels.text import FAINT, SURE, detect_within, read

UNREAD = 0.5
"""Confidence of a reading below which the detector may have been wrong."""
SHARP, BLURRED, DRAWN = 0.5, 0.4, 0.75
"""Largest step from pixel to pixel over the contrast of the box. Letters are drawn with hard edges (0.63 and more on
real frames, also after JPEG); speckle and tissue are as soft as the sound beam (0.40 and less from 480 rows on)."""
THICK = 0.06
"""Share of the frame's rows: lines of text are thinner."""
CLOSER = 2.0
"""How much larger a thick box is looked at again, in which lines melted into one, and the ends of a line found."""
REST = 8
"""Thicknesses of a line found within which the rest of it is looked for."""
LETTERS = 2
"""Letters and digits that are read where a line surely stands; a vessel is read as one."""
SPACED = 0.5
"""Letters that a line has at least for each of its thicknesses: the beats of a spectrum are read as W and N."""
MONOTONE = 2 / 3
"""Share of a reading that is one letter over and over: the beats of a spectrum, read as a row of A with an M or I."""
INKED, GAP = 0.5, 1.5
"""Share of the steps in a line that those beside it have when the line goes on; the widest gap between two letters in
thicknesses of the line."""
WELL_READ, WORD, THICKEST = 0.8, 3, 0.12
"""Confidence and number of different characters with which even what looks like tissue is text, and the largest
thickness as a share of the rows: the waves of a spectrum are read as a row of one letter."""
APART, OVERLAID, AS_THICK, BESIDE = 1.2, 0.3, 1.7, 0.5
"""Neighbours in a line: largest gap and largest overlap along it over their thickness, largest ratio of thicknesses,
least share of the thinner one that lies beside the other."""
MARK_SHARE, SQUARE, SYMMETRY = 0.04, 1.4, 0.8
LEAST_CONTRAST = 8.0
MARGIN = 2

_NUMBER = r"[-+]?\d{1,3}(?:[.,]\d{1,2})?"
_UNIT = r"(?:cm/s|m/s|cm|mm|m|ms|s|kHz|MHz|Hz|dB|bpm|fps|%|W)"
_NAME = r"(?:MI|TIS|TIB|TIC|TI|FR|F|D|HR|Gn|DR|AO|PWR|CFI)"
_MAKERS = (
    r"(?:PHILIPS|GE|Venue|SonoSite|FUJIFILM|Mindray|SIEMENS|ACUSON|Canon|TOSHIBA|SAMSUNG|Esaote|Clarius|Butterfly)"
)
HARMLESS = re.compile(
    rf"(?:{_NUMBER}\s*{_UNIT}?|{_NAME}(?:\s*[:=<]?\s*{_NUMBER}\s*{_UNIT}?)?"
    rf"(?:\s*{_NAME}\s*[:=<]?\s*{_NUMBER}\s*{_UNIT}?)*|[PGRLVM]|{_MAKERS})",
)
"""Scale numbers with their unit, output indices and settings, a probe mark, a maker's logo."""


@dataclass(slots=True)
class Verdicts:
    """What was decided on the boxes that touch the pictures."""

    blanked: list[Box] = field(default_factory=list)
    inside: list[Box] = field(default_factory=list)
    """Those of `blanked` that lie at least half on a picture."""
    harmless: list[Box] = field(default_factory=list)
    false_alarms: int = 0


def judge(looks: Iterable[tuple[np.ndarray, list[Box]]], keep: np.ndarray) -> Verdicts:
    """Decide on every box found in each picture (whole frames, uint8), given the pixels kept (bool)."""
    verdicts = Verdicts()
    known = np.zeros(keep.shape, bool)
    for image, boxes in looks:
        for box in boxes:
            alarms = verdicts.false_alarms
            _judge_new(image, box, keep, known, verdicts)
            if verdicts.false_alarms > alarms and box.thickness > THICK * image.shape[0]:
                for part in _closer(image, box):
                    _judge_new(image, part, keep, known, verdicts)
    _take_pieces(verdicts, keep.shape)
    return verdicts


def _judge_new(image: np.ndarray, box: Box, keep: np.ndarray, known: np.ndarray, verdicts: Verdicts) -> None:
    """Unless it lies outside the pictures or on what is `known` (bool, changed in place) to be blanked."""
    share = _covered(keep, box)
    if share > 0 and _covered(known, box) < 0.9:
        count = len(verdicts.blanked)
        _judge_one(image, box, share, verdicts)
        for part in box.parts(keep.shape) if len(verdicts.blanked) > count else ():
            known[part.slices] = True


def _covered(mask: np.ndarray, box: Box) -> float:
    """Share (0-1) of a line's pixels that a mask (bool) has."""
    return float(np.mean([mask[part.slices].mean() for part in box.parts(mask.shape)]))


def _closer(image: np.ndarray, area: Box) -> list[Box]:
    """The lines in a thick box, upright or on their side, that can be read."""
    found = [box for turned in (False, True) for box in detect_within(image, area, CLOSER, turned)]
    thin = [box for box in found if box.thickness <= THICK * image.shape[0]]
    return [box for box in thin if read(image, box)[1] >= UNREAD]


def _take_pieces(verdicts: Verdicts, shape: tuple[int, ...]) -> None:
    """A harmless reading with text beside it or letters under it is a piece of a date, a number, an upright name."""
    lines = verdicts.harmless + verdicts.inside
    pieces = [box for box in verdicts.harmless if any(in_line(box, other) for other in lines)]
    verdicts.harmless = [box for box in verdicts.harmless if box not in pieces]
    verdicts.blanked += [_lengthened(box, shape) for box in pieces]
    verdicts.inside += pieces


def in_line(one: Box, other: Box) -> bool:
    """Do two boxes follow each other in a row or in a column, like letters or words of one line?"""
    rows = (one.top, one.bottom, other.top, other.bottom)
    columns = (one.left, one.right, other.left, other.right)
    return _follows(columns, rows) or _follows(rows, columns)


def _follows(along: tuple[int, int, int, int], across: tuple[int, int, int, int]) -> bool:
    thin = min(across[1] - across[0], across[3] - across[2])
    gap = max(along[0], along[2]) - min(along[1], along[3])
    return -OVERLAID * thin <= gap <= APART * thin and _alongside(across)


def _alongside(across: tuple[int, int, int, int]) -> bool:
    thin, thick = sorted((across[1] - across[0], across[3] - across[2]))
    return thick <= AS_THICK * thin and min(across[1], across[3]) - max(across[0], across[2]) >= BESIDE * thin


def _judge_one(image: np.ndarray, box: Box, share: float, verdicts: Verdicts) -> None:
    said, score = read(image, box)
    if is_tissue(image, box, said, score):
        verdicts.false_alarms += 1
    elif share < 0.5:
        verdicts.blanked += box.parts(image.shape)
    elif (score >= UNREAD and harmless(said)) or is_mark(image, box, said, score):
        verdicts.harmless.append(box)
    else:
        verdicts.blanked += _whole_line(image, box, _is_word(said, score))
        verdicts.inside.append(box)


def _whole_line(image: np.ndarray, box: Box, is_word: bool) -> Iterator[Box]:
    """Upright boxes over a line with its ends, and over fainter letters in line with those found."""
    level = levelled(image, box, REST + 1)
    hard = is_word and sharpness(level.image[level.box.slices]) >= SHARP
    whole = inked(level.image, level.box) if hard else level.box
    for part in (whole, *_rest_of_line(level.image, whole, len(image))):
        line = level.back(part, image.shape)
        yield from _lengthened(line, image.shape).parts(image.shape) if line else ()


def _lengthened(box: Box, shape: tuple[int, ...]) -> Box:
    """On speckle the detector loses the first and the last letter."""
    return box.longer(min(box.thickness, round(THICK * shape[0])), shape)


def _rest_of_line(image: np.ndarray, box: Box, rows: int) -> list[Box]:
    area = box.longer(REST * box.thickness, image.shape)
    near = detect_within(image, area, CLOSER, box.height > box.width, FAINT, rows)
    return [part for part in near if _alongside(_across(box, part))]


def _across(box: Box, part: Box) -> tuple[int, int, int, int]:
    """Both ends of both boxes in the direction in which the first is thin."""
    if box.height > box.width:
        return box.left, box.right, part.left, part.right
    return box.top, box.bottom, part.top, part.bottom


def inked(image: np.ndarray, box: Box) -> Box:
    """As far at both ends as edges go on that are about as hard as those in the box: letters that were not found.

    `image`: uint8 grey (rows, columns). At most `REST` thicknesses at each end.
    """
    if box.height > box.width:
        turned = inked(np.ascontiguousarray(image.T), Box(box.top, box.left, box.bottom, box.right, box.score))
        return Box(turned.top, turned.left, turned.bottom, turned.right, box.score)
    strip = image[box.top : box.bottom].astype(np.int16)
    steps = np.abs(np.diff(strip, axis=1)).max(axis=0)
    drawn = steps >= INKED * np.percentile(steps[box.left : box.right - 1], 95)
    left = box.left - _going_on(drawn[: box.left][::-1], box.height)
    right = box.right + _going_on(drawn[box.right - 1 :], box.height)
    return Box(left, box.top, right, box.bottom, box.score)


def _going_on(drawn: np.ndarray, thickness: int) -> int:
    """Pixels to the last edge (bool, outward) before a gap that is wider than one between letters."""
    edges = np.flatnonzero(drawn[: REST * thickness])
    gaps = np.flatnonzero(np.diff(edges, prepend=0) > GAP * thickness)
    edges = edges[: gaps[0]] if gaps.size else edges
    return int(edges[-1]) + 1 if edges.size else 0


def is_tissue(image: np.ndarray, box: Box, said: str, score: float) -> bool:
    """The detector took speckle, a vessel or a bone for letters: soft and thick, or hard to read besides."""
    thickness = box.thickness / image.shape[0]
    if score >= WELL_READ and len(set(said)) >= WORD and thickness <= THICKEST:
        return False
    level = levelled(image, box)
    edge = sharpness(level.image[level.box.slices])
    if thickness > THICK:
        along = max(level.box.width, level.box.height) / min(level.box.width, level.box.height)
        return edge < (BLURRED if _is_word(said, score) and len(said) >= SPACED * along else DRAWN)
    return score < UNREAD and edge < SHARP


def _is_word(said: str, score: float) -> bool:
    letters = [sign for sign in said.casefold() if sign.isalnum()]
    varied = bool(letters) and max(Counter(letters).values()) <= MONOTONE * len(letters)
    return score >= UNREAD and len(letters) >= LETTERS and varied


def sharpness(piece: np.ndarray) -> float:
    """Steep steps between neighbouring pixels relative to the contrast of a uint8 grey piece: 0 (soft) to 1."""
    grey = piece.astype(np.int16)
    low, high = np.percentile(grey, (5, 97))
    steps = [np.percentile(np.abs(np.diff(grey, axis=axis)), 97) for axis in (0, 1)]
    return float(max(steps) / max(LEAST_CONTRAST, high - low))


def is_mark(image: np.ndarray, box: Box, said: str, score: float) -> bool:
    """A probe or focus mark: small, as high as wide, the same when mirrored or hard to read, and no sure letter."""
    small = max(box.width, box.height) <= max(MARK_SHARE * image.shape[0], 16)
    square = max(box.width, box.height) <= SQUARE * min(box.width, box.height)
    unread = len(said) == 1 and score < UNREAD
    return small and square and len(said) <= 1 and score < SURE and (unread or symmetrical(image[box.slices]))


def symmetrical(piece: np.ndarray) -> bool:
    """One stroke, whose left half mirrors the right one or whose upper half mirrors the lower one (uint8 grey)."""
    _, ink = cv2.threshold(piece, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    count, _, _, _ = cv2.connectedComponentsWithStats(ink)
    drawn = ink[np.ix_(ink.any(axis=1), ink.any(axis=0))].astype(bool)
    return count == 2 and max(iou(drawn, drawn[:, ::-1]), iou(drawn, drawn[::-1])) >= SYMMETRY


def harmless(said: str) -> bool:
    """True when the whole text is one of the allowed patterns."""
    return HARMLESS.fullmatch(said.strip()) is not None


def without(keep: np.ndarray, boxes: Iterable[Box]) -> np.ndarray:
    """A copy of `keep` with the boxes taken out, each with a margin of `MARGIN` pixels."""
    left = keep.copy()
    for box in boxes:
        left[box.grown(MARGIN, keep.shape).slices] = False
    return left
