"""Bytes of an element of the candidate to values, strictly (PS3.5 6.2): what is not plain is refused."""

from __future__ import annotations

import struct
from typing import Final

from .rules import Value, Values
from .walk import Element, Walked

NUMBERS: Final = {
    "US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d",
}  # fmt: skip
BYTES: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
UNSPLIT: Final = frozenset({"ST", "LT", "UT", "UR"})


class BadText(ValueError):
    """Not UTF-8, or with control characters."""


def decode(walked: Walked, element: Element) -> Values:
    """The element's values; bytes come as one Latin-1 text, tags (AT) as 32-bit numbers. Empty -> ()."""
    raw = walked.value(element)
    if not raw:
        return ()
    if element.vr in BYTES:
        return (raw.decode("latin-1"),)
    if element.vr == "AT":
        return tuple(first << 16 | second for first, second in struct.iter_unpack("<HH", raw))
    if element.vr in NUMBERS:
        return tuple(_unpack(NUMBERS[element.vr], raw))
    return _texts(element.vr, raw)


def _unpack(code: str, raw: bytes) -> list[Value]:
    return [value for (value,) in struct.iter_unpack(f"<{code}", raw)]


def _texts(vr: str, raw: bytes) -> Values:
    body = raw[:-1] if raw.endswith(b"\0") else raw
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadText from error
    if not text.isprintable():
        raise BadText
    return (text.rstrip(" "),) if vr in UNSPLIT else tuple(part.strip(" ") for part in text.split("\\"))
