"""Many rows at once: taking changes into the index, writing and reading the projection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction

from deploy.benchmarks.measuring import cpu_ms, say, timed
from imagebank.catalog.search.index import current

SOME: Final = 100_000
COLUMNS: Final = (
    "case_id, audience, hidden, document, etag, terms, shuffle, published_on, quality, clips, true_subject, true_look,"
    " true_values"
)
TOUCH: Final = (
    "UPDATE catalog_publiccase SET quality = quality WHERE id IN (SELECT id FROM catalog_publiccase LIMIT %s)"
)
STAGED: Final = (
    "CREATE TEMP TABLE staged WITH (toast_tuple_target = 8160) ON COMMIT DROP AS"  # noqa: S608
    f" SELECT {COLUMNS} FROM catalog_publiccase LIMIT 0"
)
TAKEN: Final = f"COPY (SELECT {COLUMNS} FROM catalog_publiccase LIMIT %s) TO STDOUT"  # noqa: S608
CHANGED: Final = TAKEN.replace(" etag,", " reverse(etag),")
PUT: Final = f"COPY {{}} ({COLUMNS}) FROM STDIN"
UPSERT: Final = (
    f"INSERT INTO catalog_publiccase ({COLUMNS}) SELECT {COLUMNS} FROM staged"  # noqa: S608
    " ON CONFLICT (case_id) DO UPDATE SET document = excluded.document,"
    " etag = excluded.etag, terms = excluded.terms, true_values = excluded.true_values"
    " WHERE catalog_publiccase.etag <> excluded.etag"
)
PUBLIC: Final = (
    "COPY (SELECT document FROM catalog_publiccase WHERE NOT hidden AND audience = 'open' LIMIT %s) TO STDOUT"
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
    same, changed = list(_copied(TAKEN, SOME)), list(_copied(CHANGED, SOME))
    with transaction.atomic():
        _execute("DROP INDEX catalog_publiccase_text")
        _execute("SET CONSTRAINTS ALL IMMEDIATE")
        _told("there and the same", same)
        _told("there and changed", changed)
        _execute("DELETE FROM catalog_publiccase WHERE case_id IN (SELECT case_id FROM staged)")
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
    _execute("DROP TABLE IF EXISTS staged")
    begun = cpu_ms()
    _execute(STAGED)
    with connection.cursor() as cursor, cursor.copy(PUT.format("staged")) as into:
        for block in data:
            into.write(block)
    _execute(UPSERT)
    return (cpu_ms() - begun) / 1_000


def _copied(query: str, rows: int) -> Iterable[bytes]:
    with connection.cursor() as cursor, cursor.copy(query, [rows]) as out:
        for block in out:
            yield bytes(block)


def _execute(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
