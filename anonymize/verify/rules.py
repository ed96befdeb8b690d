"""Value rules of the second look: what a value may be, and how closely it must then be searched for identity.

A rule with `search=None` is a closed list: what passes cannot carry anything. An open rule gives the length from which
on an identifying text of the source may not stand in the value, and which part of the value is free text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from .words import (
    DESCRIPTION_WORDS,
    GENERIC_WORDS,
    IMAGE_TYPE_WORDS,
    MAKER_WORDS,
    METHOD_WORDS,
    MODEL_WORDS,
    PROBE_WORDS,
    VERSION_WORDS,
    WHOLE_MAKERS,
)

Value = str | int | float
Values = tuple[Value, ...]

ORDINARY = 3
"""Shortest identifying text searched for in an open text value."""
LONG_DIGITS = 6
"""Shortest run of identifying digits searched for in a number: shorter ones occur by chance."""
MOST_DIGITS = 5
"""In the name of a device: an id of a patient is longer."""
IN_UID = 8
"""The same inside a keyed UID of 39 digits."""

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.(\d*))?(?:[eE][+-]?\d{1,3})?")
_WORDS = re.compile(r"[\s,;:/_*#()\[\]-]+")
_CODE = re.compile(r"[A-Za-z]{0,5}\d{1,5}(?:[A-Za-z]{1,5}\d{1,5}){0,2}[A-Za-z]{0,5}\+?|\d\.\d[A-Za-z]{0,3}")
_VERSION = re.compile(r"(?=.*\d)[A-Za-z]{0,4}\d{0,3}(?:\.(?:\d{1,4}|[A-Za-z]{1,2})){0,6}[A-Za-z]{0,2}")
_KEYED_UID = re.compile(r"2\.25\.([1-9]\d{30,38})")
_HEX = re.compile(r"(?:[0-9a-f]{16,64})?")
_VIEW_CODE = re.compile(r"\d|[A-Za-z]{0,2}\d[A-Za-z]{0,2}")
_AGE = re.compile(r"0\d[05]Y|0[01]\dY|00\dM")


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` sees all values of the element; an empty element is always allowed."""

    check: Callable[[Values], bool]
    search: int | None = None
    free: Callable[[str], str] = str
    """The part of a value that no closed list explains."""
    foreign: Callable[[str], str] = str
    """The part of a source's value that breaks the rule: what in it could name somebody."""
    digits: bool = False
    """Only runs of digits are searched for, in all values together."""
    named: bool = False
    """Known words, but also people's names: what the source calls a person may not stand there."""
    personal: bool = False
    """The rule allows what could be the patient's own (a date, an id): passing it proves nothing of a source."""


def each(test: Callable[[Value], bool]) -> Callable[[Values], bool]:
    """Every value passes `test`."""
    return lambda values: all(test(value) for value in values)


def enum(*allowed: Value) -> Rule:
    """Each value is one of a closed list (or empty)."""
    closed = frozenset((*allowed, ""))
    return Rule(each(lambda value: value in closed))


def number(low: float, high: float, decimals: int = 6, *, count: int = 1) -> Rule:
    """Up to `count` numbers from `low` to `high`; decimals are limited where they are text (DS, IS)."""

    def test(value: Value) -> bool:
        match = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
        if isinstance(value, str) and (match is None or len(match[1] or "") > decimals):
            return value == ""
        return math.isfinite(float(value)) and low <= float(value) <= high

    return Rule(lambda values: len(values) <= count and all(map(test, values)), LONG_DIGITS, digits=True)


def integer(low: int, high: int, *, count: int = 1) -> Rule:
    """Whole numbers."""
    return number(low, high, 0, count=count)


def words(test: Callable[[str], bool], known: frozenset[str], longest: int, search: int = ORDINARY) -> Rule:
    """Each value is short and each of its words is known or passes `test`; only the latter are searched."""

    def split(text: str) -> list[str]:
        return [word for word in _WORDS.split(text) if word.strip(".")]

    def passes(word: str) -> bool:
        return word.strip(".").lower() in known or test(word)

    def check(values: Values) -> bool:
        return all(len(str(value)) <= longest and all(map(passes, split(str(value)))) for value in values)

    def free(text: str) -> str:
        return " ".join(word for word in split(text) if word.strip(".").lower() not in known)

    def foreign(text: str) -> str:
        return " ".join(word for word in split(text) if not passes(word)) or text

    return Rule(check, search, free, foreign)


def _never(word: str) -> bool:
    return False


