"""What the index knows of each row, as one array a property; a list of numbers a row is kept as one flat array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

PIECE: Final = 1 << 16
"""Rows worked on at a time."""


@dataclass(frozen=True, slots=True)
class Ragged:
    """A list of numbers for each row: row `i` has `flat[ends[i - 1]:ends[i]]`."""

    flat: NDArray[Any]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, flat: NDArray[Any], lengths: NDArray[Any]) -> Ragged:
        return cls(flat, np.cumsum(lengths, dtype=np.int64))

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.ends, prepend=0)

    def take(self, places: NDArray[Any]) -> Ragged:
        """The lists of these rows; piece by piece, as the places of the numbers take more memory than they."""
        pieces = [self._piece(places[i : i + PIECE]) for i in range(0, max(len(places), 1), PIECE)]
        return pieces[0] if len(pieces) == 1 else _joined(pieces)

    def _piece(self, places: NDArray[Any]) -> Ragged:
        ends = self.ends[places].astype(np.int64)
        starts = np.where(places > 0, self.ends[places.astype(np.int64) - 1], 0)
        lengths = ends - starts
        total = np.cumsum(lengths)
        step = np.arange(total[-1] if len(total) else 0) + np.repeat(starts - total + lengths, lengths)
        return Ragged(self.flat[step], total)


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows `0 .. size - 1`."""

    pk: NDArray[np.int64]
    shuffle: NDArray[np.int64]
    """Fixed pseudo-random place in the varied order."""
    day: NDArray[np.int32]
    """Of publication, counted from 1970."""
    open: NDArray[np.bool_]
    """Whether it needs no account."""
    quality: NDArray[np.int8]
    clips: NDArray[np.int16]
    subject: NDArray[np.int64]
    """64 bits of the random id of the patient; the generation's own small number instead once it is taken in."""
    look: NDArray[np.int64]
    """Of the picture on the card (looks.py)."""
    tag: NDArray[np.int64]
    """The first 64 bits of the document's own tag: another document, another tag."""
    terms: Ragged
    """Numbers of facet values."""
    values: Ragged
    """Numbers of what the varied order covers (see `codes`)."""

    @property
    def size(self) -> int:
        return len(self.pk)

    def take(self, places: NDArray[Any]) -> Columns:
        return Columns(**{field.name: _take(getattr(self, field.name), places) for field in fields(self)})


def joined(parts: Sequence[Columns]) -> Columns:
    """One after the other."""
    return Columns(**{f.name: _joined([getattr(part, f.name) for part in parts]) for f in fields(Columns)})


def _take(column: Any, places: NDArray[Any]) -> Any:
    return column.take(places) if isinstance(column, Ragged) else column[places]


def _joined(columns: list[Any]) -> Any:
    if not isinstance(columns[0], Ragged):
        return np.concatenate(columns)
    flat = np.concatenate([column.flat for column in columns])
    return Ragged.of(flat, np.concatenate([column.lengths for column in columns]))
