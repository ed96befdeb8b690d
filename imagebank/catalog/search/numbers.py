"""Facet values and their numbers, those of open facets included (institutions, countries: numbered on first use)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from imagebank.vocabulary.models import Facet
from imagebank.vocabulary.selectors import facet_values, resolved

from .tree import AnyOf

Value = tuple[str, str]
"""(facet, slug)."""
_known: Final[dict[int, Value]] = {}
"""A number is never given again, so what was read once holds."""


def numbers_of(facet: str, slugs: Iterable[str]) -> dict[str, int]:
    """{slug: number} of those that have one."""
    slugs = set(slugs)
    found = {slug: number for slug, number in facet_values(facet).items() if slug in slugs}
    if missing := slugs - found.keys():
        found |= dict(Facet.objects.filter(kind=facet, slug__in=missing).values_list("slug", "number"))
    return found


def any_of(facet: str, slugs: Iterable[str]) -> AnyOf:
    """The case carries one of these values, or what took the place of a retired one."""
    slugs = resolved(facet.removesuffix("_absent").removesuffix("_uncertain"), slugs)
    return AnyOf(tuple(sorted(numbers_of(facet, slugs).values())))


def values_of(numbers: Iterable[int]) -> dict[int, Value]:
    """{number: value}."""
    numbers = set(numbers)
    if missing := numbers - _known.keys():
        rows = Facet.objects.filter(number__in=missing).values_list("number", "kind", "slug")
        _known.update({number: (facet, slug) for number, facet, slug in rows})
    return {number: _known[number] for number in numbers}
