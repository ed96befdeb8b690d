"""Keeping searches, and looking for what is new in them. Acts of a person for themselves, as those of the lists."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_noop as _

from imagebank.accounts.actors import actor_for
from imagebank.accounts.notifying import notify
from imagebank.catalog.search import SearchParams
from imagebank.catalog.search.arrivals import arrived, newest
from imagebank.catalog.search.grammar import parse
from imagebank.catalog.search.params import FACETS
from imagebank.core.actor import Actor
from imagebank.core.errors import Conflict, Invalid, Missing, TooMuch

from .models import QUERY_LENGTH, Search
from .services import checked_name, must_be_person

MOST_SEARCHES: Final = 50
KEPT: Final = (*FACETS, "q", "quality_min", "exact")
"""Parameters that say what is searched; the others say how it is shown."""
AT_ONCE: Final = 2_000
"""Searches that one run of the task looks at, those first that wait longest."""
PAGE: Final = "/account/saved/"


def searches(actor: Actor) -> QuerySet[Search]:
    """The reader's own; none of whoever has no account."""
    return Search.objects.filter(owner_id=actor.known_id) if actor.is_person else Search.objects.none()


def own(actor: Actor, search_id: uuid.UUID) -> Search:
    """One of the reader's own; Missing otherwise."""
    row = searches(actor).filter(pk=search_id).first()
    if row is None:
        raise Missing()
    return row


def keep(*, actor: Actor, name: str, query: str, tell: bool, lang: str) -> Search:
    """`query` as the browse page's address has it; what is there now is not new."""
    must_be_person(actor)
    if searches(actor).count() >= MOST_SEARCHES:
        raise TooMuch("limit_lists")
    kept = _checked_query(query, lang)
    try:
        with transaction.atomic():
            return Search.objects.create(
                owner_id=actor.known_id, name=checked_name(name), query=kept, tell=tell, looked_to=newest()
            )
    except IntegrityError:
        raise Conflict("list_exists") from None


def rename(*, actor: Actor, search: Search, name: str) -> None:
    search = own(actor, search.pk)
    search.name = checked_name(name)
    try:
        with transaction.atomic():
            search.save(update_fields=["name"])
    except IntegrityError:
        raise Conflict("list_exists") from None


def tell(*, actor: Actor, search: Search, on: bool) -> None:
    """Tell of new cases from now on, or no longer."""
    searches(actor).filter(pk=search.pk).update(tell=on, found=0, looked_to=newest())


def remove(*, actor: Actor, search: Search) -> None:
    searches(actor).filter(pk=search.pk).delete()


def opened(*, actor: Actor, search: Search) -> None:
    """The reader looks at it now: nothing in it is new any more."""
    searches(actor).filter(pk=search.pk, found__gt=0).update(found=0)


def look() -> int:
    """Count what is new in the searches whose owners want to hear of it; returns how many owners were told.

    An owner is told once, and again only after opening the search.
    """
    now = newest()
    rows = Search.objects.filter(tell=True, owner__is_active=True, looked_to__lt=now).select_related("owner")
    return sum(_look_at(search, now) for search in rows.order_by("looked_to", "pk")[:AT_ONCE])


@transaction.atomic
def _look_at(search: Search, now: int) -> bool:
    """One, unless another worker looks at it just now."""
    held = Search.objects.select_for_update(skip_locked=True).filter(pk=search.pk, looked_to=search.looked_to)
    if not held.exists():
        return False
    new = _new(search)
    Search.objects.filter(pk=search.pk).update(found=F("found") + new, looked_to=now)
    if not new or search.found:
        return False
    notify(search.owner, "search_found", address=PAGE)
    return True


def _new(search: Search) -> int:
    """None in a search that the bank no longer understands: its page says so."""
    try:
        params = SearchParams.from_query(QueryDict(search.query), search.owner.language or "en")
        return arrived(params, actor_for(search.owner), search.looked_to)
    except Invalid:
        return 0


def _checked_query(query: str, lang: str) -> str:
    """What is searched, in the order of KEPT; Invalid for what the bank does not understand."""
    asked, kept = QueryDict(query), QueryDict(mutable=True)
    for name in KEPT:
        if values := [value for value in asked.getlist(name) if value]:
            kept.setlist(name, values)
    parse(SearchParams.from_query(kept, lang).q)
    if len(kept.urlencode()) > QUERY_LENGTH:
        raise Invalid(errors={"query": _("The search is too long to be kept.")})
    return kept.urlencode()
