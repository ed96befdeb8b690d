"""Encapsulated pixel data (PS3.5 A.4): where each fragment lies, read from its item headers alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from anonymize.errors import Refused
from anonymize.parsing.elements import UNDEFINED, Walk

DELIMITER: Final = 8
"""Length of the sequence delimiter."""


@dataclass(slots=True)
class Fragments:
    """Offsets and lengths in the file; the basic offset table is not among them."""

    places: list[tuple[int, int]] = field(default_factory=list)
    start: int = 0
    """Where the pixel data begin in the file."""
    end: int = 0
    """Past the sequence delimiter, or past the last whole fragment."""
    complete: bool = True


def scan(walk: Walk, start: int, size: int) -> Fragments:
    """Walk over the items from `start`; a file cut inside of them is not `complete`."""
    found = Fragments(start=start, end=start)
    first = True
    while True:
        try:
            group, number, length = walk.unpack("HHI", found.end, size)
        except EOFError:
            found.complete = False
            return found
        if group != 0xFFFE or number not in (0xE000, 0xE0DD) or length == UNDEFINED:
            raise Refused("refused.broken")
        if number == 0xE0DD:
            found.end += DELIMITER
            return found
        if found.end + 8 + length > size:
            found.complete = False
            return found
        if not first:
            found.places.append((found.end + 8, length))
        if len(found.places) > walk.limits.elements:
            raise Refused("refused.limit_elements", limit=walk.limits.elements)
        found.end, first = found.end + 8 + length, False
