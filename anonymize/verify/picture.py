"""The pixels of a finished candidate: nothing outside the picture, no word on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from . import allowed, text
from .codes import Problem
from .decode import WITHOUT_LOSS, Undecodable, decoded
from .iod import Facts
from .search import Needles
from .walk import Walked
from .words import SCREEN_WORDS

RUN: Final = 4
"""Frames over which letters stand still while speckle moves."""
EVEN: Final = 6
"""Grey levels by which a masked area may swing after lossy coding."""
BLEED: Final = {**dict.fromkeys(allowed.JPEG[:2], 2), **dict.fromkeys(allowed.VIDEO, 16)}
"""Pixels next to the edge into which lossy coding carries the picture: chroma interpolation, deblocking."""
SURE: Final = 0.6
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
    except (ValueError, IndexError):  # `Undecodable`, or tables and samples of a size that cannot be
        return [Problem("pixels.undecodable", "(7FE0,0010)")]
    if keep is None:
        keep = lit_hull(looks)
    elif keep.shape != looks.low.shape[:2]:
        return [Problem("pixels.mask", "(7FE0,0010)")]
    problems = list(_outside(looks, keep, str(facts.one("TransferSyntaxUID"))))
    return problems + list(_words(looks, keep, identity))


def look(frames: Iterator[np.ndarray]) -> Looks:
    """One pass over uint8 frames (rows, columns, 1 or 3). Raises `Undecodable` when there is none."""
    looks: Looks | None = None
    recent: list[np.ndarray] = []
    for frame in frames:
        if looks is None:
            looks = Looks(frame.copy(), frame.copy(), frame, frame, None)
        np.minimum(looks.low, frame, out=looks.low)
        np.maximum(looks.high, frame, out=looks.high)
        looks.last = frame
        recent = [*recent[1 - RUN :], frame]
        if len(recent) == RUN:
            held = np.minimum.reduce(recent)
            looks.still = held if looks.still is None else np.maximum(looks.still, held)
    if looks is None:
        raise Undecodable
    return looks


def lit_hull(looks: Looks) -> np.ndarray:
    """Where something is shown: hulls of the large lit areas. Small lit areas stay outside, and are looked at there."""
    edge = np.concatenate([looks.high[:2], looks.high[-2:]]).reshape(-1, looks.high.shape[2])
    ground = np.median(edge, axis=0)
    lit = (np.abs(looks.high.astype(np.int16) - ground) > EVEN).any(2) | (looks.high > looks.low).any(2)
    closed = cv2.morphologyEx(lit.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    keep = np.zeros(closed.shape, np.uint8)
    for contour in cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
        height = cv2.boundingRect(contour)[3]
        if cv2.contourArea(contour) >= 0.012 * closed.size and height >= 0.12 * closed.shape[0]:
            cv2.drawContours(keep, [cv2.convexHull(contour)], -1, 1, cv2.FILLED)
    return keep.astype(bool)


def _outside(looks: Looks, keep: np.ndarray, syntax: str) -> Iterator[Problem]:
    """All pixels outside are one constant value on all frames; lossy coding may swing and bleed a little."""
    bleed, swing = BLEED.get(syntax, 0), 0 if syntax in WITHOUT_LOSS else EVEN
    grown = cv2.dilate(keep.astype(np.uint8), np.ones((2 * bleed + 1, 2 * bleed + 1), np.uint8)) if bleed else keep
    outside = ~grown.astype(bool)
    if not outside.any():
        return
    ground = np.median(looks.low[outside], axis=0)
    wrong = outside & ((looks.high > ground + swing).any(2) | (looks.low < ground - swing).any(2))
    if wrong.any():
        yield Problem("pixels.outside", _box(wrong))
        stretched = _contrast(looks, ground, outside)
        yield from (
            Problem("text.outside", _place(line, stretched)) for line in text.find(stretched, text.FAINT, len(keep))
        )


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
            if is_word(*text.read(piece, line), identity):
                yield Problem("text.inside", _place(line, piece, int(left), int(top)))


def is_word(said: str, score: float, identity: Needles) -> bool:
    """Is it surely a word, a date, a time or a number; or, less surely, what the source says of the patient?"""
    if identity.stand_in(said, 4):
        return True
    words = [word for word in _WORD.findall(said) if word.casefold() not in SCREEN_WORDS]
    return score >= SURE and bool(words or _TELLING.search(_SPACES.sub("", said)))


def _colour(image: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image)


def _place(line: text.Line, image: np.ndarray, left: int = 0, top: int = 0) -> str:
    x0, y0, x1, y1 = line.bounds(image.shape)
    return f"region {x0 + left},{y0 + top},{x1 + left},{y1 + top}"


def _box(mask: np.ndarray) -> str:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return f"region {columns[0]},{rows[0]},{columns[-1] + 1},{rows[-1] + 1}"
