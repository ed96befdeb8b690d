"""One of everybody, and where in the whole database a text still stands."""

from __future__ import annotations

from django.db import connection

from tests.api.conftest import world

__all__ = ["tables_with", "world"]


def tables_with(text: str) -> set[str]:
    """Names of all tables that hold a row in which `text` stands."""
    found = set()
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(name)
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {quoted} AS row WHERE position(lower(%s) IN lower(row::text)) > 0)",  # noqa: S608 - names of our own tables
                [text],
            )
            if cursor.fetchone()[0]:
                found.add(name)
    return found
