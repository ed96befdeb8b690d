"""Best match first, over a capped pool: the terms first meant, then the words of the text, then image quality."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final

import numpy as np
from django.contrib.postgres.search import SearchRank
from django.db.models import F
from numpy.typing import NDArray

from imagebank.catalog.models import PublicText

from .index import View
from .index.postings import bitmap, slots_of, union
from .pages import Page
from .reading import Query
from .stream import START, stream_of
from .tree import Words, text_query

POOL = 2_000
"""Cases that are ranked; those with words of the query are taken first."""
KINDS: Final = 0.5
"""Worth of a term that is meant as well, against the one first meant."""
QUALITY: Final = 0.01
SEED: Final = ""
"""The pool is the same for everybody."""
Key = tuple[float, int]


def relevance_page(query: Query, view: View, place: Any, limit: int) -> Page:
    """A place is [key of the row before, or None]; keys are (-score, shuffle)."""
    after = tuple(place[0]) if place and place[0] else None
    slots, keys = _ranked(query, view)
    first = bisect_right(keys, after) if after else 0
    last = first + limit
    return Page(
        slots=slots[first:last],
        next=[keys[last - 1]] if last < len(keys) else None,
        previous=[keys[first - limit - 1] if first > limit else None] if after else None,
        ranked=len(keys),
    )


def _ranked(query: Query, view: View) -> tuple[NDArray[np.uint32], list[Key]]:
    """The pool in order, and its keys."""
    pool = np.array([slot for _, slot in stream_of(query, view, SEED).read(START, POOL)], dtype=np.uint32)
    scores = _hits(query, view, pool) + QUALITY * view.generation.of("quality", pool)
    if query.ranking:
        scores += _ranks(query.ranking, view.generation.of("pk", pool))
    worst, shuffles = -np.round(scores, 6), view.generation.of("shuffle", pool)
    order = np.lexsort((shuffles, worst))
    return pool[order], list(zip(worst[order].tolist(), shuffles[order].tolist(), strict=True))


def _hits(query: Query, view: View, pool: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Of each term 1 where the case carries what is first meant, less for what is meant as well."""
    scores, inside, terms = np.zeros(len(pool)), bitmap(np.sort(pool)), view.generation.terms
    for first, every in query.terms:
        meant = union(terms[number] for number in every if number in terms) & inside
        scores += KINDS * np.isin(pool, slots_of(meant))
        if first in terms:
            scores += (1 - KINDS) * np.isin(pool, slots_of(terms[first] & inside))
    return scores


def _ranks(words: Words, pks: NDArray[np.int64]) -> NDArray[np.float64]:
    rows = PublicText.objects.filter(pk__in=pks.tolist()).annotate(rank=SearchRank(F("words"), text_query(words)))
    found = dict(rows.values_list("pk", "rank"))
    return np.array([found.get(pk) or 0.0 for pk in pks.tolist()])
