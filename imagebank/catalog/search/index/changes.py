"""Following what changes in the projection: a trigger logs the rows of each statement in its own transaction.

Numbers of a sequence are not given in the order of commits, so the log is followed by transaction: everything before
the horizon (the oldest transaction still running when it was read) has been seen. What was read above it is remembered;
when such an entry is gone, its transaction was rolled back, and its rows are read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

NEXT: Final = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, log.xid, log.seq, log.rows
FROM (SELECT 1) AS one LEFT JOIN catalog_searchchange AS log ON log.xid >= %s
"""
Rows = tuple[int, ...] | None
"""Primary keys; None for all."""
Log = dict[int, tuple[int, Rows]]
"""{number of the entry: (transaction, rows)}."""
BEYOND: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Followed:
    """How far the log was read."""

    horizon: int
    above: Mapping[int, Rows] = field(default_factory=dict)
    """{number of the entry: its rows} of what was read of transactions from the horizon on."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What is new: the rows to read again, or everything."""

    followed: Followed
    rows: frozenset[int]
    everything: bool = False


def start() -> Followed:
    """At this moment: what is read from the database after it holds everything up to here."""
    horizon, _ = _log(BEYOND)
    return _above(*_log(horizon))


def since(followed: Followed) -> Changed:
    """One query."""
    horizon, log = _log(followed.horizon)
    fresh = [rows for seq, (_, rows) in log.items() if seq not in followed.above]
    undone = [rows for seq, rows in followed.above.items() if seq not in log]
    told = [*fresh, *undone]
    rows = frozenset(row for some in told for row in some or ())
    return Changed(_above(horizon, log), rows, everything=None in told)


def _above(horizon: int, log: Log) -> Followed:
    return Followed(horizon, {seq: rows for seq, (xid, rows) in log.items() if xid >= horizon})


def _log(horizon: int) -> tuple[int, Log]:
    """The horizon now, and what is logged from the one given on."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [horizon])
        found = cursor.fetchall()
    entries = {seq: (xid, None if rows is None else tuple(rows)) for _, xid, seq, rows in found if seq is not None}
    return found[0][0], entries
