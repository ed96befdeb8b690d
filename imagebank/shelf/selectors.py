"""What stands on shelves, and what a reader opened lately: each case by the reader's rights now."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from imagebank.catalog.search import opened
from imagebank.catalog.search.present import case_json
from imagebank.catalog.search.visible import visible_to
from imagebank.core.actor import Actor
from imagebank.core.errors import Missing

from .models import Saved, Shelf


@dataclass(frozen=True, slots=True)
class Content:
    """The cases that the reader may see, in order, and how many more there are that are not shown."""

    cases: list[dict[str, Any]]
    gaps: int


def shelves(actor: Actor) -> QuerySet[Shelf]:
    """The reader's own, the starred ones first, each with `size`."""
    return Shelf.objects.filter(owner_id=actor.known_id).annotate(size=Count("saved"))


def own(actor: Actor, shelf_id: uuid.UUID) -> Shelf:
    """One of the reader's own; Missing otherwise."""
    row = shelves(actor).filter(pk=shelf_id).first()
    if row is None:
        raise Missing()
    return row


def shared(key: str) -> Shelf:
    """The list behind a shared address; Missing when it is not shared (any more)."""
    row = Shelf.objects.filter(shared_as=key).first()
    if row is None:
        raise Missing()
    return row


def starred(actor: Actor) -> frozenset[uuid.UUID]:
    """The cases that the reader has starred; none of whoever has no account."""
    if not actor.is_person:
        return frozenset()
    rows = Saved.objects.filter(shelf__owner_id=actor.known_id, shelf__name="")
    return frozenset(rows.values_list("case_id", flat=True))


def content(shelf: Shelf, actor: Actor, lang: str) -> Content:
    """For this reader, who need not be the owner."""
    ids = list(shelf.saved.values_list("case_id", flat=True))
    return shown(ids, actor, lang)


def lately(actor: Actor, count: int, lang: str) -> list[dict[str, Any]]:
    """What the reader opened, the newest first."""
    return shown(opened.newest(actor, count), actor, lang).cases


def shown(ids: Sequence[uuid.UUID], actor: Actor, lang: str) -> Content:
    """These cases in this order, as far as the reader may see them."""
    found = dict(visible_to(actor).filter(case_id__in=ids).values_list("case_id", "document"))
    cases = [case_json(found[pk], lang) for pk in ids if pk in found]
    return Content(cases, len(ids) - len(cases))
