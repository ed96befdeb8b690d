"""Looks for the source's identifying values in the candidate: in its decoded elements, and in its raw bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import numpy as np

from . import spellings
from .codes import Problem
from .elements import Judged
from .identifiers import Identifiers
from .walk import PIXEL_DATA, Walked

SQUEEZED = 6
"""Shortest text that is also searched for with all separators taken out."""
IN_STREAM = 8
"""Shortest text searched for in coded pixels: shorter ones occur by chance."""
IN_BYTES = 4

_NOT_DIGITS = re.compile(r"\D+")
_PRINTABLE = np.zeros(256, bool)
_PRINTABLE[0x20:0x7F] = _PRINTABLE[0xC0:] = True
_LETTERS = re.compile(r"[^\W\d_]{3}")


class Needles:
    """Texts to search for, sorted out once for many values."""

    def __init__(self, texts: Collection[str]) -> None:
        sizes = {text: spellings.weight(text) for text in texts}
        self.words = frozenset(texts)
        self.inside = [(size, text) for text, size in sizes.items() if size > 3]
        squeezed = {spellings.squeeze(text) for text, size in sizes.items() if size >= SQUEEZED}
        self.squeezed = [text for text in squeezed if spellings.weight(text) >= SQUEEZED]

    def stand_in(self, text: str, shortest: int) -> bool:
        """Is one of them in `text`? Short ones only as whole words, long ones also across separators."""
        lowered, squeezed = text.casefold(), spellings.squeeze(text)
        if not squeezed:
            return False
        if not self.words.isdisjoint(spellings.parts(lowered, 2)):
            return True
        return any(size >= shortest and needle in lowered for size, needle in self.inside) or (
            len(squeezed) >= SQUEEZED
            and any(needle in squeezed for needle in self.squeezed if len(needle) >= shortest or not needle.isdigit())
        )

    def among_words(self, text: str) -> bool:
        """Is a whole word of `text`, or all of it, one of them?"""
        return not self.words.isdisjoint(spellings.parts(text, 1))


def in_elements(judged: list[Judged], identifiers: Identifiers) -> Iterator[Problem]:
    """Every value that no closed list explains."""
    needles, people, digits = (
        Needles(identifiers.names()),
        Needles({name for name in identifiers.people if spellings.weight(name) >= IN_BYTES - 1}),
        identifiers.numbers(),
    )
    for item in judged:
        if item.rule.named and any(people.among_words(str(value)) for value in item.values):
            yield Problem("identity.element", item.element.path)
        if item.element.vr == "UI":
            yield from _uids(item, identifiers, digits)
        elif item.rule.digits:
            if _has_digits(item, digits):
                yield Problem("identity.number", item.element.path)
        elif item.rule.search is not None and any(
            needles.stand_in(item.rule.free(str(value)), item.rule.search) for value in item.values
        ):
            yield Problem("identity.element", item.element.path)


def _uids(item: Judged, identifiers: Identifiers, digits: Collection[str]) -> Iterator[Problem]:
    if any(value in identifiers.uids for value in item.values):
        yield Problem("uid.source", item.element.path)
    elif item.rule.digits and _has_digits(item, digits):
        yield Problem("identity.number", item.element.path)


def _has_digits(item: Judged, digits: Collection[str]) -> bool:
    shortest = item.rule.search or 0
    held = " ".join(_NOT_DIGITS.sub("", str(value)) for value in item.values)
    return len(held) >= shortest and any(len(run) >= shortest and run in held for run in digits)


def in_bytes(walked: Walked, judged: list[Judged], identifiers: Identifiers) -> Iterator[Problem]:
    """The raw bytes of the header, without the values already judged, in every plausible encoding."""
    header = _unexplained(walked, judged)
    views = [view.casefold() for view in _views(header)]
    wanted = [text for text in identifiers.names() | identifiers.uids if spellings.weight(text) >= IN_BYTES]
    if any(text in view for view in views for text in wanted) or any(raw in header for raw in identifiers.raw):
        yield Problem("identity.bytes", "header")


def in_stream(walked: Walked, identifiers: Identifiers) -> Iterator[Problem]:
    """Printable runs inside the fragments: names in a comment, in padding, in a film's metadata."""
    wanted = [text for text in identifiers.names() if len(text) >= IN_STREAM and _LETTERS.search(text)]
    for number, (start, length) in enumerate(walked.fragments if wanted else ()):
        runs = _printable(bytes(walked.data[start : start + length])) if length >= IN_STREAM else ""
        if runs and any(text in runs for text in wanted):
            yield Problem("identity.stream", f"fragment {number}")


def _printable(data: bytes) -> str:
    """Runs of at least `IN_STREAM` printable signs, and of letters with zeros between."""
    shown = _PRINTABLE[np.frombuffer(data, np.uint8)]
    runs = [data[start:stop].decode("latin-1") for start, stop in _runs(shown, IN_STREAM)]
    for offset in (0, 1):
        pairs = np.frombuffer(data, "<u2", (len(data) - offset) // 2, offset)
        wide = (pairs < 0x7F) & (pairs >= 0x20)
        runs += [pairs[start:stop].astype(np.uint8).tobytes().decode("ascii") for start, stop in _runs(wide, SQUEEZED)]
    return "\n".join(runs).casefold()


def _runs(flags: np.ndarray, shortest: int) -> list[tuple[int, int]]:
    """(start, stop) of each run of True that is long enough."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    starts, stops = edges[::2], edges[1::2]
    long = stops - starts >= shortest
    return list(zip(starts[long].tolist(), stops[long].tolist(), strict=True))


def _unexplained(walked: Walked, judged: list[Judged]) -> bytes:
    """File bytes outside the coded picture with the judged values blanked."""
    spans = [(item.element.start, item.element.length) for item in judged] + walked.fragments
    spans += [(e.start, e.length) for e in walked.elements if e.tag == PIXEL_DATA]
    kept, position = [], 0
    for start, length in sorted(spans):
        kept.append(bytes(walked.data[position:start]))
        position = max(position, start + length)
    kept.append(bytes(walked.data[position:]))
    return b"\n".join(kept)


def _views(data: bytes) -> Iterator[str]:
    yield data.decode("utf-8", "replace")
    yield data.decode("latin-1")
    for start in (0, 1):
        yield data[start:].decode("utf-16-le", "replace")
        yield data[start:].decode("utf-16-be", "replace")
