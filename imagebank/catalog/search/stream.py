"""The matches as one long list in fixed pseudo-random order, begun at a place of the seed's choice.

Cases that have words of the ranking come first. A place in the list is (part, shuffle), so reading on costs the same at
any depth.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db.models import QuerySet

from imagebank.catalog.models import PublicCase

from .reading import Query
from .tree import render

Place = tuple[int, int]
START: Place = (0, -1)


@dataclass(frozen=True, slots=True)
class Stream:
    """Parts follow one another; the first `ranked` ones hold words of the ranking."""

    parts: tuple[QuerySet[PublicCase], ...]
    ranked: int = 0

    def read(self, start: Place, size: int) -> list[tuple[Place, PublicCase]]:
        """At most `size` rows from `start` on, itself included."""
        first, least = start
        found: list[tuple[Place, PublicCase]] = []
        for number in range(first, len(self.parts)):
            rows = self.parts[number].filter(shuffle__gte=least if number == first else 0)
            found += [((number, row.shuffle), row) for row in rows.order_by("shuffle")[: size - len(found)]]
            if len(found) == size:
                break
        return found


def stream_of(query: Query, matches: QuerySet[PublicCase], seed: str) -> Stream:
    """The list that `seed` begins somewhere."""
    pivot = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") >> 1
    if query.ranking is None or query.required:
        return Stream(_turned(matches, pivot))
    hit = render(query.ranking)
    return Stream((*_turned(matches.filter(hit), pivot), *_turned(matches.exclude(hit), pivot)), ranked=2)


def _turned(rows: QuerySet[PublicCase], pivot: int) -> tuple[QuerySet[PublicCase], ...]:
    return rows.filter(shuffle__gte=pivot), rows.filter(shuffle__lt=pivot)
