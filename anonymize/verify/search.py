"""Looks for the source's identifying values in the candidate: in its decoded elements, and in its raw bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

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
_FOLDED = bytes(ord(sign) if len(sign := chr(code).lower()) == 1 and ord(sign) < 256 else code for code in range(256))
"""Byte -> the small letter of Latin 1."""
_WORD = 4
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
    """Names inside the fragments: in a comment, in padding, in a film's metadata."""
    wanted = {text for text in identifiers.names() if len(text) >= IN_STREAM and _LETTERS.search(text)}
    anchors = Anchors(raw for text in wanted for raw in spelled(text))
    for number, (start, length) in enumerate(walked.fragments if wanted else ()):
        if anchors.stand_in(walked.data[start : start + length]):
            yield Problem("identity.stream", f"fragment {number}")


def spelled(text: str) -> Iterator[bytes]:
    """As it may be coded; texts come folded, a sharp s as two letters."""
    for form in (text, text.upper(), text.replace("ss", "ß")):
        for coding in ("latin-1", "utf-8", "utf-16-le", "utf-16-be"):
            with suppress(UnicodeEncodeError):
                yield form.encode(coding)


class Anchors:
    """Finds any of many texts of eight bytes and more in much data: one of its aligned words must be one of theirs."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        self._places: dict[int, list[tuple[int, bytes]]] = {}
        for text in {text.translate(_FOLDED) for text in texts if len(text) >= IN_STREAM}:
            for at in range(_WORD):
                word = int.from_bytes(text[at : at + _WORD], "little")
                self._places.setdefault(word, []).append((at, text))
        self._words = np.array(sorted(self._places), np.uint32)
        self._known = np.zeros(1 << 16, bool)
        self._known[_scattered(self._words)] = True

    def stand_in(self, data: bytes | memoryview) -> bool:
        """Is one of them in the data, in whatever case?"""
        folded = bytes(data).translate(_FOLDED)
        words = np.frombuffer(folded, "<u4", len(folded) // _WORD)
        likely = np.flatnonzero(self._known[_scattered(words)])
        likely = likely[np.isin(words[likely], self._words)]
        return any(self._stands(folded, at * _WORD, int(words[at])) for at in likely.tolist())

    def _stands(self, folded: bytes, at: int, word: int) -> bool:
        return any(at >= before and folded.startswith(text, at - before) for before, text in self._places[word])


def _scattered(words: np.ndarray) -> np.ndarray:
    """16 bits of each uint32 word that depend on all of it (multiplicative hashing)."""
    return (words * np.uint32(0x9E3779B1)) >> np.uint32(16)


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
