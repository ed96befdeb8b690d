"""Rules of the relations between terms, and of ids: given once, retired with a successor, never given again."""

from __future__ import annotations

from collections.abc import Iterator

from imagebank.vocabulary.hierarchy import above, broader_of, excluded, narrower_of, signs_of, with_kinds
from imagebank.vocabulary.tables import KEYS, Tables

REPLACEABLE = ("findings", "indications", "views")
LINKS = (
    ("indication_findings", "finding", "findings"), ("indication_findings", "indication", "indications"),
    ("indication_views", "view", "views"), ("indication_views", "indication", "indications"),
    ("finding_broader", "finding", "findings"), ("finding_broader", "broader", "findings"),
    ("finding_exclusions", "finding", "findings"), ("finding_exclusions", "excludes", "findings"),
    ("finding_signs", "finding", "findings"), ("finding_signs", "sign_of", "findings"),
)  # fmt: skip
"""(table, column, table whose ids the column holds) of what may not name a retired term."""


def _broader(tables: Tables) -> Iterator[str]:
    broader = broader_of(tables)
    for finding in broader:
        if finding in above(finding, broader):
            yield f"finding_broader: {finding} is a kind of itself"
    told = {row["finding"]: row["disclosure"] for row in tables["finding_disclosure"]}
    for finding, parent in broader.items():
        if told.get(parent, "ordinary") != "ordinary" and told.get(finding, "ordinary") == "ordinary":
            yield f"finding_disclosure: {finding} is ordinary, but {parent}, of which it is a kind, is not"


def _signs(tables: Tables) -> Iterator[str]:
    """A sign tells what it is a sign of to whoever reads it, and so is no less sensitive."""
    known, broader = {row["id"] for row in tables["findings"]}, broader_of(tables)
    told = {row["finding"]: row["disclosure"] for row in tables["finding_disclosure"]}
    for finding, signs in signs_of(tables).items():
        yield from (f"finding_signs: unknown finding {one}" for one in (finding, *signs) if one not in known)
        for sign in signs:
            if sign in {finding, *above(finding, broader)} or finding in above(sign, broader):
                yield f"finding_signs: {sign} is a kind of what it is a sign of"
            if told.get(finding, "ordinary") != "ordinary" and told.get(sign, "ordinary") == "ordinary":
                yield f"finding_disclosure: {sign} is ordinary, but {finding}, of which it is a sign, is not"


def _exclusions(tables: Tables) -> Iterator[str]:
    broader, narrower = broader_of(tables), narrower_of(tables)
    for finding, others in excluded(tables).items():
        line = {finding, *above(finding, broader), *with_kinds([finding], narrower)}
        yield from (f"finding_exclusions: {finding} excludes {other}" for other in sorted(line & others))


def _register(tables: Tables) -> Iterator[str]:
    known = {(row["table"], row["id"]) for row in tables["ids"]}
    given = set(ids_of(tables))
    yield from (f"{table}: {slug} was taken out; put it back and retire it" for table, slug in sorted(known - given))
    yield from (f"ids: {table} {slug} is not in the register" for table, slug in sorted(given - known))


def _retired(tables: Tables) -> Iterator[str]:
    gone = {(row["table"], row["id"]) for row in tables["retired"]}
    given = set(ids_of(tables))
    for row in tables["retired"]:
        table, slug, successor = row["table"], row["id"], row["successor"]
        if (table, slug) not in given:
            yield f"retired: unknown {table} {slug}"
        if successor and table not in REPLACEABLE:
            yield f"retired: only {', '.join(REPLACEABLE)} have successors"
        elif successor and ((table, successor) not in given or (table, successor) in gone):
            yield f"retired: {slug} has the successor {successor}, which is not in use"
    for name, column, table in LINKS:
        yield from (
            f"{name}: {row[column]} is retired" for row in tables.rows.get(name, ()) if (table, row[column]) in gone
        )
    for row in tables["synonyms"]:
        if (row["table"], row["term"]) in gone:
            yield f"synonyms: {row['term']} is retired; move {row['synonym']} to its successor"


def ids_of(tables: Tables) -> Iterator[tuple[str, str]]:
    """(table, id) of every row that has an id of its own."""
    for name, rows in tables.rows.items():
        if name not in KEYS:
            yield from ((name, row["id"]) for row in rows)


RULES = (_broader, _signs, _exclusions, _register, _retired)
