"""Greedy saturating coverage: which of the candidates add most to what was shown (design: search).

A value (an institution, a probe, an age band ...) counts less the more often it has been shown, a picture the more it
looks like one that was. At most one case of a patient stands on a page: a hard rule.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .index.columns import Ragged
from .looks import Novelty

FADE: Final = 0.25
"""What a value still counts after each time it was shown, as a factor."""
UNLIKE: Final = 1.0
"""What a picture unlike all that were shown is worth, in new values."""


class Board:
    """What was shown of the candidates, and what each of the others would add."""

    def __init__(
        self,
        values: Ragged,
        subjects: NDArray[Any],
        bonus: NDArray[np.float64],
        looks: NDArray[np.int64],
        seen: NDArray[np.int64] | None = None,
    ) -> None:
        """A row of each for every candidate; `seen[value]` is how often a value counts as shown before."""
        found, places = np.unique(values.flat, return_inverse=True)
        self._matrix = np.zeros((len(found), len(subjects)))
        self._matrix[places, np.repeat(np.arange(len(subjects)), values.lengths)] = 1.0
        self._worth = FADE ** (seen[found] if seen is not None else np.zeros(len(found)))
        self._gain = self._worth @ self._matrix + bonus
        self._novelty = Novelty(looks)
        self._free = np.ones(len(subjects), dtype=bool)
        self._subjects = subjects

    @property
    def left(self) -> bool:
        """Whether some were not shown yet."""
        return bool(self._free.any())

    def page(self, limit: int) -> list[int]:
        """Places of the next at most `limit` candidates; fewer when only more of the same patients are left."""
        found: list[int] = []
        allowed = self._free.copy()
        while len(found) < limit and allowed.any():
            best = int(np.where(allowed, self._gain + UNLIKE * self._novelty.of, -np.inf).argmax())
            self.show(best)
            allowed &= self._subjects != self._subjects[best]
            found.append(best)
        return found

    def show(self, place: int) -> None:
        """Note that this one is shown: its values count less from now on."""
        values = np.flatnonzero(self._matrix[:, place])
        self._gain -= (self._worth[values] * (1 - FADE)) @ self._matrix[values]
        self._worth[values] *= FADE
        self._novelty.show(place)
        self._free[place] = False
