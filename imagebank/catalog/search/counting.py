"""Exact counts of every facet value. A facet's counts ignore what is chosen of it and keep everything else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from pyroaring import BitMap

from .index import Generation, View
from .index.postings import slots_of
from .labelling import facet_labels
from .numbers import values_of
from .params import FACETS, SearchParams
from .reading import Query
from .tree import Node

Counts = dict[str, dict[str, int]]
"""{facet: {slug: cases}}."""
NARROW: Final = 15_000
"""Matches up to which their own lists are counted; bitmaps of all values are intersected above."""


def count_facets(query: Query, view: View) -> Counts:
    """Of what the reader may see."""
    counts: Counts = defaultdict(dict, _by_facet(_counted(query.node(), view)))
    for facet in query.chosen:
        counts[facet] = _by_facet(_counted(query.node(without=facet), view, facet)).get(facet, {})
    return {facet: counts[facet] for facet in FACETS}


def _counted(node: Node, view: View, facet: str = "") -> Mapping[int, int]:
    """{number: cases}; at least those of the facet, where one is named."""

    def count() -> Mapping[int, int]:
        matches, generation = view.matching(node), view.generation
        if len(matches) <= NARROW:
            return _one_by_one(generation, matches)
        return _at_once(generation, matches, _numbers(generation).get(facet, generation.terms))

    return view.generation.kept.get(("counts", view.audiences, node, facet), count)


def _numbers(generation: Generation) -> Mapping[str, Iterable[int]]:
    """{facet: numbers that a case carries}."""

    def group() -> Mapping[str, Iterable[int]]:
        grouped = defaultdict(list)
        for number, (facet, _) in values_of(generation.terms).items():
            grouped[facet].append(number)
        return grouped

    return generation.kept.get("numbers", group)


def _one_by_one(generation: Generation, matches: BitMap) -> Mapping[int, int]:
    cases = np.bincount(generation.lists("terms", slots_of(matches)).flat)
    return {int(number): int(cases[number]) for number in np.flatnonzero(cases)}


def _at_once(generation: Generation, matches: BitMap, numbers: Iterable[int]) -> Mapping[int, int]:
    found = {number: matches.intersection_cardinality(generation.terms[number]) for number in numbers}
    return {number: cases for number, cases in found.items() if cases}


def _by_facet(numbers: Mapping[int, int]) -> Counts:
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
