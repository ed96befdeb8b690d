"""Names that tell nothing about a person: makers, models, probes, words of descriptions, coded concepts."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

_TOKEN: Final = re.compile(r"[^\W_]+(?:\+(?!\w))?")
_HARMLESS_BETWEEN: Final = re.compile(r"[\s\-_/.,()+&']*")
_LONGEST_TOKENS: Final = 8
_TOKEN_GAP: Final = re.compile(r"[\W_]+(?=\w)")
_DIGITS: Final = re.compile(r"\d+")
_SISTER_DIGITS: Final = {"probes": 4, "models": 3, "vendors": 0}
"""Most digits in a name that differs from a known one by its digits alone."""
_MODEL_CODE: Final = re.compile(r"[a-z]{0,2}\d{1,3}[a-z]{0,3}|[a-z]")
_MODEL_SUFFIXES: Final = frozenset((
    "advance", "clear", "diamond", "elite", "exp", "expert", "go", "max", "pe", "platinum", "plus", "premium",
    "prestige", "prime", "pro", "select", "silver", "ultra", "vet", "xdclear",
))  # fmt: skip
_BEFORE: Final = {"vendors": (), "models": ("vendors",), "probes": ("vendors", "models")}
"""Tables whose names may stand before a name of the table, as `Philips Lumify`."""
_MOST_DIGITS, _LONGEST_TAIL, _SHORTEST_FAMILY = 5, 4, 4


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
    folded = text.casefold()
    spans = [found.span() for found in _TOKEN.finditer(folded)]
    found = tuple(folded[start:stop] for start, stop in spans)
    if found and harmless_between(text) and _known(table, found):
        return text.strip()
    for length in range(min(len(found), _LONGEST_TOKENS), 0, -1):
        for start in range(len(found) - length + 1):
            part = found[start : start + length]
            if (name := names(table).get(part)) is not None:
                return name
            if _of_family(table, part) and len(folded) == len(text):
                return _TOKEN_GAP.sub(" ", text[spans[start][0] : spans[start + length - 1][1]])
    return None


def _known(table: str, found: tuple[str, ...]) -> bool:
    """Is it a name as a whole: listed, written together, a sister of a listed one, or behind its maker's name?"""
    if found in names(table) or "".join(found) in _together(table):
        return True
    if _like_known(table, found) or _of_family(table, found):
        return True
    return any(
        found[:length] in names(before) and _known(table, found[length:])
        for length in range(1, len(found))
        for before in _BEFORE[table]
    )


@cache
def _together(table: str) -> frozenset[str]:
    """Names without spaces, as `VividE95`; short ones could be anything."""
    joined = frozenset("".join(name) for name in names(table))
    return frozenset(name for name in joined if len(name) >= _SHORTEST_FAMILY)


def _like_known(table: str, found: tuple[str, ...]) -> bool:
    """A sister of a known name: the same letters with other numbers, as `C6-2` beside `C5-1`."""
    runs = [run for token in found for run in _DIGITS.findall(token)]
    few = 0 < sum(map(len, runs)) <= _SISTER_DIGITS[table] and max(map(len, runs)) <= 3
    return few and _shape(found) in _shapes(table)


def _of_family(table: str, found: tuple[str, ...]) -> bool:
    """A known family of devices with a short code behind it, as `Vivid S90N`; at most five digits in all."""
    if table != "models":
        return False
    codes = [n for n, token in enumerate(found) if _MODEL_CODE.fullmatch(token)]
    first = next((n for n in codes if found[:n] in families()), 0)
    tail = found[first:]
    known = all(token in _MODEL_SUFFIXES or (_MODEL_CODE.fullmatch(token) and len(token) > 1) for token in tail[1:])
    digits = sum(letter.isdigit() for letter in "".join(tail))
    return first > 0 and known and len(tail) <= _LONGEST_TAIL and digits <= _MOST_DIGITS


@cache
def families() -> frozenset[tuple[str, ...]]:
    """Names of devices without the code behind them: `vivid`, `flex focus`; of at least four letters."""
    heads = {
        name[:length]
        for name in names("models")
        for length in range(1, len(name))
        if _MODEL_CODE.fullmatch(name[length]) and not any(c.isdigit() for token in name[:length] for c in token)
    }
    return frozenset(head for head in heads if len("".join(head)) >= _SHORTEST_FAMILY)


@cache
def _shapes(table: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_shape(name) for name in names(table))


def _shape(found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_DIGITS.sub("#", token) for token in found)


def harmless_between(text: str) -> bool:
    """True when nothing but spaces and common punctuation stands between the tokens."""
    return _HARMLESS_BETWEEN.fullmatch(_TOKEN.sub("", text.casefold())) is not None
