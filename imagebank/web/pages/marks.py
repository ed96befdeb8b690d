"""Marks of experts in words, for those who read them and for those who cannot see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from ..contribute.words import Words

KINDS: Final[dict[str, Words]] = {
    "arrow": _("Arrow"), "box": _("Box"), "ellipse": _("Ellipse"), "polygon": _("Outline"), "text": _("Text"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Described:
    """One mark; `place` of its clip from 1, 0 where the case has one alone; `address` rests at its first frame."""

    kind: Words
    text: str
    first: int
    last: int
    place: int
    address: str


def described(shown: dict[str, Any]) -> list[Described]:
    """The marks of a case (`case_json`), clip by clip."""
    places = {clip["id"]: number for number, clip in enumerate(shown["clips"], 1)}
    several = len(places) > 1
    return [_described(mark, places[mark["clip"]], several) for mark in shown["marks"] if mark["clip"] in places]


def _described(mark: dict[str, Any], place: int, several: bool) -> Described:
    first, last = mark["frames"]
    address = f"?clip={place}&frame={first}"
    return Described(KINDS[mark["kind"]], mark["text"], first, last, place if several else 0, address)
