"""Facets as a reader sees them: which ones, in which order, under what name, with what is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from imagebank.vocabulary.selectors import labels

from .addresses import Address

NAMES: Final[dict[str, Promise | str]] = {
    "indication": _("Clinical question"),
    "finding": _("Finding present"),
    "finding_absent": _("Finding absent"),
    "finding_uncertain": _("Finding uncertain"),
    "polarity": _("Normal or abnormal"),
    "view": _("View"),
    "threat": _("Danger"),
    "confirmed": _("How it was confirmed"),
    "age_band": _("Age"),
    "sex": _("Sex"),
    "bmi": _("Body mass index"),
    "probe": _("Probe"),
    "vendor": _("Device maker"),
    "setting": _("Place of care"),
    "country": _("Country"),
    "institution": _("Institution"),
    "quality": _("Image quality"),
    "licence": _("Licence"),
}
OPEN: Final = ("indication", "finding", "polarity", "view")
SHOWN: Final = 6
"""Values before "more"; chosen ones always show."""


@dataclass(frozen=True, slots=True)
class Value:
    """One tick of a facet."""

    id: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its first values and the rest."""

    id: str
    name: Promise | str
    values: Sequence[Value]
    more: Sequence[Value]
    open: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """A chosen value that can be taken away by following `without`."""

    facet: Promise | str
    label: str
    without: Address


def boxes(counts: Mapping[str, Sequence[Mapping[str, Any]]], address: Address) -> list[Facet]:
    """The facets of an answer that have something to choose from."""
    found = [_box(facet, counts.get(facet, ()), set(address.values(facet))) for facet in NAMES]
    return [box for box in found if len(box.values) > 1 or any(value.chosen for value in box.values)]


def chosen(address: Address, counts: Mapping[str, Sequence[Mapping[str, Any]]], lang: str) -> list[Chosen]:
    """What the address asks for, in its order."""
    known = {(facet, str(row["id"])): str(row["label"]) for facet, rows in counts.items() for row in rows}
    return [
        Chosen(NAMES[facet], known.get((facet, value)) or label_of(facet, value, lang), address.less(facet, value))
        for facet, value in address.pairs
        if facet in NAMES
    ]


def label_of(facet: str, value: str, lang: str) -> str:
    """Label of a facet's value; the value itself where the vocabulary has no list of them."""
    kind = "finding" if facet.startswith("finding") else facet
    try:
        return labels(kind, lang).get(value, value)
    except ValueError:
        return value


def _box(facet: str, rows: Sequence[Mapping[str, Any]], ticked: set[str]) -> Facet:
    values = [Value(str(r["id"]), str(r["label"]), int(r["count"]), str(r["id"]) in ticked) for r in rows]
    values = [value for value in values if value.count or value.chosen]
    first = [value for i, value in enumerate(values) if i < SHOWN or value.chosen]
    rest = [value for i, value in enumerate(values) if i >= SHOWN and not value.chosen]
    return Facet(facet, NAMES[facet], first, rest, facet in OPEN or bool(ticked))
