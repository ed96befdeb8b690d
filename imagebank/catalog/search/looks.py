"""What the picture on a case's card looks like, in eight bytes: for the varied order, which shows others beside it.

A look (`Look`) is 128 numbers. Eight sums of them under fixed random signs keep the distances of looks, near enough
for an order (Johnson and Lindenstrauss), in a sixteenth of the place; they lie in one 64-bit number, 0 for none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

NUMBERS: Final = 8
FULL: Final = 128
"""Numbers of a look."""
STEP: Final = 8.0
"""What one step of a byte stands for: sums of a look of length 360 seldom pass 127 steps."""
FAR: Final = 128.0
"""Steps from which on two pictures are as different as can be (looks about 360 apart)."""


def packed(look: Sequence[float]) -> int:
    """The 64-bit number of a look."""
    steps = np.clip(np.rint(_signs() @ np.asarray(look, dtype=np.float64) / STEP), -127, 127)
    return int(steps.astype(np.int8).view("<i8")[0])


def unpacked(looks: NDArray[np.int64]) -> NDArray[np.float32]:
    """(looks, NUMBERS)"""
    bytes_of = np.ascontiguousarray(looks, dtype="<i8").view(np.int8)
    return bytes_of.reshape(len(looks), NUMBERS).astype(np.float32)


class Novelty:
    """How unlike each of the candidates is to what was shown, from 0 to 1 by the square; 1 before anything was."""

    def __init__(self, looks: NDArray[np.int64]) -> None:
        self._looks = unpacked(looks) / np.float32(FAR)
        self._squares = (self._looks**2).sum(axis=1)
        self.of = np.ones(len(looks), dtype=np.float32)

    def show(self, place: int) -> None:
        """Note that this one is shown."""
        apart = self._squares + self._squares[place] - 2 * (self._looks @ self._looks[place])
        np.minimum(self.of, apart, out=self.of)


@cache
def _signs() -> NDArray[np.float64]:
    """(NUMBERS, FULL) of 1 and -1, the same for ever: what is stored was made by them."""
    drawn: Any = np.frombuffer(hashlib.shake_256(b"look").digest(NUMBERS * FULL // 8), dtype=np.uint8)
    return np.asarray(np.unpackbits(drawn).reshape(NUMBERS, FULL) * 2.0 - 1.0, dtype=np.float64)
