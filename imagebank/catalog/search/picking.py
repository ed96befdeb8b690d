"""Of many candidates the few that show most: each time the one that adds most to what was told so far."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .index import Generation

Slots = NDArray[np.uint32]


def picked(generation: Generation, slots: Slots, *, most: int, seen: set[Any]) -> list[int]:
    """Slots, at most `most`; of equal ones the first. `seen` are facet numbers told before, and grows."""
    order = np.argsort(slots)
    told = generation.lists("terms", slots[order]).take(np.argsort(order))
    values = [set(part.tolist()) for part in np.split(told.flat, told.ends[:-1])]
    chosen, left = list[int](), list(range(len(slots)))
    while left and len(chosen) < most:
        best = max(left, key=lambda place: len(values[place] - seen))
        left.remove(best)
        chosen.append(int(slots[best]))
        seen |= values[best]
    return chosen
