"""How an identifying value may be written: parts, spellings of dates and times, without separators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_SEPARATORS: Final = re.compile(r"[^\w]+|_+")
_DATE: Final = re.compile(r"(\d{4})[.:/-]?(\d{2})[.:/-]?(\d{2})")
_TIME: Final = re.compile(r"(\d{2}):?(\d{2}):?(\d{2})(?:\.\d+)?")
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_COMMON: Final = frozenset("the and for with from not none null yes unknown anonymous anonymized removed".split())  # noqa: SIM905


def weight(text: str) -> int:
    """Length in Latin letters: a letter of another script says about twice as much."""
    return sum(1 if ord(letter) < 0x250 else 2 for letter in text)


def squeeze(text: str) -> str:
    """Lower case, letters and digits only."""
    return _SEPARATORS.sub("", text.casefold())


def telling(text: str, shortest: int) -> bool:
    """Can this text name anybody? Not when it is short, one sign repeated, or a word of every header."""
    letters = squeeze(text)
    return weight(letters) >= shortest and len(set(letters)) > 1 and text not in _COMMON


def parts(text: str, shortest: int) -> Iterator[str]:
    """The whole value, without its separators, and each part between separators; lower case."""
    whole = text.strip().casefold()
    for candidate in (whole, squeeze(whole), *_SEPARATORS.split(whole)):
        if telling(candidate, shortest):
            yield candidate


def dates(text: str) -> Iterator[str]:
    """A DA or DT value in the usual spellings."""
    match = _DATE.match(text.strip())
    if match is None or not 1 <= int(match[2]) <= 12:
        return
    year, month, day = match.groups()
    short = _MONTHS[int(month) - 1]
    for sign in ("", "-", "/", ".", " "):
        yield from (sign.join(order) for order in ((year, month, day), (day, month, year), (month, day, year)))
    for sign in ("-", "/", "."):
        yield sign.join((day, month, year[2:]))
    yield from (f"{day} {short} {year}", f"{day}-{short}-{year}", f"{day}{short}{year}", f"{short} {day}, {year}")


def times(text: str) -> Iterator[str]:
    """A TM value in the usual spellings; whole hours say too little."""
    match = _TIME.match(text.strip())
    if match is None or match[2] + match[3] == "0000":
        return
    hour, minute, second = match.groups()
    yield from (f"{hour}{minute}{second}", f"{hour}:{minute}:{second}", f"{hour}.{minute}.{second}")
