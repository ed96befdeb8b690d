"""The varied order: windows of the stream, each emptied page by page by what adds most to the coverage.

A cursor holds seed, beginning of the window, page in it, page size, and the newest row of the first page: what is
published while somebody reads on does not shift the pages. The pages before in the window are picked again, so the cost
is that of one window at most, at any depth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from typing import Any

from django.db.models import Max, QuerySet

from imagebank.catalog.models import PublicCase

from .coverage import JITTER, QUALITY, Board, Candidate
from .pages import Page
from .reading import Query
from .stream import START, Place, stream_of

WINDOW = 1_000
"""Candidates of a window, at least; a whole number of pages."""
RANKED = 10.0
"""What words of the ranking are worth: more than any coverage."""
COLUMNS = ("pk", "shuffle", "true_subject", "true_values", "quality")


@dataclass(frozen=True, slots=True)
class VariedPlace:
    """A page of the varied order."""

    seed: str
    limit: int
    newest: int
    start: Place = START
    page: int = 0

    @classmethod
    def of(cls, stored: Any) -> VariedPlace:
        """From a cursor."""
        seed, limit, newest, start, page = stored
        return cls(seed, limit, newest, (start[0], start[1]), page)

    def stored(self) -> list[Any]:
        return list(astuple(self))


def varied_page(query: Query, matches: QuerySet[PublicCase], place: Any, *, seed: str, limit: int) -> Page:
    """A place is a VariedPlace as stored: its seed and page size hold. The page before is known within a window."""
    at = VariedPlace.of(place) if place else _first(seed, limit)
    stream = stream_of(query, matches.filter(pk__lte=at.newest).only(*COLUMNS), at.seed)
    size = -(-WINDOW // at.limit) * at.limit
    window = stream.read(at.start, size + 1)
    board = Board([candidate(row, at.seed, ranked=there[0] < stream.ranked) for there, row in window[:size]])
    picked: list[int] = []
    for _ in range(at.page + 1):
        picked = board.page(at.limit)
    following = replace(at, page=at.page + 1) if board.left else _next_window(at, window[size:])
    return Page(
        rows=[window[i][1].pk for i in picked],
        next=following.stored() if following else None,
        previous=replace(at, page=at.page - 1).stored() if at.page else None,
    )


def _first(seed: str, limit: int) -> VariedPlace:
    newest = PublicCase.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return VariedPlace(seed, limit, newest)


def candidate(row: PublicCase, seed: str, *, ranked: bool = False) -> Candidate:
    """What a row would bring; true values, which serve the order and nothing else."""
    bonus = QUALITY * row.quality + JITTER * _chance(seed, row.shuffle) + RANKED * ranked
    return Candidate(row.true_subject, frozenset(_pairs(row.true_values)), bonus)


def _next_window(place: VariedPlace, beyond: list[tuple[Place, PublicCase]]) -> VariedPlace | None:
    return replace(place, start=beyond[0][0], page=0) if beyond else None


def _pairs(values: dict[str, list[str]]) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, found in values.items() for value in found)


def _chance(seed: str, shuffle: int) -> float:
    """From 0 to 1, the same for the same row and seed."""
    drawn = hashlib.blake2b(f"{seed}/{shuffle}".encode(), digest_size=4).digest()
    return int.from_bytes(drawn, "big") / 2**32
