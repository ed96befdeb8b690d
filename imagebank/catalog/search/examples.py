"""Cases that show something, for teaching texts: of all that the reader may see, the ones that differ most.

What is told decides (`PublicCase.terms`), as beside a case (similar).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from imagebank.catalog.models import PublicCase
from imagebank.core.actor import Actor

from .index import View, view_of
from .numbers import any_of
from .picking import picked
from .stream import START, Stream, pivot_of, turned
from .tree import And, Node, Not
from .visible import visible_to

POOL: Final = 50
"""Candidates looked at for each."""


class Wanted(NamedTuple):
    """What is to be shown: all of these facets, none of those; values of one facet are any of."""

    has: tuple[tuple[str, tuple[str, ...]], ...]
    lacks: tuple[tuple[str, tuple[str, ...]], ...] = ()


def examples(wanted: Sequence[Sequence[Wanted]], actor: Actor, *, seed: str, most: int = 1) -> list[list[PublicCase]]:
    """For each of `wanted` the rows for its first alternative that there is a case of, at most `most`.

    No case stands twice; with the same `seed` and cases the answer is the same.
    """
    view, seen, used = view_of(actor), set[int](), list[int]()
    chosen: list[list[int]] = []
    for alternatives in wanted:
        slots = _first(view, alternatives, seed, used)
        chosen.append(picked(view.generation, slots, most=most, seen=seen))
        used += chosen[-1]
    keys = [[int(pk) for pk in view.generation.of("pk", np.array(one, dtype=np.uint32))] for one in chosen]
    rows = visible_to(actor).defer("terms").in_bulk([pk for one in keys for pk in one])
    return [[rows[pk] for pk in one if pk in rows] for one in keys]


def how_many(facet: str, slug: str, actor: Actor) -> int:
    """Cases with this value that the reader may see."""
    return view_of(actor).count(any_of(facet, (slug,)))


def _first(view: View, alternatives: Sequence[Wanted], seed: str, used: Sequence[int]) -> Any:
    """Slots of the first alternative that fits a case not yet used."""
    for wanted in alternatives:
        read = Stream(view.generation, turned(view.matching(_node(wanted)), pivot_of(seed))).read(START, POOL)
        slots = np.array([slot for _, slot in read if slot not in used], dtype=np.uint32)
        if len(slots):
            return slots
    return np.zeros(0, dtype=np.uint32)


def _node(wanted: Wanted) -> Node:
    lacks = tuple(Not(any_of(facet, slugs)) for facet, slugs in wanted.lacks)
    return And((*(any_of(facet, slugs) for facet, slugs in wanted.has), *lacks))
