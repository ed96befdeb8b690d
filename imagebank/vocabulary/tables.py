"""The vocabulary as files: tab-separated tables and the practice sheets, read and written without any database.

A table is UTF-8, one header line, no quoting; `;` inside a cell separates a list (data/README.md).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

DATA: Final = Path(__file__).resolve().parent / "data"
SHEETS: Final = "practice_sheets.yaml"
LANGUAGES: Final = ("en", "fr", "de", "es", "da")
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "choices": ("kind", "id"),
    "finding_broader": ("finding",),
    "finding_disclosure": ("finding",),
    "finding_exclusions": ("finding", "excludes"),
    "finding_signs": ("finding", "sign_of"),
    "ids": ("table", "id"),
    "indication_disclosure": ("indication",),
    "indication_findings": ("indication", "finding", "role"),
    "indication_views": ("indication", "view"),
    "licence_clauses": ("licence", "order"),
    "patient_attributes": ("attribute", "id"),
    "retired": ("table", "id"),
    "synonyms": ("table", "term", "lang", "synonym"),
    "view_probe_positions": ("view",),
    "view_quality_items": ("view", "order"),
    "words": ("means", "lang"),
}
"""Columns that tell a row of a table from another; `id` where nothing else is said."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables by file stem, their columns in order, the practice sheets, and a digest of the tables' bytes."""

    rows: dict[str, list[Row]]
    columns: dict[str, list[str]]
    sheets: dict[str, Any]
    digest: str

    def __getitem__(self, name: str) -> list[Row]:
        return self.rows[name]


_used: Tables | None = None


def read_tables(folder: Path = DATA) -> Tables:
    """Every `*.tsv` of `folder`, and its sheets, else those of the product. A short row carries None, a long one a
    None key (csv)."""
    texts = {file.stem: file.read_bytes().decode("utf-8-sig") for file in sorted(folder.glob("*.tsv"))}
    sheets = folder / SHEETS
    return parsed(texts, yaml.safe_load((sheets if sheets.exists() else DATA / SHEETS).read_text(encoding="utf-8")))


def parsed(texts: Mapping[str, str], sheets: dict[str, Any]) -> Tables:
    """Of {name: the table's text}."""
    read = {
        name: csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
        for name, text in texts.items()
    }
    columns = {name: list(reader.fieldnames or ()) for name, reader in read.items()}
    return Tables({name: list(reader) for name, reader in read.items()}, columns, sheets, _digest(texts))


def written(columns: Iterable[str], rows: Iterable[Row]) -> str:
    """The text of a table."""
    names = list(columns)
    lines = [names, *([row[name] for name in names] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines)


@cache
def packaged() -> Tables:
    """The tables that come with the product."""
    return read_tables()


def in_force() -> Tables:
    """The tables that queries are read with: those of the product, unless the database holds others (selectors)."""
    return _used or packaged()


def use(tables: Tables | None) -> None:
    """From now on in this process."""
    global _used
    _used = tables


def key_of(table: str, row: Row) -> tuple[str, ...]:
    """What tells the row from others of its table."""
    return tuple(row[column] for column in KEYS.get(table, ("id",)))


def split(cell: str) -> list[str]:
    """The items of a list cell; an empty cell has none."""
    return [item.strip() for item in cell.split(";") if item.strip()]


def setting_slugs(indication: Row) -> list[str]:
    """The settings of an indication; the table writes them as clinicians do (GP, ED, ICU)."""
    return split(indication["settings"].lower())


def labels(row: Row) -> dict[str, str]:
    """{language: label} of a row."""
    return {lang: row[f"label_{lang}"] for lang in LANGUAGES}


def _digest(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(name.encode() + b"\0" + texts[name].encode())
    return digest.hexdigest()
