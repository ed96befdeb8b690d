"""The vocabulary as files: tab-separated tables and the practice sheets, read without any database.

A table is UTF-8, one header line, no quoting; `;` inside a cell separates a list (data/README.md).
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent / "data"
LANGUAGES = ("en", "fr", "de", "es", "da")

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables by file stem, the practice sheets, and a digest of every byte they were read from."""

    rows: dict[str, list[Row]]
    sheets: dict[str, Any]
    digest: str

    def __getitem__(self, name: str) -> list[Row]:
        return self.rows[name]


def read_tables(folder: Path = DATA) -> Tables:
    """Every `*.tsv` and `practice_sheets.yaml` of `folder`. A short row carries None, a long one a None key (csv)."""
    files = [*sorted(folder.glob("*.tsv")), folder / "practice_sheets.yaml"]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    sheets = yaml.safe_load(files[-1].read_text(encoding="utf-8"))
    return Tables({file.stem: _read(file) for file in files[:-1]}, sheets, digest.hexdigest())


def split(cell: str) -> list[str]:
    """The items of a list cell; an empty cell has none."""
    return [item.strip() for item in cell.split(";") if item.strip()]


def setting_slugs(indication: Row) -> list[str]:
    """The settings of an indication; the table writes them as clinicians do (GP, ED, ICU)."""
    return split(indication["settings"].lower())


def labels(row: Row) -> dict[str, str]:
    """{language: label} of a row."""
    return {lang: row[f"label_{lang}"] for lang in LANGUAGES}


def _read(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
