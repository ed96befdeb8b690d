"""Reading collections: which ones, which version, and each item by what the reader may see now."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from imagebank.accounts.permissions import allowed
from imagebank.catalog.gaps import REASONS
from imagebank.catalog.models import PublicCase, Tombstone
from imagebank.catalog.search.present import case_json, in_language
from imagebank.catalog.search.visible import visible_to
from imagebank.core.actor import Actor
from imagebank.core.errors import Gone, Missing

from .models import Collection, Item, Version
from .states import READ


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as a reader gets it; with a gap nothing else of it is told."""

    item: Item
    row: PublicCase | None
    gap: str | None

    @property
    def clips(self) -> list[dict[str, Any]]:
        """The clip of the item, else all of the case (projection.clip_document)."""
        if self.row is None:
            return []
        wanted = str(self.item.clip_id) if self.item.clip_id else None
        return [clip for clip in self.row.document["clips"] if wanted in (None, clip["id"])]


def published() -> QuerySet[Collection]:
    """On the list, with a version that readers see."""
    return Collection.objects.filter(state__in=[s for s in READ if s != "retired"], live_revision__isnull=False)


def in_work(actor: Actor) -> QuerySet[Collection]:
    """Collections whose version in work the actor may see, the last touched first."""
    rows = allowed(actor, "collection.see", Collection.objects.exclude(state__in=["dropped", "withdrawn"]))
    return rows.order_by("-state_since", "id")


def editable(actor: Actor) -> QuerySet[Collection]:
    """Those that the actor can put cases into now."""
    rows = Collection.objects.filter(state__in=["draft", "proposed"])
    return allowed(actor, "collection.edit", rows).order_by("-state_since", "id")


def holding(*cases: uuid.UUID) -> QuerySet[Collection]:
    """Listed collections whose version that readers see holds one of these cases."""
    held = Item.objects.filter(
        case_id__in=cases, version__collection=OuterRef("pk"), version__number=F("version__collection__live_revision")
    )
    return published().filter(Exists(held)).order_by("-published_on", "id")


def collection(slug: str) -> Collection:
    """By its address, whatever its state; Missing and Gone as for a case."""
    row = Collection.objects.select_related("owner").filter(slug=slug).first()
    if row is None or row.state == "dropped":
        raise Missing()
    if row.state == "withdrawn":
        raise Gone()
    return row


def worked_on(actor: Actor, slug: str) -> tuple[Collection, Version]:
    """The collection and its version in work, for those who may see that; Missing for others."""
    row = collection(slug)
    if actor.is_anonymous or not allowed(actor, "collection.see", Collection.objects.filter(pk=row.pk)).exists():
        raise Missing()
    return row, row.versions.get(number=row.revision)


def live(slug: str) -> tuple[Collection, Version]:
    """The version that readers see now; Missing before the first."""
    row = collection(slug)
    return row, _published_version(row, row.live_revision or 0)


def version(slug: str, number: int) -> tuple[Collection, Version]:
    """A version that was published, however long ago."""
    row = collection(slug)
    return row, _published_version(row, number)


def versions(row: Collection) -> list[Version]:
    """All published ones, the newest first."""
    return list(row.versions.filter(published_on__isnull=False).order_by("-number"))


def latest_versions(limit: int, rows: QuerySet[Collection] | None = None) -> list[Version]:
    """The versions that readers see of the listed collections, the newest first."""
    found = published() if rows is None else rows
    return live_versions(found.order_by("-published_on", "-id")[:limit])


def live_versions(rows: Iterable[Collection]) -> list[Version]:
    """The version that readers see of each, in the order of the rows."""
    return _numbered(rows, "live_revision")


def newest_versions(rows: Iterable[Collection]) -> list[Version]:
    """The version in work of each, or the published one while nothing is in work, in the order of the rows."""
    return _numbered(rows, "revision")


def sizes(held: Iterable[Version]) -> dict[int, int]:
    """How many items each version has; one that has none is left out."""
    counted = Item.objects.filter(version__in=held).order_by().values_list("version").annotate(Count("id"))
    return dict(counted)


def shown_items(held: Version, actor: Actor, *, position: int | None = None) -> list[Shown]:
    """Each item, or the one at `position`, with what this reader may see of it now."""
    return _shown_all(list(held.items.filter(position=position) if position else held.items.all()), actor)


def first_shown(held: Iterable[Version], actor: Actor, most: int) -> dict[int, list[Shown]]:
    """Of each version the first items whose cases this reader may see, at most so many."""
    seen = Item.objects.filter(version__in=held, case__in=visible_to(actor).values("case"))
    place = Window(RowNumber(), partition_by="version", order_by="position")
    found: dict[int, list[Shown]] = {}
    for shown in _shown_all(list(seen.alias(place=place).filter(place__lte=most)), actor):
        found.setdefault(shown.item.version_id, []).append(shown)
    return found


def item_json(shown: Shown, lang: str) -> dict[str, Any]:
    """{position, gap} of a gap; else with the case, the clip, note, start frame and hidden answer."""
    item = shown.item
    if shown.row is None:
        told: dict[str, Any] = {"case": None, "clip": None, "note": "", "notes": {}, "start_frame": None, "hide": False}
    else:
        told = {
            "case": case_json(shown.row.document, lang),
            "clip": str(item.clip_id) if item.clip_id else None,
            "note": in_language(item.note, lang),
            "notes": item.note,
            "start_frame": item.start_frame,
            "hide": item.hide,
        }
    return {"position": item.position, "gap": shown.gap, **told}


def _numbered(rows: Iterable[Collection], number: str) -> list[Version]:
    place = {row.pk: n for n, row in enumerate(rows)}
    found = Version.objects.filter(collection__in=place, number=F(f"collection__{number}"))
    return sorted(found.select_related("collection__owner"), key=lambda version: place[version.collection_id])


def _published_version(row: Collection, number: int) -> Version:
    found = row.versions.filter(number=number, published_on__isnull=False).first()
    if found is None:
        raise Missing()
    return found


def _shown_all(items: Sequence[Item], actor: Actor) -> list[Shown]:
    cases = {item.case_id for item in items}
    rows = {row.case_id: row for row in visible_to(actor).filter(case_id__in=cases).defer("text", "terms")}
    stones = _stones(items)
    closed = set(PublicCase.objects.filter(case_id__in=cases, hidden=False).values_list("case", flat=True))
    return [_shown(item, rows.get(item.case_id), stones, closed) for item in items]


def _stones(items: Sequence[Item]) -> dict[uuid.UUID, str]:
    ids = {pk for item in items for pk in (item.case_id, item.clip_id) if pk}
    return dict(Tombstone.objects.filter(pk__in=ids).values_list("object_id", "reason"))


def _shown(item: Item, row: PublicCase | None, stones: Mapping[uuid.UUID, str], closed: set[uuid.UUID]) -> Shown:
    reason = stones.get(item.case_id) or (stones.get(item.clip_id) if item.clip_id else None)
    if reason:
        return Shown(item, None, REASONS.get(reason, "other"))
    if row is None:
        return Shown(item, None, "registered" if item.case_id in closed else "hidden")
    found = Shown(item, row, None)
    return found if found.clips else Shown(item, None, "hidden")
