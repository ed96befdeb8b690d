"""The varied order: windows of the stream, each emptied page by page by what adds most to the coverage.

A cursor holds seed, beginning of the window, page in it, page size, the newest row of the first page and what the
learner had opened by then: what is published or opened while somebody reads on does not shift the pages. The pages
before in the window are picked again, so the cost is that of one window at most, at any depth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from imagebank.core.actor import Actor

from . import opened
from .coverage import Board
from .index import Generation, View
from .pages import Page
from .reading import Query
from .stream import START, Place, stream_of

WINDOW = 1_000
"""Candidates of a window, at least; a whole number of pages."""
FIRST: Final = 100.0
"""What words of the ranking are worth, and what a case that was seen before lacks: more than any coverage."""
QUALITY: Final = 0.05
"""Weight of a step of image quality against a value never shown."""
JITTER: Final = 0.75
"""At most what chance adds, in new values: another seed shows other cases. Costs 1 % of the coverage of a page."""
MIX: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True)
class VariedPlace:
    """A page of the varied order."""

    seed: str
    limit: int
    newest: int
    opened: int = 0
    """What the learner opened last."""
    start: Place = START
    page: int = 0

    @classmethod
    def of(cls, stored: Any) -> VariedPlace:
        """From a cursor."""
        seed, limit, newest, opened, start, page = stored
        return cls(seed, limit, newest, opened, (start[0], start[1]), page)

    def stored(self) -> list[Any]:
        return list(astuple(self))


def varied_page(query: Query, view: View, actor: Actor, place: Any, *, seed: str, limit: int) -> Page:
    """A place is a VariedPlace as stored: its seed and page size hold. The page before is known within a window."""
    at = VariedPlace.of(place) if place else VariedPlace(seed, limit, view.generation.highest, opened.last(actor))
    seen = opened.opened(actor, at.opened, view.generation)
    stream = stream_of(query, view, at.seed, newest=at.newest, last=seen)
    size = -(-WINDOW // at.limit) * at.limit
    window = stream.read(at.start, size + 1)
    slots = np.array([slot for _, slot in window[:size]], dtype=np.uint32)
    first = np.array([stream.worth(there) for there, _ in window[:size]], dtype=np.float64)
    worn = opened.worn(seen, view.generation) if seen else None
    board = board_of(view.generation, slots, at.seed, FIRST * first, worn)
    picked: Sequence[int] = []
    for _ in range(at.page + 1):
        picked = board.page(at.limit)
    following = replace(at, page=at.page + 1) if board.left else _next_window(at, window[size:])
    return Page(
        slots=slots[list(picked)],
        next=following.stored() if following else None,
        previous=replace(at, page=at.page - 1).stored() if at.page else None,
    )


def board_of(
    generation: Generation,
    slots: NDArray[np.uint32],
    seed: str,
    bonus: NDArray[np.float64] | float = 0.0,
    worn: NDArray[np.int64] | None = None,
) -> Board:
    """Of candidates in any order; true values, which serve the order and nothing else. `worn`: see `opened`."""
    chance = JITTER * _chance(seed, generation.of("shuffle", slots))
    order = np.argsort(slots)
    values = generation.lists("values", slots[order]).take(np.argsort(order))
    worth = bonus + QUALITY * generation.of("quality", slots) + chance
    return Board(values, generation.of("subject", slots), worth, generation.of("look", slots), worn)


def _next_window(place: VariedPlace, beyond: Sequence[tuple[Place, int]]) -> VariedPlace | None:
    return replace(place, start=beyond[0][0], page=0) if beyond else None


def _chance(seed: str, shuffles: NDArray[np.int64]) -> NDArray[np.float64]:
    """From 0 to 1, the same for the same row and seed (the finaliser of splitmix64)."""
    salt = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest(), "big")
    mixed = shuffles.astype(np.uint64) ^ np.uint64(salt)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * MIX[0]
    mixed = (mixed ^ (mixed >> np.uint64(27))) * MIX[1]
    return (mixed >> np.uint64(31)).astype(np.float64) % 2**32 / 2**32
