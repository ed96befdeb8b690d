"""Best match first, over a capped pool: the terms first meant, then the words of the text, then image quality."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.search import SearchRank
from django.db.models import F, FloatField, QuerySet, Value

from imagebank.catalog.models import PublicCase

from .pages import Page
from .reading import Query
from .stream import START, stream_of
from .tree import text_query

POOL = 2_000
"""Cases that are ranked; those with words of the query are taken first."""
KINDS = 0.5
"""Worth of a term that is meant as well, against the one first meant."""
QUALITY = 0.01
SEED = ""
"""The pool is the same for everybody."""
Key = tuple[float, int]


def relevance_page(query: Query, matches: QuerySet[PublicCase], place: Any, limit: int) -> Page:
    """A place is [key of the row before, or None]; keys are (-score, shuffle)."""
    after = tuple(place[0]) if place and place[0] else None
    pool = sorted((_key(query, row), row.pk) for row in _pool(query, matches))
    keys = [key for key, _ in pool]
    first = bisect_right(keys, after) if after else 0
    last = first + limit
    return Page(
        rows=[pk for _, pk in pool[first:last]],
        next=[keys[last - 1]] if last < len(keys) else None,
        previous=[keys[first - limit - 1] if first > limit else None] if after else None,
        ranked=len(pool),
    )


def _pool(query: Query, matches: QuerySet[PublicCase]) -> Sequence[Any]:
    rank = SearchRank(F("text"), text_query(query.ranking)) if query.ranking else Value(0.0, output_field=FloatField())
    rows = matches.only("pk", "shuffle", "terms", "quality").annotate(rank=rank)
    return [row for _, row in stream_of(query, rows, SEED).read(START, POOL)]


def _key(query: Query, row: Any) -> Key:
    hits = sum(1.0 if first in row.terms else KINDS for first, any_ in query.terms if any_ & set(row.terms))
    return -round(hits + (row.rank or 0.0) + QUALITY * row.quality, 6), row.shuffle
