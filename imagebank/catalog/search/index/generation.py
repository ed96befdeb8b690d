"""One state of the index, never changed: readers keep theirs while the next one is made beside it.

Slots below `base.size` are in the order of the shuffle; those published since follow in `tail` as they came. A case
that changed leaves its slot and takes a new one. Packing sorts everything anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from . import source
from .columns import Columns, Ragged, joined
from .kept import Kept
from .postings import Postings, bitmap, changed, posted, slots_of
from .source import Codes

COUNTED: Final = ("institution", "country", "model")
"""What the variety of all matches counts."""


@dataclass(frozen=True)
class Generation:
    """Everything a search reads but the documents and the text."""

    base: Columns
    tail: Columns
    codes: Codes
    live: BitMap
    """Slots of cases that an account may see."""
    open: BitMap
    """Those that need no account."""
    terms: Postings
    values: Postings
    """Of the codes that are counted."""
    newest: NDArray[np.uint32]
    """Slots of the base, newest first; of one day by the shuffle."""
    by_pk: NDArray[np.uint32]
    """Slots of the base by primary key."""
    subjects: NDArray[np.int64]
    """Keys of the patients of the base, ascending; the place is the patient's number."""
    more_subjects: Mapping[int, int] = field(default_factory=dict)
    """{key: number} of those that came since."""
    kept: Kept = field(default_factory=Kept)

    @property
    def patients(self) -> int:
        """One more than the highest number of a patient."""
        return len(self.subjects) + len(self.more_subjects)

    def of(self, name: str, slots: NDArray[Any]) -> NDArray[Any]:
        """A column's values at these slots."""
        first, second = getattr(self.base, name), getattr(self.tail, name)
        late = slots >= self.base.size
        if not late.any():
            return np.asarray(first[slots])
        found = np.empty(len(slots), dtype=first.dtype)
        found[~late] = first[slots[~late]]
        found[late] = second[slots[late] - self.base.size]
        return found

    def lists(self, name: str, slots: NDArray[Any]) -> Ragged:
        """A column of lists at these ascending slots."""
        cut = int(np.searchsorted(slots, self.base.size))
        early, late = getattr(self.base, name).take(slots[:cut]), getattr(self.tail, name)
        if cut == len(slots):
            return early
        late = late.take(slots[cut:] - self.base.size)
        return Ragged(np.concatenate([early.flat, late.flat]), np.append(early.ends, late.ends + len(early.flat)))

    def slots(self, pks: Iterable[int]) -> NDArray[np.uint32]:
        """Slots of the rows that are in the index, ascending."""
        wanted = np.unique(np.fromiter(pks, dtype=np.int64))
        late = self.base.size + np.flatnonzero(np.isin(self.tail.pk, wanted))
        found = bitmap(np.unique(np.append(self._early(wanted), late))) & self.live
        return slots_of(found)

    def _early(self, wanted: NDArray[np.int64]) -> NDArray[Any]:
        places = np.searchsorted(self.base.pk, wanted, sorter=self.by_pk)
        slots = self.by_pk[np.minimum(places, max(self.base.size - 1, 0))] if self.base.size else self.by_pk
        return slots[self.base.pk[slots] == wanted] if len(slots) else slots

    @cached_property
    def newest_late(self) -> NDArray[np.uint32]:
        """Slots of the tail as `newest` has those of the base."""
        order = np.lexsort((self.tail.shuffle, -self.tail.day.astype(np.int64)))
        return (order + self.base.size).astype(np.uint32)

    @cached_property
    def counted(self) -> dict[str, list[int]]:
        """{name: codes} of what the variety counts."""
        return {name: [n for n in self.values if self.codes.known[n][0] == name] for name in COUNTED}

    @property
    def loose(self) -> int:
        """Rows beside the sorted ones, and those that left."""
        return self.base.size + 2 * self.tail.size - len(self.live)

    @cached_property
    def highest(self) -> int:
        """Primary key."""
        return int(max(self.base.pk.max(initial=0), self.tail.pk.max(initial=0)))

    def below_newest(self, count: int) -> int:
        """The primary key above which so many rows are known; 0 when there are no more of them."""
        early = self.base.pk[self.by_pk[-count:]]
        least = early[0] if len(early) == count else 0
        known = np.unique(np.append(early, self.tail.pk[self.tail.pk > least]))
        return int(known[-count]) - 1 if len(known) >= count else 0

    def coded(self, name: str, values: Iterable[str]) -> list[BitMap]:
        """Slots of those values of a counted name that are met."""
        wanted = set(values)
        return [self.values[number] for number in self.counted[name] if self.codes.known[number][1] in wanted]

    def folded(self, pks: Iterable[int]) -> Generation:
        """With these rows as they are in the database now."""
        wanted, codes = set(pks), self.codes.copy()
        old, new = self.slots(wanted), source.read(codes, wanted)
        numbers, more_subjects = self._numbered(new.subject)
        new = replace(new, subject=numbers)
        came = np.arange(new.size, dtype=np.uint32) + np.uint32(self.base.size + self.tail.size)
        gone, arrived = bitmap(old), bitmap(came)
        return replace(
            self,
            tail=joined([self.tail, new]),
            codes=codes,
            live=(self.live - gone) | arrived,
            open=(self.open - gone) | bitmap(came[new.open]),
            terms=changed(self.terms, less=posted(self.lists("terms", old), old), more=posted(new.terms, came)),
            values=changed(
                self.values,
                less=_counted(posted(self.lists("values", old), old), codes),
                more=_counted(posted(new.values, came), codes),
            ),
            more_subjects=more_subjects,
            kept=Kept(),
        )

    def _numbered(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], dict[int, int]]:
        """The patients' numbers, with those given anew."""
        more, found = dict(self.more_subjects), np.searchsorted(self.subjects, keys)
        for i, key in enumerate(keys.tolist()):
            if found[i] == len(self.subjects) or self.subjects[found[i]] != key:
                found[i] = more.setdefault(key, len(self.subjects) + len(more))
        return found, more

    def packed(self) -> Generation:
        """The same cases, all in the base."""
        rows = joined([self.base, self.tail]).take(slots_of(self.live))
        late = np.fromiter(self.more_subjects, dtype=np.int64, count=len(self.more_subjects))
        keys = np.append(self.subjects, late)
        return packed(replace(rows, subject=keys[rows.subject]), self.codes)


def packed(rows: Columns, codes: Codes) -> Generation:
    """Of rows whose patients are given by their keys."""
    if (np.diff(rows.shuffle) < 0).any():
        rows = rows.take(np.argsort(rows.shuffle, kind="stable"))
    slots = np.arange(rows.size, dtype=np.uint32)
    subjects, numbers = np.unique(rows.subject, return_inverse=True)
    base = replace(rows, subject=numbers.astype(np.int32))
    return Generation(
        base=base,
        tail=base.take(slots[:0]),
        codes=codes,
        live=bitmap(slots),
        open=bitmap(slots[rows.open]),
        terms=posted(rows.terms, slots),
        values=_counted(posted(rows.values, slots), codes),
        newest=np.argsort(-rows.day, kind="stable").astype(np.uint32),
        by_pk=np.argsort(rows.pk).astype(np.uint32),
        subjects=subjects,
    )


def built() -> Generation:
    """From the database."""
    codes = Codes()
    return packed(source.read(codes), codes)


def _counted(values: Postings, codes: Codes) -> Postings:
    return {number: found for number, found in values.items() if codes.known[number][0] in COUNTED}
