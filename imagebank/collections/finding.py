"""The list of collections: by words, by clinical question, page by page after a place (never by an offset)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from imagebank.catalog.search.visible import visible_to
from imagebank.core.actor import Actor
from imagebank.core.errors import Invalid
from imagebank.vocabulary.selectors import labels

from .models import Collection, Item, Version
from .selectors import published

MOST_WORDS: Final = 12
QUESTION: Final = "case__projection__document__indication"


@dataclass(frozen=True, slots=True)
class Page:
    """Collections, the newest first, and the place after which the next page begins."""

    rows: Sequence[Collection]
    next: str | None


def page(*, actor: Actor, q: str = "", indication: str = "", after: str = "", limit: int) -> Page:
    """Those that have every word and a case of the question that `actor` may see. Invalid for a place that is none."""
    rows = _after(_about(_worded(published(), q), indication, actor), after).order_by("-published_on", "-id")
    found = list(rows[: limit + 1])
    return Page(found[:limit], _place(found[limit - 1]) if len(found) > limit else None)


def questions(actor: Actor, lang: str) -> list[tuple[str, str, int]]:
    """(clinical question, its label, how many collections hold a case of it that `actor` may see), by the label."""
    held = _held(actor, Item.objects.filter(version__collection__in=published()))
    rows = held.order_by().values(QUESTION).annotate(n=Count("version", distinct=True)).values_list(QUESTION, "n")
    named = labels("indication", lang)
    return sorted(((slug, named.get(slug, slug), n) for slug, n in rows), key=lambda row: row[1].casefold())


def _worded(rows: QuerySet[Collection], q: str) -> QuerySet[Collection]:
    """Each word somewhere in title, description (in any language) or credit of the version that readers see."""
    held = Version.objects.filter(collection=OuterRef("pk"), number=OuterRef("live_revision"))
    held = held.annotate(
        words=Concat(_texts("title"), Value(" "), _texts("description"), Value(" "), "credit", output_field=TextField())
    )
    for word in q.replace("\x00", "").split()[:MOST_WORDS]:
        rows = rows.filter(Exists(held.filter(words__icontains=word)))
    return rows


def _texts(field: str) -> Cast:
    """The texts alone: the names of the languages are no words."""
    return Cast(Func(F(field), template="jsonb_path_query_array(%(expressions)s, '$.*')"), TextField())


def _about(rows: QuerySet[Collection], indication: str, actor: Actor) -> QuerySet[Collection]:
    if not indication:
        return rows
    held = _held(actor, Item.objects.filter(version__collection=OuterRef("pk"), **{QUESTION: indication}))
    return rows.filter(Exists(held))


def _held(actor: Actor, items: QuerySet[Item]) -> QuerySet[Item]:
    """Of the versions that readers see, the items whose cases this reader may see."""
    live = items.filter(version__number=F("version__collection__live_revision"))
    return live.filter(case__in=visible_to(actor).values("case"))


def _after(rows: QuerySet[Collection], place: str) -> QuerySet[Collection]:
    if not place:
        return rows
    day, key = _read(place)
    return rows.filter(Q(published_on__lt=day) | Q(published_on=day, id__lt=key))


def _place(row: Collection) -> str:
    return f"{row.published_on}_{row.pk}"


def _read(place: str) -> tuple[dt.date, uuid.UUID]:
    day, _line, key = place.partition("_")
    try:
        return dt.date.fromisoformat(day), uuid.UUID(key)
    except ValueError:
        raise Invalid(errors={"cursor": "A `cursor` of this list."}) from None
