"""Exact counts of every facet value. A facet's counts ignore what is chosen of it and keep everything else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Func, IntegerField, QuerySet

from imagebank.catalog.models import PublicCase

from .labelling import facet_labels
from .numbers import values_of
from .params import FACETS, SearchParams
from .reading import Query
from .tree import render

Counts = dict[str, dict[str, int]]
"""{facet: {slug: cases}}."""


class Unnest(Func):
    """One row for each number of an array."""

    function = "unnest"
    set_returning = True
    output_field = IntegerField()


def count_facets(query: Query, rows: QuerySet[PublicCase]) -> Counts:
    """One pass over the matches, and one more for each facet with a choice; `rows` are those the reader may see."""
    whole = _count(rows.filter(render(query.node())))
    own = {facet: _count(rows.filter(render(query.node(without=facet)))).get(facet, {}) for facet in query.chosen}
    return {facet: own.get(facet, whole.get(facet, {})) for facet in FACETS}


def _count(matches: QuerySet[PublicCase]) -> Counts:
    grouped = matches.order_by().annotate(number=Unnest(F("terms"))).values("number").annotate(cases=Count("pk"))
    numbers: dict[int, int] = dict(grouped.values_list("number", "cases"))
    counts: Counts = defaultdict(dict)
    for number, (facet, slug) in values_of(numbers).items():
        counts[facet][slug] = numbers[number]
    return counts


def shown_facets(counts: Mapping[str, Mapping[str, int]], params: SearchParams) -> dict[str, list[dict[str, Any]]]:
    """As the answer tells them: the commonest value first; what is chosen is told even when nothing has it."""
    return {facet: _shown(facet, found, params) for facet, found in counts.items()}


def _shown(facet: str, found: Mapping[str, int], params: SearchParams) -> list[dict[str, Any]]:
    counts = dict.fromkeys(params.chosen.get(facet, ()), 0) | dict(found)
    names = facet_labels(facet, counts, params.lang) if counts else {}
    shown = [{"id": slug, "label": names[slug], "count": count} for slug, count in counts.items()]
    return sorted(shown, key=lambda value: (-counts[value["id"]], value["label"], value["id"]))
