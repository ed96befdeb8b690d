"""What an edge gateway knows of each object between its spool and the bank: one SQLite file, no identifier in it."""

from __future__ import annotations

import random
import sqlite3
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS object (
    id TEXT PRIMARY KEY,
    bytes TEXT UNIQUE,               -- keyed hash of the original's bytes, its SOP Instance UID among them
    state TEXT NOT NULL,             -- received, clean, sent; held, refused, failed, rejected; repeated, expired
    code TEXT NOT NULL DEFAULT '',   -- why it is not sent
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0,
    since REAL NOT NULL
)
"""
LONGEST: Final = 300.0
"""Seconds between two attempts, at most."""
ATTEMPTS: Final = 3
"""To clean one object, each of which may end with our own fault."""


@dataclass(frozen=True, slots=True)
class Row:
    id: uuid.UUID
    attempts: int


class Ledger:
    """Each change is durable before the next step is taken."""

    def __init__(self, path: Path) -> None:
        self._line = sqlite3.connect(path, isolation_level=None)
        self._line.execute("PRAGMA journal_mode=WAL")
        self._line.execute("PRAGMA synchronous=FULL")
        self._line.execute(SCHEMA)

    def add(self, original: uuid.UUID) -> None:
        """It came out of the spool. May be repeated."""
        self._line.execute(
            "INSERT OR IGNORE INTO object (id, state, since) VALUES (?, 'received', ?)", [str(original), time.time()]
        )

    def name_bytes(self, original: uuid.UUID, keyed: str) -> bool:
        """False when the same bytes are on their way already, or were sent: this object then is `repeated`."""
        try:
            self._line.execute("UPDATE object SET bytes = ? WHERE id = ?", [keyed, str(original)])
        except sqlite3.IntegrityError:
            return False
        return True

    def set(self, original: uuid.UUID, state: str, code: str = "") -> None:
        """A new state; what did not go through gives its bytes free, so that the station may send them again."""
        free = ", bytes = NULL" if state in ("held", "refused", "failed", "rejected", "expired") else ""
        self._line.execute(
            f"UPDATE object SET state = ?, code = ?, since = ?, attempts = 0, due = 0{free} WHERE id = ?",  # noqa: S608
            [state, code, time.time(), str(original)],
        )

    def later(self, row: Row, code: str) -> None:
        """Tried in vain: again after 1, 2, 4 ... 300 s."""
        pause = min(LONGEST, 2.0**row.attempts) * random.uniform(0.8, 1.2)  # noqa: S311
        self._line.execute(
            "UPDATE object SET attempts = attempts + 1, code = ?, due = ? WHERE id = ?",
            [code, time.time() + pause, str(row.id)],
        )

    def due(self, state: str, most: int) -> list[Row]:
        """Those of a state whose time has come, the oldest first."""
        found = self._line.execute(
            "SELECT id, attempts FROM object WHERE state = ? AND due <= ? ORDER BY since LIMIT ?",
            [state, time.time(), most],
        )
        return [Row(uuid.UUID(each), attempts) for each, attempts in found]

    def older(self, states: tuple[str, ...], age: float) -> list[uuid.UUID]:
        """Those that have been in one of the states for so many seconds."""
        marks = ", ".join("?" for _ in states)
        found = self._line.execute(
            f"SELECT id FROM object WHERE state IN ({marks}) AND since < ?",  # noqa: S608
            [*states, time.time() - age],
        )
        return [uuid.UUID(each) for (each,) in found]

    def states(self) -> Mapping[str, int]:
        """State -> number of objects."""
        return dict(self._line.execute("SELECT state, count(*) FROM object GROUP BY state ORDER BY state"))

    def codes(self) -> Mapping[str, int]:
        """Why objects wait or were not sent -> number of objects."""
        return dict(
            self._line.execute(
                "SELECT state || ': ' || code, count(*) FROM object WHERE code != '' GROUP BY 1 ORDER BY 1"
            )
        )
