"""Greedy saturating coverage: which of the candidates add most to what was shown (design: search).

A value (an institution, a probe, an age band ...) counts less the more often it has been shown. At most one case of a
patient stands on a page: a hard rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FADE = 0.25
"""What a value still counts after each time it was shown, as a factor."""
QUALITY = 0.05
"""Weight of a step of image quality against a value never shown."""
JITTER = 1.5
"""At most what chance adds, in new values: another seed shows other cases. Costs 1 % of the coverage of a page."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be shown. `values` are (facet, value) pairs; `bonus` is added to what it covers."""

    subject: Any
    values: frozenset[tuple[str, str]]
    bonus: float = 0.0


class Board:
    """What was shown of the candidates, and what each of the others would add."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._matrix = _matrix(candidates)
        self._shown = np.zeros(self._matrix.shape[1])
        self._gain = self._matrix.sum(axis=1) + np.array([candidate.bonus for candidate in candidates])
        self._free = np.ones(len(candidates), dtype=bool)
        self._subjects = _numbered([candidate.subject for candidate in candidates])

    @property
    def left(self) -> bool:
        """Whether some were not shown yet."""
        return bool(self._free.any())

    def page(self, limit: int) -> list[int]:
        """Places of the next at most `limit` candidates; fewer when only more of the same patients are left."""
        found: list[int] = []
        allowed = self._free.copy()
        while len(found) < limit and allowed.any():
            best = int(np.where(allowed, self._gain, -np.inf).argmax())
            self.show(best)
            allowed &= self._free & (self._subjects != self._subjects[best])
            found.append(best)
        return found

    def show(self, place: int) -> None:
        """Note that this one is shown: its values count less from now on."""
        values = np.flatnonzero(self._matrix[place])
        lost = FADE ** self._shown[values] * (1 - FADE)
        self._shown[values] += 1
        self._gain -= self._matrix[:, values] @ lost
        self._free[place] = False


def _matrix(candidates: Sequence[Candidate]) -> NDArray[np.float64]:
    """Candidates x values, 1 where the candidate has the value."""
    places: dict[tuple[str, str], int] = {}
    cells = [(i, places.setdefault(v, len(places))) for i, c in enumerate(candidates) for v in sorted(c.values)]
    matrix = np.zeros((len(candidates), len(places)))
    if cells:
        matrix[tuple(np.array(cells).T)] = 1.0
    return matrix


def _numbered(keys: Sequence[Any]) -> NDArray[np.int64]:
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], dtype=np.int64)