def _is_maker(values: Values) -> bool:
    """Each value names a known maker, alone or with words such as `Medical Systems`."""
    for value in values:
        parts = [word.strip(".").lower() for word in _WORDS.split(str(value)) if word.strip(".")]
        if "".join(parts) in WHOLE_MAKERS:
            continue
        if parts and not (
            any(word in MAKER_WORDS for word in parts)
            and all(word in MAKER_WORDS or word in GENERIC_WORDS for word in parts)
        ):
            return False
    return True


def _is_view_code(word: str) -> bool:
    """`A4C`, `2D`, `R3`: numbered views and modes."""
    return bool(_VIEW_CODE.fullmatch(word))


def _is_version(word: str) -> bool:
    return bool(_VERSION.fullmatch(word)) or _is_code(word)


def _is_code(word: str) -> bool:
    """A short name of a device or probe: `CX50`, `DC`, `UST`, `C5`, `14L5s`; never a long run of letters or digits."""
    return len(word) <= 2 or bool(_CODE.fullmatch(word))


def _glued(word: str, known: frozenset[str]) -> bool:
    """`VividE95`: a known word of at least four letters with a short code right behind it."""
    lowered = word.lower()
    return any(lowered[:end] in known and _is_code(lowered[end:]) for end in range(4, len(lowered)))


def _device(known: frozenset[str], longest: int) -> Rule:
    """Known words and short codes, with fewer digits in all than an id of a patient."""
    rule = words(lambda word: _is_code(word) or _glued(word, known), known, longest)

    def check(values: Values) -> bool:
        return rule.check(values) and all(
            sum(letter.isdigit() for letter in rule.free(str(value))) <= MOST_DIGITS for value in values
        )

    return replace(rule, check=check, named=True)


def _is_keyed_uid(value: Value) -> bool:
    """2.25 and the number of a UUID of version 4, 5 or 8 (RFC 9562): a plain number of the source is not one."""
    match = _KEYED_UID.fullmatch(str(value))
    if match is None or int(match[1]) >> 128:
        return False
    whole = int(match[1])
    return (whole >> 76) & 0xF in (4, 5, 8) and (whole >> 62) & 0x3 == 2


def matching(pattern: str, search: int | None = ORDINARY, *, personal: bool = False) -> Rule:
    """Each value matches a regular expression as a whole."""
    compiled = re.compile(pattern)
    return Rule(each(lambda value: bool(compiled.fullmatch(str(value)))), search, personal=personal)


def binary(longest: int) -> Rule:
    """Bytes that are not text, at most `longest` of them."""
    return Rule(lambda values: sum(len(str(value)) for value in values) <= longest, search=ORDINARY)


DEVICE_WORDS = MAKER_WORDS | GENERIC_WORDS | MODEL_WORDS
EMPTY = Rule(lambda values: all(value == "" for value in values), personal=True)
MAKER = Rule(_is_maker, named=True)
MODEL = _device(DEVICE_WORDS, 40)
VERSION = replace(words(_is_version, DEVICE_WORDS | VERSION_WORDS, 64, ORDINARY + 1), named=True)
PROBE = _device(DEVICE_WORDS | PROBE_WORDS, 24)
METHOD = words(_never, METHOD_WORDS, 64)
NEW_UID = Rule(each(_is_keyed_uid), IN_UID, digits=True, personal=True)
SOFTWARE_UID = Rule(each(lambda value: bool(_KEYED_UID.fullmatch(str(value)))), IN_UID, digits=True)
PSEUDONYM = Rule(each(lambda value: bool(_HEX.fullmatch(str(value)))), LONG_DIGITS, personal=True)
AGE_BAND = Rule(each(lambda value: value == "" or (bool(_AGE.fullmatch(str(value))) and str(value) <= "090Y")))
DATE = matching(r"(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))?", IN_UID, personal=True)
"""A day of the source as a whole: shorter numbers stand in a shifted day by chance."""
TIME = matching(r"(?:(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?:\.\d{1,6})?)?", personal=True)
DESCRIPTION = replace(words(_is_view_code, DESCRIPTION_WORDS, 64), named=True)
IMAGE_TYPE = replace(words(_is_view_code, DESCRIPTION_WORDS | IMAGE_TYPE_WORDS, 24), named=True)
"""Original or derived, primary or secondary, and what is seen in known words (PS3.3 C.8.5.6.1.1)."""
CODE_VALUE = replace(matching(r"\d{4,18}|[A-Z]{1,2}-[0-9A-F]{4,6}", LONG_DIGITS), digits=True)
MEANING = matching(r"[^\W\d_][^\\^=<>]{0,63}", None)
"""Not judged alone: see `concepts`."""
