"""Editing by tables: out to a folder, and back with a difference that is read before it is made so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from imagebank.accounts.models import User
from imagebank.core.errors import Invalid
from imagebank.vocabulary.checks import faults, misshapen
from imagebank.vocabulary.comparing import Difference, differences, refusals
from imagebank.vocabulary.selectors import stored
from imagebank.vocabulary.services import load
from imagebank.vocabulary.standing import ids_of
from imagebank.vocabulary.tables import Tables, read_tables, written


def export(folder: Path) -> int:
    """Every table into `folder`, which is made; returns how many. Invalid before the first loading."""
    tables = _held()
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in tables.columns.items():
        (folder / f"{name}.tsv").write_text(written(columns, tables[name]), encoding="utf-8", newline="")
    return len(tables.columns)


def compare(folder: Path) -> list[Difference]:
    """What the tables of `folder` would change. Invalid names what may not be changed, and every fault."""
    return differences(_held(), _edited(folder))


def take(folder: Path, *, author: User, reason: str) -> int:
    """Make the database say what the tables of `folder` say; returns the release. Invalid as `compare`."""
    return load(tables=_edited(folder), author=author, reason=reason).release


def _held() -> Tables:
    tables = stored()
    if tables is None:
        raise Invalid("vocabulary", errors={"vocabulary": ["The database holds no vocabulary yet: load_vocabulary."]})
    return tables


def _edited(folder: Path) -> Tables:
    """Checked, and with new ids entered into the register."""
    tables = read_tables(folder)
    found = misshapen(tables) or refusals(_held(), tables)
    if not found:
        tables = _registered(tables)
        found = faults(tables)
    if found:
        raise Invalid("vocabulary", errors={"vocabulary": found})
    return tables


def _registered(tables: Tables) -> Tables:
    known = {(row["table"], row["id"]) for row in tables["ids"]}
    new = [{"table": table, "id": slug} for table, slug in ids_of(tables) if (table, slug) not in known]
    return replace(tables, rows={**tables.rows, "ids": [*tables["ids"], *new]})
