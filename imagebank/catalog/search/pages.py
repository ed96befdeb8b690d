"""What every order gives: the rows of a page, and the places of its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """A place is what a cursor holds: something that JSON can; None where there is no such page."""

    rows: list[int]
    """Primary keys of the projection, in order."""
    next: Any = None
    previous: Any = None
    ranked: int | None = None
    """Size of the pool that was ranked."""
