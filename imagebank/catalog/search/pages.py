"""What every order gives: the rows of a page, and the places of its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Page:
    """A place is what a cursor holds: something that JSON can; None where there is no such page."""

    slots: NDArray[np.uint32]
    """Of the index, in order."""
    next: Any = None
    previous: Any = None
    ranked: int | None = None
    """Size of the pool that was ranked."""
