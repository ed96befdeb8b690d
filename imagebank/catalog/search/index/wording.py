"""The newest rows that hold a word or a phrase, found without reading all that hold it.

The newest rows are looked through first; they tell how common the text is, and so how many blocks of rows, going back,
should hold enough. A block's number stands among the words of its rows, so that the index of the words gives the rows
of these blocks alone. However wrong the guess, the answer is the same.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, QuerySet

from imagebank.catalog.models import PublicText

LOOKED: Final = 4_096
"""Newest rows that are looked through first."""
BLOCK: Final = 1 << 13
"""Primary keys of a block: what the trigger of PublicText shifts them by."""
SPARE: Final = 1.5
"""How many times the blocks that should do are asked for."""
MOST_BLOCKS: Final = 64
"""A text for which more were needed is so rare that all rows of its own index are read."""
UNSORTED: Final = -F("pk")
"""Newest first, as no index has it: PostgreSQL takes a row for cheap to look through and would go from row to row."""


class Blocks(SearchQuery):
    """Rows of any of these blocks; the numbers are lexemes as they stand, which no parser of words may touch."""

    template = "(%(expressions)s)::tsquery"

    def __init__(self, numbers: range) -> None:
        super().__init__(" | ".join(f"' {number}'" for number in numbers), search_type="raw")


def newest_holding(rows: QuerySet[PublicText], below: int, most: int) -> list[int]:
    """Primary keys of the newest `most` of these rows; LOOKED rows of all are above `below`, 0 if there are fewer."""
    found = _newest(rows.filter(pk__gt=below), "-pk", most)
    if below and len(found) < most:
        first = _first_block(below, len(found), most)
        if first:
            near = rows.filter(pk__lte=below, words=Blocks(range(first, below // BLOCK + 1)))
            found += _newest(near, UNSORTED, most - len(found))
        if len(found) < most:
            found += _newest(rows.filter(pk__lte=first * BLOCK - 1 if first else below), UNSORTED, most - len(found))
    return found


def _first_block(below: int, found: int, most: int) -> int:
    """Where to begin, so that the blocks up to `below` should hold as many as are missing; 0 to leave none out."""
    if not found:
        return 0
    blocks = int((most - found) * LOOKED / found * SPARE / BLOCK) + 2
    return max(below // BLOCK + 1 - blocks, 0) if blocks <= MOST_BLOCKS else 0


def _newest(rows: QuerySet[PublicText], order: Any, most: int) -> list[int]:
    return list(rows.order_by(order).values_list("pk", flat=True)[:most])
