"""The pixels of a finished candidate: nothing outside the picture, no word on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from . import allowed, extent, text
from .codes import Problem
from .decode import WITHOUT_LOSS, Undecodable, Unshown, decoded
from .iod import Facts
from .search import Needles
from .walk import Walked
from .words import SCREEN_WORDS

RUN: Final = 3
"""Frames over which letters stand still while speckle moves."""
EVEN: Final = dict.fromkeys(allowed.JPEG[:2], 1)
MOST_EVEN: Final = 6
"""Grey levels by which a masked area may swing after lossy coding; blanked blocks of JPEG are even."""
BLEED: Final = {**dict.fromkeys(allowed.JPEG[:2], 2), **dict.fromkeys(allowed.VIDEO, 16)}
"""Pixels next to the edge into which lossy coding carries the picture: chroma interpolation, deblocking."""
SURE: Final = 0.6
SOFT: Final = 0.4
"""Sharpness that tissue does not reach on frames of ordinary size, and letters as a rule do."""
CLEAR: Final = 0.9
VARIED: Final = 4
"""Confidence and number of different characters from which a reading is no tissue, however soft the letters are."""
SAME: Final = 2 / 3
"""A word in which one letter has a larger share is none: so the beats of a spectrum are read."""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_SPACES: Final = re.compile(r"\s+")
_TELLING: Final = re.compile(
    r"\d{5,}|\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}:\d{2}(?::\d{2})?|[\u3040-\u30ff\u4e00-\u9fff]{2,}"
)


@dataclass(slots=True)
class Looks:
    """What the second look remembers of all frames: per sample extremes, and its own composites."""

    low: np.ndarray
    high: np.ndarray
    first: np.ndarray
    last: np.ndarray
    still: np.ndarray | None
    """Largest value that held for `RUN` frames in a row; None for short clips."""


def check(walked: Walked, facts: Facts, keep: np.ndarray | None, identity: Needles) -> list[Problem]:
    """All findings on the pixels. `keep`: bool (rows, columns); None: taken from the pixels themselves."""
    try:
        looks = look(decoded(walked, facts))
    except Unshown:
        return [Problem("pixels.palette", "(0028,1201)")]
    except (ValueError, IndexError):  # `Undecodable`, or tables and samples of a size that cannot be
        return [Problem("pixels.undecodable", "(7FE0,0010)")]
    syntax = str(facts.one("TransferSyntaxUID"))
    if keep is None:
        keep, problems = _derived(looks, syntax)
    elif keep.shape == looks.low.shape[:2]:
        problems = list(_outside(looks, keep, syntax))
    else:
        return [Problem("pixels.mask", "(7FE0,0010)")]
    return problems + list(_words(looks, keep, identity))


def look(frames: Iterator[np.ndarray]) -> Looks:
    """One pass over uint8 frames (rows, columns, 1 or 3). Raises `Undecodable` when there is none."""
    looks: Looks | None = None
    recent: list[np.ndarray] = []
    held: np.ndarray | None = None
    for frame in frames:
        if looks is None:
            looks = Looks(frame.copy(), frame.copy(), frame, frame, None)
        np.minimum(looks.low, frame, out=looks.low)
        np.maximum(looks.high, frame, out=looks.high)
        looks.last = frame
        recent = [*recent[1 - RUN :], frame]
        if len(recent) == RUN:
            held = np.minimum(recent[0], recent[1], out=held)
            for other in recent[2:]:
                np.minimum(held, other, out=held)
            looks.still = held.copy() if looks.still is None else np.maximum(looks.still, held, out=looks.still)
    if looks is None:
        raise Undecodable
    return looks


def _derived(looks: Looks, syntax: str) -> tuple[np.ndarray, list[Problem]]:
    """The extent of the pictures by their own pixels, and what is left around them."""
    swing, bleed = _tolerance(syntax)
    strays = extent.apart(looks.low, looks.high, extent.ground_of(looks.low, looks.high))
    lines = extent.letters(strays, text.FAINT)
    keep = extent.extent(strays, swing, lines)
    around = _grown(keep, bleed)
    problems = [Problem("pixels.outside", _region(*place)) for place in extent.leftovers(strays, swing, around)]
    outer = (line.bounds(keep.shape) for line in lines)
    problems += [
        Problem("text.outside", _region(x0, y0, x1, y1)) for x0, y0, x1, y1 in outer if keep[y0:y1, x0:x1].mean() < 0.5
    ]
    return keep, problems


def _tolerance(syntax: str) -> tuple[int, int]:
    """Grey levels by which a masked area may swing, and pixels next to the edge that do not count."""
    return 0 if syntax in WITHOUT_LOSS else EVEN.get(syntax, MOST_EVEN), BLEED.get(syntax, 0)


def _grown(keep: np.ndarray, by: int) -> np.ndarray:
    return cv2.dilate(keep.astype(np.uint8), np.ones((2 * by + 1, 2 * by + 1), np.uint8)).astype(bool)


def _outside(looks: Looks, keep: np.ndarray, syntax: str) -> Iterator[Problem]:
    """All pixels outside are one constant value on all frames; lossy coding may swing and bleed a little."""
    swing, bleed = _tolerance(syntax)
    outside = ~_grown(keep, bleed)
    if not outside.any():
        return
    ground = np.median(looks.low[outside], axis=0)
    wrong = outside & ~(_within(looks.high, ground, swing) & _within(looks.low, ground, swing))
    if wrong.any():
        yield Problem("pixels.outside", _box(wrong))
        stretched = _contrast(looks, ground, outside)
        yield from (
            Problem("text.outside", _place(line, stretched)) for line in text.find(stretched, text.FAINT, len(keep))
        )


def _within(samples: np.ndarray, ground: np.ndarray, swing: int) -> np.ndarray:
    """Pixels (bool) of which no sample is further from the background than that."""
    least, most = np.ceil(np.maximum(ground - swing, 0)), np.floor(np.minimum(ground + swing, 255))
    return cv2.inRange(samples, tuple(least.tolist()), tuple(most.tolist())).astype(bool)


def _contrast(looks: Looks, ground: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """What differs from the background outside, as strong as can be; rows, columns, 3."""
    apart = np.maximum(looks.high - ground, ground - looks.low).max(2) * outside
    scaled = np.clip(apart * (255 / max(1.0, float(apart.max()))), 0, 255).astype(np.uint8)
    return _colour(scaled[..., None])


def _words(looks: Looks, keep: np.ndarray, identity: Needles) -> Iterator[Problem]:
    """Words on the picture: first and last frame and what stood still in between."""
    rows, columns = np.flatnonzero(keep.any(1)), np.flatnonzero(keep.any(0))
    if not rows.size:
        return
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    images = [looks.first] if looks.last is looks.first else [looks.first, looks.last]
    for image in images if looks.still is None else [*images, looks.still]:
        piece = _colour(image[top:bottom, left:right])
        for line in text.find(piece, text.CLEAR, len(keep)):
            said, score = text.read(piece, line)
            clear = score >= CLEAR and len(set(said)) >= VARIED
            if (clear or extent.sharpness(piece.max(2), line) > SOFT) and is_word(said, score, identity):
                yield Problem("text.inside", _place(line, piece, int(left), int(top)))


def is_word(said: str, score: float, identity: Needles) -> bool:
    """Is it surely a word, a date, a time or a number; or, less surely, what the source says of the patient?"""
    if identity.stand_in(said, 4):
        return True
    found = [word.casefold() for word in _WORD.findall(said)]
    words = [word for word in found if word not in SCREEN_WORDS and max(map(word.count, word)) <= SAME * len(word)]
    return score >= SURE and bool(words or _TELLING.search(_SPACES.sub("", said)))


def _colour(image: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image)


def _place(line: text.Line, image: np.ndarray, left: int = 0, top: int = 0) -> str:
    x0, y0, x1, y1 = line.bounds(image.shape)
    return _region(x0 + left, y0 + top, x1 + left, y1 + top)


def _box(mask: np.ndarray) -> str:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return _region(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _region(left: int, top: int, right: int, bottom: int) -> str:
    return f"region {left},{top},{right},{bottom}"
