"""Names that tell nothing about a person: makers, models, probes, words of descriptions, coded concepts."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

_TOKEN: Final = re.compile(r"[^\W_]+(?:\+(?!\w))?")
_HARMLESS_BETWEEN: Final = re.compile(r"[\s\-_/.,()+&']*")
_LONGEST_TOKENS: Final = 8


def lines(name: str) -> list[list[str]]:
    """Rows of a tab-separated table under `data/`, comments left out."""
    text = files("anonymize.profile").joinpath("data", name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]


def tokens(text: str) -> tuple[str, ...]:
    """Runs of letters and digits, without case."""
    return tuple(_TOKEN.findall(text.casefold()))


@cache
def names(table: str) -> dict[tuple[str, ...], str]:
    """Tokens of a name -> the name as we write it, of `vendors`, `models` or `probes`."""
    entries = [name.strip() for row in lines(f"{table}.txt") for name in row[0].split(";")]
    return {tokens(entry): entry for entry in reversed(entries)}


@cache
def words() -> frozenset[str]:
    """All words that a description may hold."""
    return frozenset(token for row in lines("words.txt") for token in tokens(row[0]))


@cache
def concepts(use: str) -> dict[tuple[str, str], str]:
    """(scheme, code value) -> meaning, of `anatomy`, `modifier`, `transducer`, `derivation` or `purpose`."""
    return {(scheme, value): meaning for for_, scheme, value, meaning in lines("codes.tsv") if for_ == use}


def known_name(table: str, text: str) -> str | None:
    """The text itself when it is a known name, else the longest known name within it, else None."""
    found, known = tokens(text), names(table)
    if found in known and harmless_between(text):
        return text.strip()
    for length in range(min(len(found), _LONGEST_TOKENS), 0, -1):
        for start in range(len(found) - length + 1):
            if (name := known.get(found[start : start + length])) is not None:
                return name
    return None


def harmless_between(text: str) -> bool:
    """True when nothing but spaces and common punctuation stands between the tokens."""
    return _HARMLESS_BETWEEN.fullmatch(_TOKEN.sub("", text.casefold())) is not None
