"""Many rows at once: taking changes into the index, writing and reading the projection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from django.db import connection, transaction
from psycopg.sql import SQL, Composable, Identifier

from deploy.benchmarks.measuring import cpu_ms, say, timed
from imagebank.catalog.search.index import current

SOME: Final = 50_000
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
KEYS: Final = SQL("CREATE TEMP TABLE keys (case_id uuid, etag text) ON COMMIT DROP")
TAKE: Final = SQL("COPY (SELECT {} FROM {} ORDER BY id LIMIT %s) TO STDOUT")
"""The same rows each time: without an order a scan begins where another is."""
WANTED: Final = SQL(
    "COPY (SELECT case_id, there.etag IS NULL FROM keys LEFT JOIN {} AS there USING (case_id)"
    " WHERE there.etag IS DISTINCT FROM keys.etag) TO STDOUT"
).format(TABLE)
CHANGE: Final = SQL(
    "INSERT INTO {1} ({0}) SELECT {0} FROM staged ON CONFLICT (case_id) DO UPDATE SET document = excluded.document,"
    " etag = excluded.etag, terms = excluded.terms, true_values = excluded.true_values"
).format(COLUMNS, TABLE)
"""Row by row through the index; an UPDATE that joins reads the whole of a large bank."""
PUBLIC: Final = SQL("COPY (SELECT document FROM {} WHERE NOT hidden AND audience = 'open' LIMIT %s) TO STDOUT").format(
    TABLE
)
Lines = Mapping[bytes, bytes]
"""{case: its row as COPY writes it}."""


def fold() -> None:
    """What the next answer after so many changed rows costs more."""
    for rows in (1, 100, 10_000):
        with transaction.atomic():
            _execute(TOUCH, rows)
        took, _ = timed(current.generation)
        say(f"taking in {rows:,} changed cases", f"{took:.0f} ms", "fresh < 5 s")


def upsert() -> None:
    """Rows as another node would send them, their text left to a task; foreign keys are checked within the time.

    Case and etag of every row go first. The database says which of them it lacks, and only these follow: what is new
    straight into the table, what was changed by way of a table of the session.
    """
    same, changed = (_lines(_copied(TAKE.format(columns, TABLE), SOME)) for columns in (COLUMNS, OTHER))
    with transaction.atomic():
        _execute(SQL("SET CONSTRAINTS ALL IMMEDIATE"))
        _told("there and the same", same)
        _told("there and changed", changed)
        _execute(
            SQL(
                "DELETE FROM catalog_publictext USING keys, {0} WHERE row_id = id AND {0}.case_id = keys.case_id"
            ).format(TABLE)
        )
        _execute(SQL("DELETE FROM {} WHERE case_id IN (SELECT case_id FROM keys)").format(TABLE))
        _told("new", same)
        transaction.set_rollback(True)


def _told(name: str, lines: Lines) -> None:
    _execute(SQL("DROP TABLE IF EXISTS staged, keys"))
    begun = cpu_ms()
    _written(lines)
    say(f"upsert of rows that are {name}", f"{SOME * 1_000 / (cpu_ms() - begun):,.0f} rows/CPU-s", ">= 40,000")


def export() -> None:
    """All documents of the public, as one stream."""
    begun = cpu_ms()
    size = sum(map(len, _copied(PUBLIC, SOME * 2)))
    took = (cpu_ms() - begun) / 1_000
    say("export of documents", f"{SOME * 2 / took:,.0f} rows/CPU-s, {size / took / 1e6:.0f} MB/s", ">= 50,000")


def _written(lines: Lines) -> None:
    """The clock is of CPU-seconds of both sides, whose work overlaps: not less than it takes on two idle cores."""
    _execute(KEYS)
    _put(SQL("COPY keys FROM STDIN"), [case + b"\t" + line.split(b"\t", 5)[4] + b"\n" for case, line in lines.items()])
    wanted = [row.split() for row in b"".join(_copied(WANTED)).splitlines()]
    new, changed = ([lines[case] for case, lacking in wanted if lacking == is_new] for is_new in (b"t", b"f"))
    if changed:
        _execute(STAGED)
        _put(SQL("COPY staged ({}) FROM STDIN").format(COLUMNS), changed)
        _execute(CHANGE)
    if new:
        _put(SQL("COPY {} ({}) FROM STDIN").format(TABLE, COLUMNS), new)


def _put(statement: Composable, lines: Sequence[bytes]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for block in _blocks(lines):
            into.write(block)


def _copied(query: Composable, *values: int) -> Iterable[bytes]:
    with connection.cursor() as cursor, cursor.copy(query, values or None) as out:
        for block in out:
            yield bytes(block)


def _lines(rows: Iterable[bytes]) -> Lines:
    """One row each, as COPY gives them."""
    return {row.split(b"\t", 1)[0]: row for row in rows}


def _blocks(rows: Iterable[bytes]) -> Iterator[bytes]:
    """As many rows as fill a block, not row by row."""
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
