"""Which rows carry a number: a compressed bitmap of slots for each (roaring bitmaps)."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from .columns import PIECE, Ragged

Postings = Mapping[int, BitMap]
"""{number: slots}. Never changed in place: readers hold them."""


def bitmap(slots: NDArray[Any]) -> BitMap:
    """Of sorted slots; by way of `array`, which is taken over ten times as fast as numpy's."""
    return BitMap(array("I", np.ascontiguousarray(slots, dtype=np.uint32).tobytes()))


def slots_of(found: BitMap) -> NDArray[np.uint32]:
    """Ascending."""
    return np.frombuffer(found.to_array(), dtype=np.uint32)


def union(bitmaps: Iterable[BitMap]) -> BitMap:
    found = list(bitmaps)
    return BitMap.union(*found) if found else BitMap()


def posted(lists: Ragged, slots: NDArray[Any]) -> dict[int, BitMap]:
    """{number: those of `slots` that carry it}; `lists` has a row for each of the ascending slots."""
    found: dict[int, BitMap] = defaultdict(BitMap)
    for first in range(0, len(slots), PIECE):
        places = np.arange(first, min(first + PIECE, len(slots)))
        for number, part in _posted(lists.take(places), slots[places]):
            found[number] |= part
    return dict(found)


def _posted(lists: Ragged, slots: NDArray[Any]) -> Iterator[tuple[int, BitMap]]:
    owners = np.repeat(slots, lists.lengths)
    order = np.argsort(lists.flat, kind="stable")
    numbers, starts = np.unique(lists.flat[order], return_index=True)
    parts = np.split(owners[order], starts[1:]) if len(numbers) else []
    return ((int(number), bitmap(part)) for number, part in zip(numbers, parts, strict=True))


def changed(postings: Postings, *, less: Postings, more: Postings) -> dict[int, BitMap]:
    """Copies where something leaves or comes, the rest shared."""
    touched = {n: (postings.get(n, BitMap()) - less.get(n, BitMap())) | more.get(n, BitMap()) for n in {*less, *more}}
    return {number: found for number, found in {**postings, **touched}.items() if found}
