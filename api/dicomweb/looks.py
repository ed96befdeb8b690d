"""How a picture is to be shown: `viewport`, `quality`, `window` and the rest of PS3.18 8.3.5."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from .uids import BadRequest

LARGEST: Final = 8_192
"""Pixels of a side."""
FUNCTIONS: Final = ("linear", "linear-exact", "sigmoid")
Look = dict[str, Any]


def look(query: Mapping[str, str], width: int, height: int) -> Look:
    """What the query asks for of a picture of this size; BadRequest names the parameter that cannot be read."""
    found: Look = {}
    for name, read in READERS.items():
        if name in query:
            try:
                found |= read(query[name])
            except (ValueError, TypeError):
                raise BadRequest(errors={name: HOW[name]}) from None
    if "region" in found and not (found["region"][0] < width and found["region"][1] < height):
        raise BadRequest(errors={"viewport": f"The region lies outside of the picture, {width} by {height} pixels."})
    return found


def _viewport(text: str) -> Look:
    parts = text.split(",")
    if len(parts) not in (2, 6):
        raise ValueError
    width, height = (_whole(part, 1, LARGEST) for part in parts[:2])
    if len(parts) == 2:
        return {"size": [width, height]}
    left, top = (_whole(part or "0", 0, LARGEST) for part in parts[2:4])
    right, bottom = (_whole(part or str(LARGEST), 1, LARGEST) for part in parts[4:])
    return {"size": [width, height], "region": [left, top, right, bottom]}


def _quality(text: str) -> Look:
    return {"quality": _whole(text, 1, 100)}


def _window(text: str) -> Look:
    centre, width, function = text.split(",")
    numbers = float(centre), float(width)
    if not all(map(math.isfinite, numbers)) or numbers[1] <= 0 or function.lower() not in FUNCTIONS:
        raise ValueError
    return {"window": [*numbers, function.lower()]}


def _annotation(text: str) -> Look:
    """Clean pictures carry none, and nothing about the patient is known to be drawn."""
    if not set(text.split(",")) <= {"patient", "technique"}:
        raise ValueError
    return {}


def _profile(text: str) -> Look:
    """`no`, or the one that the pictures are in."""
    if text not in ("no", "srgb"):
        raise ValueError
    return {}


def _whole(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        raise ValueError
    return int(text)


READERS: Final[dict[str, Callable[[str], Look]]] = {
    "viewport": _viewport, "quality": _quality, "window": _window, "annotation": _annotation, "iccprofile": _profile,
}  # fmt: skip
HOW: Final = {
    "viewport": f"width,height or width,height,left,top,width,height in pixels, at most {LARGEST}.",
    "quality": "A whole number from 1 to 100.",
    "window": f"centre,width,function; the width above 0, the function one of {', '.join(FUNCTIONS)}.",
    "annotation": "`patient`, `technique` or both.",
    "iccprofile": "`no` or `srgb`.",
}
