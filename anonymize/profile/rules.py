"""Value rules of the allow-list: a rule takes a decoded value and gives what may stay, or None.

| rule | what may stay |
|---|---|
| `enum A B` / `enum A|B C` | one of these, in capitals; `enums`: several |
| `int 1..9`, `ints 1..9 4` | a whole number in the range; several, here at most four |
| `float 0..1`, `floats 0..1 4` | a number in the range with at most six significant digits; several |
| `float 0..1 .2`, `floats 0..1 4 .2` | the same with at most two decimals, where nobody measures finer |
| `bits` | one run of set bits |
| `words` | a text of which every token stands in `words.txt` |
| `table vendors` | a known name, or the known name within a longer text |
| `versions` | version numbers beside known names |
| `code anatomy` | coded concept of that use; checked and written by the sequence as a whole |
| `image_type A|B` | its first three values, the third one of these or known words (PS3.3 C.8.5.6.1.1) |
| `pointer` | FrameTime or FrameTimeVector |
| `sop_class` | an image class of the standard |
| `sex` | M, F or O, also written as a word |
| `power` | a number with `%` or `dB` |
| `uid`, `date`, `empty` | handled by `anonymize.header` |
| `sequence A B` | so are sequences; an item without its attributes A and B is dropped as a whole |
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from pydicom import config
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag
from pydicom.uid import UID

from anonymize.profile import tables

Rule = Callable[[Any], Any]
STRUCTURAL: Final = frozenset(("uid", "date", "empty", "sequence", "code"))
"""Rules which the header builder carries out itself."""
_MOST_VALUES: Final = 3_000
_MOST_NAMES: Final = 16
_DIGITS: Final = 6
_LONGEST_TEXT: Final = 64
_WHOLE: Final = re.compile(r"[+-]?\d{1,10}")
_VERSION: Final = re.compile(
    r"(?:[a-z]{1,4}|version|release|build|rev)?\.?\d{1,3}(?:\.[a-z]?\d{1,4}){0,4}(?:\.?[a-z]{1,2}\d{0,2})?"
    r"|[a-z]|rev|ver|version|release|build|software|sw|system|ultrasound|application|pms"
)
_SEXES: Final = {"M": "M", "F": "F", "O": "O", "MALE": "M", "FEMALE": "F", "OTHER": "O"}
_POWER: Final = re.compile(r"-?\d{1,3}(?:\.\d{1,2})? ?(?:%|dB)?")
_MOST_VERSION_DIGITS: Final = 12
_DAY: Final = re.compile(r"(?<!\d)\d{1,2}\.\d{1,2}\.(?:19|20)\d\d(?!\d)")
"""A date of birth looks like a version."""
_IMAGE_TYPES: Final = (frozenset(("ORIGINAL", "DERIVED")), frozenset(("PRIMARY", "SECONDARY")))
_POINTERS: Final = frozenset((0x00181063, 0x00181065))


def rule(spec: str) -> Rule:
    """The rule that a specification of `attributes.tsv` names."""
    name, _, argument = spec.partition(" ")
    return _MAKERS[name](argument)


def values(value: Any) -> list[Any]:
    """A decoded value as a list, empty values left out."""
    return [one for one in _many(value) if one is not None and one != ""]


def _many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, MultiValue | list | tuple) else [value]


def _one(check: Rule) -> Rule:
    """Exactly one value."""

    def apply(value: Any) -> Any:
        found = values(value)
        return check(found[0]) if len(found) == 1 else None

    return apply


def _all(check: Rule, most: int = _MOST_VALUES) -> Rule:
    """One value or several, at most so many; if one fails, none stays."""

    def apply(value: Any) -> Any:
        found = [check(one) for one in values(value)[: most + 1]]
        return found if found and len(found) <= most and None not in found else None

    return apply


def _some(check: Rule) -> Rule:
    """Of several values those that pass; the others stand empty in their places."""

    def apply(value: Any) -> Any:
        found = [_passed(check(one)) if one else "" for one in _many(value)[:_MOST_NAMES]]
        return found if any(found) else None

    return apply


def _passed(kept: Any) -> Any:
    return "" if kept is None else kept


def _enum(argument: str) -> Rule:
    allowed = frozenset(argument.split("|") if "|" in argument else argument.split())

    def check(value: Any) -> str | None:
        text = str(value).strip().upper()
        return text if text in allowed else None

    return check


def _range(argument: str) -> tuple[float, float]:
    low, high = argument.split("..")
    return float(low), float(high)


def _several(number: Callable[[str], Rule], argument: str) -> Rule:
    """Numbers in a range; behind it the most that there may be, and `.N` decimals."""
    limits, *further = argument.split()
    most = next((int(text) for text in further if text.isdigit()), _MOST_VALUES)
    return _all(number(" ".join([limits, *(text for text in further if not text.isdigit())])), most)


def _int(argument: str) -> Rule:
    low, high = _range(argument)

    def check(value: Any) -> int | None:
        text = str(value).strip()
        return int(text) if _WHOLE.fullmatch(text) and low <= int(text) <= high else None

    return check


def _float(argument: str) -> Rule:
    limits, _, decimals = argument.partition(" .")
    low, high = _range(limits)

    def check(value: Any) -> float | str | None:
        try:
            number = float(value)
        except (TypeError, ValueError):
            return None
        if not math.isfinite(number) or not low <= number <= high:
            return None
        return _short(getattr(value, "original_string", None), number, int(decimals or _DIGITS))

    return check


def _short(written: str | None, number: float, decimals: int) -> float | str:
    """As it was written when that is short, else rounded to so many decimals and six significant digits."""
    written = (written or "").strip()
    plain = re.fullmatch(rf"-?\d{{1,6}}(?:\.\d{{1,{decimals}}})?", written)
    if plain and len(written.strip("-0.").replace(".", "")) <= _DIGITS:
        return written
    rounded = float(f"{number if decimals == _DIGITS else round(number, decimals):.{_DIGITS}g}")
    return f"{rounded:.{_DIGITS}g}" if written else rounded


def _bits(value: Any) -> int | None:
    number = _int("0..4294967295")(value)
    if not number:
        return number
    low = number & -number
    return number if (number + low) & number == 0 else None


def _words(value: Any) -> str | None:
    text = str(value).strip()
    found = tables.tokens(text)
    known = bool(found) and all(token in tables.words() for token in found)
    return text if known and len(text) <= _LONGEST_TEXT and tables.harmless_between(text) else None


def _version(value: Any) -> str | None:
    text = str(value).strip()
    parts = [part for part in re.split(r"[\s_;,:*/()#-]+", text.casefold()) if part]
    named = {token for table in ("vendors", "models") for name in tables.names(table) for token in name}
    digits = "".join(c for part in parts if part not in named for c in part if c.isdigit())
    good = all(part in named or _version_part(part) for part in parts)
    return text if parts and good and len(digits) <= _MOST_VERSION_DIGITS and len(text) <= _LONGEST_TEXT else None


def _version_part(part: str) -> bool:
    return bool(_VERSION.fullmatch(part)) and not _DAY.search(part)


def _image_type(argument: str) -> Rule:
    known = frozenset(argument.split("|"))

    def apply(value: Any) -> list[str] | None:
        found = [str(one).strip().upper() for one in _many(value)]
        if len(found) < 2 or any(text not in allowed for text, allowed in zip(found, _IMAGE_TYPES, strict=False)):
            return None
        third = found[2] if len(found) > 2 else ""
        return [*found[:2], third] if third and (third in known or _words(third)) else found[:2]

    return apply


def _sex(value: Any) -> str | None:
    """M, F or O, also when a device wrote the word."""
    return _SEXES.get(str(value).strip().upper())


def _power(value: Any) -> str | None:
    text = str(value).strip()
    return text if _POWER.fullmatch(text) else None


def _pointer(value: Any) -> BaseTag | None:
    try:
        tag = BaseTag(int(value))
    except (TypeError, ValueError):
        return None
    return tag if tag in _POINTERS else None


def _sop_class(value: Any) -> UID | None:
    uid = UID(str(value).strip(), config.IGNORE)
    return uid if uid.type == "SOP Class" else None


def _same(value: Any) -> Any:
    return value


_MAKERS: Final[dict[str, Callable[[str], Rule]]] = {
    "enum": lambda argument: _one(_enum(argument)),
    "enums": lambda argument: _all(_enum(argument)),
    "int": lambda argument: _one(_int(argument)),
    "ints": lambda argument: _several(_int, argument),
    "float": lambda argument: _one(_float(argument)),
    "floats": lambda argument: _several(_float, argument),
    "bits": lambda _: _one(_bits),
    "words": lambda _: _one(_words),
    "table": lambda table: _some(lambda value: tables.known_name(table, str(value))),
    "versions": lambda _: _some(_version),
    "image_type": _image_type,
    "sex": lambda _: _one(_sex),
    "power": lambda _: _one(_power),
    "pointer": lambda _: _one(_pointer),
    "sop_class": lambda _: _one(_sop_class),
    **dict.fromkeys(STRUCTURAL, lambda _: _same),
}


def flatten(value: Any) -> Sequence[Any]:
    """What a rule gave, as a sequence."""
    return value if isinstance(value, list) else [value]
