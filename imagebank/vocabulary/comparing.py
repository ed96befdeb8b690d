"""What is another between two editions of the tables, row by row and cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from imagebank.vocabulary.tables import KEYS, Row, Tables, key_of

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that was added, removed or changed, with its cells; rows of the table that stand in another order."""

    table: str
    key: tuple[str, ...]
    kind: Kind
    cells: tuple[tuple[str, str, str], ...] = ()
    """(column, before, after)."""

    def told(self) -> Iterator[str]:
        """Lines for a person."""
        sign = {"added": "+", "removed": "-", "changed": "~", "moved": "^"}[self.kind]
        yield f"{sign} {self.table} {'/'.join(self.key)}".rstrip() + (" (order)" if self.kind == "moved" else "")
        for column, before, after in self.cells:
            if self.kind == "changed":
                yield f"    {column}: {before or '(empty)'} -> {after or '(empty)'}"
            elif after:
                yield f"    {column}: {after}"


def differences(before: Tables, after: Tables) -> list[Difference]:
    """Table by table in the order of names. Both have been checked (checks.faults)."""
    names = sorted({*before.rows, *after.rows})
    return [one for name in names for one in _of_table(name, before.rows.get(name, []), after.rows.get(name, []))]


def refusals(before: Tables, after: Tables) -> list[str]:
    """What may not be changed at all: columns, whole tables, and ids, which are retired and never taken out."""
    found = [f"{name}: the table is missing" for name in before.columns if name not in after.columns]
    found += [f"{name}: there is no such table" for name in after.columns if name not in before.columns]
    shared = [name for name in before.columns if name in after.columns]
    found += [f"{name}: other columns than before" for name in shared if before.columns[name] != after.columns[name]]
    return found or [
        f"{one.table}: {'/'.join(one.key)} was taken out: put it back, and retire it in retired.tsv"
        for one in differences(before, after)
        if one.kind == "removed" and (one.table not in KEYS or one.table in ("ids", "retired"))
    ]


def _of_table(name: str, before: list[Row], after: list[Row]) -> Iterator[Difference]:
    old = {key_of(name, row): row for row in before}
    new = {key_of(name, row): row for row in after}
    yield from (Difference(name, key, "removed") for key in old if key not in new)
    for key, row in new.items():
        if key not in old:
            yield Difference(name, key, "added", tuple((column, "", cell) for column, cell in row.items()))
        elif old[key] != row:
            cells = ((column, old[key].get(column, ""), cell) for column, cell in row.items())
            yield Difference(name, key, "changed", tuple(cell for cell in cells if cell[1] != cell[2]))
    if [key for key in old if key in new] != [key for key in new if key in old]:
        yield Difference(name, (), "moved")
