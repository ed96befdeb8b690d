"""Which text on the picture itself is harmless, and which is blanked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from anonymize.pixels.text import Box, read

FALSE_SCORE, FALSE_HEIGHT = 0.5, 0.06
"""Speckle and colour patches are read with less confidence and are higher (share of the frame) than any text."""
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
    harmless: int = 0
    false_alarms: int = 0


def judge(looks: Iterable[tuple[np.ndarray, list[Box]]], keep: np.ndarray) -> Verdicts:
    """Decide on every box found in each picture (whole frames, uint8), given the pixels kept (bool)."""
    verdicts = Verdicts()
    known = np.zeros(keep.shape, bool)
    for image, boxes in looks:
        for box in boxes:
            share = float(keep[box.slices].mean())
            if share > 0 and known[box.slices].mean() < 0.9:
                _judge_one(image, box, share, verdicts)
                known[box.slices] |= bool(verdicts.blanked and verdicts.blanked[-1] is box)
    return verdicts


def _judge_one(image: np.ndarray, box: Box, share: float, verdicts: Verdicts) -> None:
    if share < 0.5:
        verdicts.blanked.append(box)
        return
    said, score = read(image, box)
    if score < FALSE_SCORE and box.height > FALSE_HEIGHT * image.shape[0]:
        verdicts.false_alarms += 1
    elif harmless(said):
        verdicts.harmless += 1
    else:
        verdicts.blanked.append(box)
        verdicts.inside.append(box)


def harmless(said: str) -> bool:
    """True when the whole text is one of the allowed patterns."""
    return HARMLESS.fullmatch(said.strip()) is not None


def without(keep: np.ndarray, boxes: Iterable[Box]) -> np.ndarray:
    """A copy of `keep` with the boxes taken out, each with a margin of `MARGIN` pixels."""
    left = keep.copy()
    for box in boxes:
        left[box.grown(MARGIN, keep.shape).slices] = False
    return left
