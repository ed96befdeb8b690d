"""The matches as one long list in fixed pseudo-random order, begun at a place of the seed's choice.

Cases that have words of the ranking come first. A place in the list is (part, shuffle), so reading on costs the same at
any depth, and stays where it is when the index changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyroaring import AbstractBitMap, BitMap, FrozenBitMap

from .index import Generation, View
from .index.postings import slots_of
from .reading import Query

Place = tuple[int, int]
START: Final[Place] = (0, -1)
END: Final = 1 << 63
NONE: Final = FrozenBitMap()
PIECE: Final = 1_024
"""Slots looked at at a time."""


@dataclass(frozen=True, slots=True)
class Part:
    """Cases whose shuffle is from `least` to below `end`."""

    cases: BitMap
    least: int
    end: int


@dataclass(frozen=True, slots=True)
class Stream:
    """Parts follow one another; the first `ranked` hold words of the ranking, the last `late` what was seen before."""

    generation: Generation
    parts: tuple[Part, ...]
    ranked: int = 0
    late: int = 0
    newest: int = END
    """Cases with a higher primary key are passed over."""

    def worth(self, place: Place) -> int:
        """1 for words of the ranking, -1 for what was seen before, else 0."""
        return int(place[0] < self.ranked) - int(place[0] >= len(self.parts) - self.late)

    def read(self, start: Place, size: int) -> list[tuple[Place, int]]:
        """At most `size` slots from `start` on, itself included."""
        first, least = start
        found: list[tuple[Place, int]] = []
        for number in range(first, len(self.parts)):
            slots = self._part(self.parts[number], least if number == first else 0, size - len(found))
            shuffles = self.generation.of("shuffle", slots)
            found += [((number, place), slot) for place, slot in zip(shuffles.tolist(), slots.tolist(), strict=True)]
            if len(found) == size:
                break
        return found

    def _part(self, part: Part, least: int, size: int) -> NDArray[np.uint32]:
        """In the order of the shuffle: the sorted slots of the base, and those that came since between them."""
        least = max(part.least, least)
        late = self._known(_late(self.generation, part.cases))
        pieces, count = [late], 0
        for piece in _early(self.generation, part.cases, least, part.end):
            pieces.append(self._known(piece))
            count += len(pieces[-1])
            if count >= size:
                break
        slots = np.concatenate(pieces)
        shuffles = self.generation.of("shuffle", slots)
        inside = (shuffles >= least) & (shuffles <= part.end - 1)
        order = np.argsort(shuffles[inside], kind="stable")
        return np.asarray(slots[inside][order][:size])

    def _known(self, slots: NDArray[np.uint32]) -> NDArray[np.uint32]:
        return slots[self.generation.of("pk", slots) <= min(self.newest, END - 1)]


def stream_of(query: Query, view: View, seed: str, *, newest: int = END, last: AbstractBitMap = NONE) -> Stream:
    """The list that `seed` begins somewhere, with the cases of `last` at its end."""
    every, pivot = view.matching(query.node()), pivot_of(seed)
    matches, late = every - last, turned(every & last, pivot)
    if query.ranking is None or query.required:
        return Stream(view.generation, (*turned(matches, pivot), *late), late=2, newest=newest)
    hits = matches & view.matching(query.ranking)
    parts = (*turned(hits, pivot), *turned(matches - hits, pivot), *late)
    return Stream(view.generation, parts, ranked=2, late=2, newest=newest)


def turned(cases: BitMap, pivot: int) -> tuple[Part, Part]:
    """All of them, begun at the pivot."""
    return Part(cases, pivot, END), Part(cases, 0, pivot)


def pivot_of(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") >> 1


def _late(generation: Generation, cases: BitMap) -> NDArray[np.uint32]:
    before = cases.rank(generation.base.size - 1) if generation.base.size else 0
    return slots_of(cases[before:]) if before < len(cases) else np.zeros(0, dtype=np.uint32)


def _early(generation: Generation, cases: BitMap, least: int, end: int) -> Iterator[NDArray[np.uint32]]:
    """Slots of the base from `least` to below `end`, piece by piece."""
    first, last = (int(np.searchsorted(generation.base.shuffle, bound - 1, "right")) for bound in (least, end))
    at, beyond = (cases.rank(slot - 1) if slot else 0 for slot in (first, last))
    while at < beyond:
        yield slots_of(cases[at : min(at + PIECE, beyond)])
        at += PIECE
