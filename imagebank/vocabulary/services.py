"""Loading the vocabulary's tables into the database, and numbering facet values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models as django_models
from django.db import transaction

from imagebank.accounts.models import User
from imagebank.core.errors import Invalid
from imagebank.vocabulary import facets
from imagebank.vocabulary.checks import faults
from imagebank.vocabulary.comparing import Difference, differences
from imagebank.vocabulary.hierarchy import broader_of
from imagebank.vocabulary.models import Change, Facet, FindingTerm, Release, SourceTable
from imagebank.vocabulary.models.base import Entry
from imagebank.vocabulary.rows import PAIRS, SOURCES, Fields, Pairs, Source
from imagebank.vocabulary.selectors import forget, stored
from imagebank.vocabulary.tables import Tables, packaged

WHOLE = {"added": ("", "added"), "removed": ("removed", "")}
"""Before and after of a whole row in the history."""
LOCK = 0x766F636162
"""Advisory lock: one loading at a time."""


@dataclass(slots=True)
class Counts:
    """What became of the rows of one model."""

    added: int = 0
    changed: int = 0
    retired: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Loaded:
    """Outcome of a loading; `release` is the version in force afterwards."""

    release: int
    counts: dict[str, Counts] = field(default_factory=dict)
    facets_added: int = 0

    @property
    def changed(self) -> bool:
        return self.facets_added > 0 or any(c.added or c.changed or c.retired for c in self.counts.values())


@transaction.atomic
def load(*, tables: Tables | None = None, author: User | None = None, reason: str = "") -> Loaded:
    """Make the database say what the tables say, those of the product unless others are given.

    Rows that left the tables are retired, never deleted. Raises Invalid with every fault of the tables; nothing is
    changed then.
    """
    tables = tables or packaged()
    found = faults(tables)
    if found:
        raise Invalid("vocabulary", errors={"vocabulary": found})
    _lock()
    loaded = Loaded(release=0)
    for source in SOURCES:
        loaded.counts[source.model.__name__] = _upsert(source, tables)
    loaded.counts["FindingTerm broader"] = _set_broader(tables)
    for pairs in PAIRS:
        loaded.counts[f"{pairs.model.__name__} {pairs.field}"] = _set_pairs(pairs, tables)
    loaded.facets_added = _number(tables)
    loaded.release = _release(loaded, tables, author, reason)
    transaction.on_commit(forget)
    return loaded


def superseded() -> Release | None:
    """The release that somebody imported over the tables of the product; None when these are in force."""
    newest = Release.objects.order_by("number").last()
    return newest if newest and newest.author_id and newest.digest != packaged().digest else None


def _lock() -> None:
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _upsert(source: Source, tables: Tables) -> Counts:
    model, counts = source.model, Counts()
    manager = model._default_manager
    present = {_key(row, source): row for row in manager.all()}
    new, changed, names = [], [], set[str]()
    for fields in source.rows(tables):
        wanted = {"retired": False, **fields}
        row = present.pop(tuple(wanted[name] for name in source.unique), None)
        if row is None:
            new.append(model(**wanted))
        elif _differs(row, wanted):
            changed.append(_assign(row, wanted))
            names |= wanted.keys() - set(source.unique)
        else:
            counts.unchanged += 1
    gone = [_assign(row, {"retired": True}) for row in present.values() if not row.retired]
    manager.bulk_create(new)
    if changed:
        manager.bulk_update(changed, sorted(names))
    if gone:
        manager.bulk_update(gone, ["retired"])
    counts.added, counts.changed, counts.retired = len(new), len(changed), len(gone)
    return counts


def _key(row: Entry, source: Source) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in source.unique)


def _differs(row: Entry, wanted: Fields) -> bool:
    return any(getattr(row, name) != value for name, value in wanted.items())


def _assign(row: Entry, wanted: Mapping[str, Any]) -> Entry:
    for name, value in wanted.items():
        setattr(row, name, value)
    return row


def _set_broader(tables: Tables) -> Counts:
    wanted = broader_of(tables)
    changed = []
    for finding in FindingTerm.objects.filter(retired=False):
        if finding.broader_id != wanted.get(finding.id):
            finding.broader_id = wanted.get(finding.id)
            changed.append(finding)
    FindingTerm.objects.bulk_update(changed, ["broader"])
    return Counts(changed=len(changed), unchanged=len(wanted) - len(changed))


def _set_pairs(pairs: Pairs, tables: Tables) -> Counts:
    """Rows of the join table; they are no terms, so what left the tables goes."""
    through: Any = getattr(pairs.model, pairs.field).through
    near, far = _columns(through)
    present = set(through.objects.values_list(near, far))
    wanted = {(slug, other) for slug, others in pairs.wanted(tables).items() for other in others}
    through.objects.bulk_create(through(**{near: a, far: b}) for a, b in sorted(wanted - present))
    for a, b in present - wanted:
        through.objects.filter(**{near: a, far: b}).delete()
    return Counts(added=len(wanted - present), retired=len(present - wanted), unchanged=len(wanted & present))


def _columns(through: Any) -> tuple[str, str]:
    """Attribute names of the two foreign keys of an automatic join table, from first."""
    keys = [f.attname for f in through._meta.get_fields() if isinstance(f, django_models.ForeignKey)]
    return keys[0], keys[1]


def _number(tables: Tables) -> int:
    known = set(Facet.objects.values_list("kind", "slug"))
    new = [Facet(kind=kind, slug=slug) for kind, slug in facets.values(tables) if (kind, slug) not in known]
    Facet.objects.bulk_create(new)
    return len(new)


def _release(loaded: Loaded, tables: Tables, author: User | None, reason: str) -> int:
    newest = Release.objects.order_by("number").last()
    if newest and not loaded.changed and newest.digest == tables.digest:
        return newest.number
    before = stored()
    release = Release.objects.create(digest=tables.digest, author=author, reason=reason)
    if before:
        _keep_changes(release, differences(before, tables))
    _store(tables)
    return release.number


def _keep_changes(release: Release, found: list[Difference]) -> None:
    rows = [
        Change(release=release, table=one.table, key=list(one.key), column=column, before=before, after=after)
        for one in found
        for column, before, after in (one.cells if one.kind == "changed" else [("", *WHOLE.get(one.kind, ("", "")))])
        if one.kind != "moved"
    ]
    Change.objects.bulk_create(rows)


def _store(tables: Tables) -> None:
    SourceTable.objects.all().delete()
    SourceTable.objects.bulk_create(
        SourceTable(name=name, columns=columns, rows=[[row[c] for c in columns] for row in tables[name]])
        for name, columns in tables.columns.items()
    )
