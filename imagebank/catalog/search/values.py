"""The values that a field of the query asks for."""

from __future__ import annotations

from typing import Final

from imagebank.vocabulary.naming import named, nearest

from .asked import Field
from .grammar import BrokenQuery
from .numbers import numbers_of
from .params import OPEN

BOUNDS: Final[dict[str, dict[str, tuple[float, float]]]] = {
    "quality": {str(score): (score, score + 0.5) for score in range(1, 6)},
    "age_band": {
        "neonate": (0, 0.077), "infant": (0.077, 1), "child": (1, 12), "adolescent": (12, 18), "adult-18-39": (18, 40),
        "adult-40-64": (40, 65), "adult-65-79": (65, 80), "adult-80-plus": (80, 200),
    },
    "bmi": {
        "bmi-under-18-5": (0, 18.5), "bmi-18-5-24-9": (18.5, 25), "bmi-25-29-9": (25, 30), "bmi-30-39-9": (30, 40),
        "bmi-40-plus": (40, 200),
    },
}  # fmt: skip
"""What a value of an ordered facet reaches from and to (years, kg/m2); a score of quality is its own."""


def values_of(field: Field, lang: str) -> tuple[str, ...]:
    """Slugs, any of which will do. BrokenQuery when a value is not one of a closed facet."""
    if field.comparison:
        return _compared(field, lang)
    return tuple(dict.fromkeys(slug for value in field.values for slug in _equal(field, value, lang)))


def _equal(field: Field, value: str, lang: str) -> tuple[str, ...]:
    name = field.name
    if name == "country":
        value = value.upper()
    if not (name in OPEN and name != "vendor") and (found := named(value, name, lang)):
        return found
    slug = value if name == "country" else value.lower()
    if (name in OPEN and OPEN[name].fullmatch(slug)) or slug in numbers_of(name, [slug]):
        return (slug,)
    raise BrokenQuery("value", field.at, f"{name}:{near}" if (near := nearest(value, name, lang)) else "")


def _compared(field: Field, lang: str) -> tuple[str, ...]:
    """Values that reach into what is asked: age>=70 is 65-79 and 80 or more."""
    least, most = _reach(field, lang)
    return tuple(slug for slug, bounds in BOUNDS[field.name].items() if _fits(bounds, field.comparison, least, most))


def _fits(bounds: tuple[float, float], comparison: str, least: float, most: float) -> bool:
    """Whether values from `bounds` may compare so with what reaches from `least` to `most` (equal: a number)."""
    low, high = bounds
    number = least == most
    match comparison:
        case ">=":
            return high > least
        case ">":
            return high > least if number else low >= most
        case "<=":
            return low <= least if number else low < most
    return low < least


def _reach(field: Field, lang: str) -> tuple[float, float]:
    """From and to of what it is compared with: a number, or a value by its name."""
    value = field.values[0]
    if field.name != "quality" and value.replace(".", "", 1).isdecimal():
        return float(value), float(value)
    slug = _equal(field, value, lang)[0]
    if slug not in BOUNDS[field.name]:
        raise BrokenQuery("value", field.at)
    return BOUNDS[field.name][slug]
