"""The parameters of `cases/` (interface), checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from imagebank.catalog.coarsening import ADULT, CHILD
from imagebank.core.errors import Invalid

from .numbers import numbers_of

FACETS: Final = (
    "indication", "finding", "finding_absent", "finding_uncertain", "view", "polarity", "threat", "quality", "age_band",
    "sex", "bmi", "probe", "vendor", "institution", "country", "setting", "confirmed", "licence",
)  # fmt: skip
ORDERS: Final = ("varied", "relevance", "newest")
SINGLE: Final = ("q", "quality_min", "order", "limit", "seed", "cursor", "facets", "exact")
IGNORED: Final = ("lang",)
"""Known to the caller, not to the search."""
DEFAULT_LIMIT: Final = 24
MOST: Final = {"varied": 100, "relevance": 1_000, "newest": 1_000}
MOST_VALUES: Final = 100
"""Of one facet."""
OPEN: Final = {
    "country": re.compile(r"[A-Z]{2}"),
    "institution": re.compile(r"[-\w]{1,60}", re.ASCII),
    "vendor": re.compile(r"[-\w]{1,64}", re.ASCII),
    "age_band": re.compile(f"{ADULT}|{CHILD}"),
}
"""Values that need not be known: one that the bank never told finds nothing, like one that it withholds."""


@dataclass(frozen=True, slots=True)
class SearchParams:
    """What is searched, in which order, which page of it."""

    lang: str = "en"
    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """{facet: values}, any of which."""
    quality_min: int = 0
    order: str = "varied"
    limit: int = DEFAULT_LIMIT
    seed: str = ""
    """Another seed, another varied order."""
    cursor: str = ""
    facets: bool = False
    exact: bool = False
    """The words as they were typed: none is put right."""

    @classmethod
    def from_query(cls, query: MultiValueDict[str, str], lang: str) -> SearchParams:
        """Of a request; Invalid names what is unknown. Empty values count as absent; `lang` is one of the five."""
        given = {name: [value for value in query.getlist(name) if value] for name in query}
        single = {name: given[name][-1] for name in SINGLE if given.get(name)}
        order = single.get("order", ORDERS[0])
        errors = _strange(given)
        errors |= _unknown({name: values for name, values in given.items() if name not in errors})
        if order not in ORDERS:
            errors["order"] = f"One of {', '.join(ORDERS)}."
        numbers = _numbers(single, order, errors)
        if errors:
            raise Invalid(errors=errors)
        return cls(
            lang=lang,
            q=single.get("q", ""),
            chosen={name: tuple(sorted(set(given[name]))) for name in FACETS if given.get(name)},
            quality_min=numbers["quality_min"],
            order=order,
            limit=numbers["limit"],
            seed=single.get("seed") or timezone.now().date().isoformat(),
            cursor=single.get("cursor", ""),
            facets=bool(numbers["facets"]),
            exact=bool(numbers["exact"]),
        )

    @property
    def asked(self) -> list[Any]:
        """What a cursor belongs to."""
        return [self.order, self.q, self.exact, sorted(self.chosen.items()), self.quality_min]


def _strange(given: Mapping[str, list[str]]) -> dict[str, str]:
    """Parameters that are unknown, or hold what no text of the database can."""
    known = {*FACETS, *SINGLE, *IGNORED}
    binary = {name: "This is not text." for name, values in given.items() if any("\0" in value for value in values)}
    return binary | {name: "There is no such parameter." for name in given if name not in known}


def _unknown(given: Mapping[str, list[str]]) -> dict[str, str]:
    """Facets with values that are not in the vocabulary."""
    errors = {}
    for facet in FACETS:
        values = given.get(facet, [])
        closed = [value for value in values if not (facet in OPEN and OPEN[facet].fullmatch(value))]
        if len(values) > MOST_VALUES:
            errors[facet] = f"At most {MOST_VALUES} values."
        elif closed and set(closed) - numbers_of(facet, closed).keys():
            errors[facet] = "This is not in the vocabulary."
    return errors


def _numbers(single: Mapping[str, str], order: str, errors: dict[str, str]) -> dict[str, int]:
    """The parameters that are whole numbers; a sentence in `errors` for one that is none or out of bounds."""
    longest = MOST.get(order, max(MOST.values()))
    bounds = {"limit": (DEFAULT_LIMIT, 1, longest), "quality_min": (0, 0, 5), "facets": (0, 0, 1),
              "exact": (0, 0, 1)}  # fmt: skip
    found = {}
    for name, (usual, least, most) in bounds.items():
        text = single.get(name, str(usual))
        if text.isascii() and text.isdigit() and least <= int(text[:9]) <= most:
            found[name] = int(text)
        else:
            errors[name] = f"A whole number from {least} to {most:,}."
    return found
