"""Many rows at once: taking changes into the index, writing and reading the projection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.db import connection, transaction
from psycopg.sql import SQL, Composable, Identifier

from deploy.benchmarks.measuring import cpu_ms, say, timed
from imagebank.catalog.search.index import current

SOME: Final = 100_000
BLOCK: Final = 1 << 16
NAMES: Final = (
    "case_id", "audience", "hidden", "document", "etag", "terms", "shuffle", "published_on", "quality", "clips",
    "true_subject", "true_look", "true_values",
)  # fmt: skip
TABLE: Final = Identifier("catalog_publiccase")
COLUMNS: Final = SQL(", ").join(map(Identifier, NAMES))
OTHER: Final = SQL(", ").join(SQL("reverse(etag)") if name == "etag" else Identifier(name) for name in NAMES)
"""The same columns with another etag, as of a case that was changed."""
TOUCH: Final = SQL("UPDATE {0} SET quality = quality WHERE id IN (SELECT id FROM {0} LIMIT %s)").format(TABLE)
STAGED: Final = SQL(
    "CREATE TEMP TABLE staged WITH (toast_tuple_target = 8160) ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0"
).format(COLUMNS, TABLE)
TAKE: Final = SQL("COPY (SELECT {} FROM {} ORDER BY id LIMIT %s) TO STDOUT")
"""The same rows each time: without an order a scan begins where another is."""
PUT: Final = SQL("COPY staged ({}) FROM STDIN").format(COLUMNS)
UPSERT: Final = SQL(
    "INSERT INTO {1} ({0}) SELECT {0} FROM staged ON CONFLICT (case_id) DO UPDATE SET document = excluded.document,"
    " etag = excluded.etag, terms = excluded.terms, true_values = excluded.true_values"
    " WHERE {1}.etag <> excluded.etag"
).format(COLUMNS, TABLE)
PUBLIC: Final = SQL("COPY (SELECT document FROM {} WHERE NOT hidden AND audience = 'open' LIMIT %s) TO STDOUT").format(
    TABLE
)


def fold() -> None:
    """What the next answer after so many changed rows costs more."""
    for rows in (1, 100, 10_000):
        with transaction.atomic():
            _execute(TOUCH, rows)
        took, _ = timed(current.generation)
        say(f"taking in {rows:,} changed cases", f"{took:.0f} ms", "fresh < 5 s")


def upsert() -> None:
    """Rows as another node would send them, their text left to a task; foreign keys are checked within the time."""
    same, changed = (list(_blocks(_copied(TAKE.format(columns, TABLE), SOME))) for columns in (COLUMNS, OTHER))
    with transaction.atomic():
        _execute(SQL("DROP INDEX catalog_publiccase_text"))
        _execute(SQL("SET CONSTRAINTS ALL IMMEDIATE"))
        _told("there and the same", same)
        _told("there and changed", changed)
        _execute(SQL("DELETE FROM {} WHERE case_id IN (SELECT case_id FROM staged)").format(TABLE))
        _told("new", same)
        transaction.set_rollback(True)


def _told(name: str, data: Iterable[bytes]) -> None:
    took = _written(data)
    say(f"upsert of rows that are {name}", f"{SOME / took:,.0f} rows/CPU-s", ">= 40,000")


def export() -> None:
    """All documents of the public, as one stream."""
    begun = cpu_ms()
    size = sum(map(len, _copied(PUBLIC, SOME * 2)))
    took = (cpu_ms() - begun) / 1_000
    say("export of documents", f"{SOME * 2 / took:,.0f} rows/CPU-s, {size / took / 1e6:.0f} MB/s", ">= 50,000")


def _written(data: Iterable[bytes]) -> float:
    """CPU-seconds of both sides, whose work overlaps: not less than it takes on two idle cores."""
    _execute(SQL("DROP TABLE IF EXISTS staged"))
    begun = cpu_ms()
    _execute(STAGED)
    with connection.cursor() as cursor, cursor.copy(PUT) as into:
        for block in data:
            into.write(block)
    _execute(UPSERT)
    return (cpu_ms() - begun) / 1_000


def _copied(query: Composable, rows: int) -> Iterable[bytes]:
    with connection.cursor() as cursor, cursor.copy(query, [rows]) as out:
        for block in out:
            yield bytes(block)


def _blocks(rows: Iterable[bytes]) -> Iterator[bytes]:
    """As a file or a connection gives them, not row by row."""
    waiting = bytearray()
    for row in rows:
        waiting += row
        if len(waiting) >= BLOCK:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _execute(statement: Composable, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
