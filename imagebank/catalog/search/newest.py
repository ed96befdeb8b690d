"""Newest first, by the day of publication, of one day by the shuffle; a page begins after a (day, shuffle)."""

from __future__ import annotations

import bisect
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from .index import Generation
from .index.postings import slots_of
from .pages import Page

Key = tuple[int, int]
"""(-day, shuffle): ascending, newest first."""
NARROW: Final = 20_000
"""Matches up to which all are put in order."""
LOOKED_AT: Final = 50_000
"""Rows of the whole list that are looked at before all matches are put in order after all."""
PIECE: Final = 512
"""Slots looked at at a time."""


def newest_page(matches: BitMap, generation: Generation, place: Any, limit: int) -> Page:
    """A place is [key of the row before, or None]."""
    after = (int(place[0][0]), int(place[0][1])) if place and place[0] else None
    found = Listed(matches, generation).beyond(after, limit + 1)
    keys = _keys(generation, found)
    return Page(
        slots=found[:limit],
        next=[keys[limit - 1]] if len(found) > limit else None,
        previous=[_before(matches, generation, after, limit)] if after else None,
    )


def _before(matches: BitMap, generation: Generation, after: Key, limit: int) -> Key | None:
    """The row at `after` ends the page before; that one begins after the row `limit` earlier."""
    earlier = Listed(matches, generation).beyond(after, limit + 1, back=True)
    return _keys(generation, earlier[limit:])[0] if len(earlier) > limit else None


class Listed:
    """Matches in order, from a place on in either direction."""

    def __init__(self, matches: BitMap, generation: Generation) -> None:
        self._matches, self._generation = matches, generation

    def beyond(self, after: Key | None, count: int, *, back: bool = False) -> NDArray[np.uint32]:
        """The next slots: after the key, or with `back` the row of the key and those before it."""
        found = None if len(self._matches) <= NARROW else self._walked(after, count, back)
        return self._sorted(found if found is not None else slots_of(self._matches), after, count, back)

    def _walked(self, after: Key | None, count: int, back: bool) -> NDArray[np.uint32] | None:
        """Enough of the base by its own order, and of all that came since; None when that is a long way."""
        early = self._met(self._generation.newest, after, count, back, most=LOOKED_AT)
        if len(early) < count:
            return None
        late = self._met(self._generation.newest_late, after, count, back, most=self._generation.tail.size)
        return np.array(early + late, dtype=np.uint32)

    def _met(self, way: NDArray[np.uint32], after: Key | None, count: int, back: bool, *, most: int) -> list[int]:
        """The next matches on a way that has the list's order, among `most` of its slots."""
        at = self._place(way, after) if after else 0
        way = way[max(at - most, 0) : at][::-1] if back else way[at : at + most]
        pieces = (way[first : first + PIECE].tolist() for first in range(0, len(way), PIECE))
        return list(islice((slot for piece in pieces for slot in piece if slot in self._matches), count))

    def _place(self, way: NDArray[np.uint32], key: Key) -> int:
        """How many on the way stand at the key or before it."""
        return bisect.bisect_right(way, key, key=lambda slot: _keys(self._generation, np.array([slot]))[0])

    def _sorted(self, slots: NDArray[np.uint32], after: Key | None, count: int, back: bool) -> NDArray[np.uint32]:
        days, shuffles = -self._generation.of("day", slots).astype(np.int64), self._generation.of("shuffle", slots)
        if after:
            later = (days > after[0]) | ((days == after[0]) & (shuffles > after[1]))
            kept = ~later if back else later
            slots, days, shuffles = slots[kept], days[kept], shuffles[kept]
        order = np.lexsort((shuffles, days))
        return np.asarray(slots[order[::-1] if back else order][:count])


def _keys(generation: Generation, slots: NDArray[np.uint32]) -> list[Key]:
    days, shuffles = generation.of("day", slots).tolist(), generation.of("shuffle", slots).tolist()
    return [(-day, shuffle) for day, shuffle in zip(days, shuffles, strict=True)]
