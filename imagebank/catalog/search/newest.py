"""Newest first, by the day of publication; a page begins after a (day, case)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q, QuerySet

from imagebank.catalog.models import PublicCase

from .pages import Page

Key = tuple[str, str]
"""(day, case id)."""


def newest_page(matches: QuerySet[PublicCase], place: Any, limit: int) -> Page:
    """A place is [key of the row before, or None]."""
    after = place[0] if place else None
    rows = matches.filter(_beyond(after, older=True)) if after else matches
    found = list(rows.order_by("-published_on", "case_id").values_list("pk", "published_on", "case_id")[: limit + 1])
    return Page(
        rows=[pk for pk, _, _ in found[:limit]],
        next=[_key(*found[limit - 1][1:])] if len(found) > limit else None,
        previous=[_before(matches, after, limit)] if after else None,
    )


def _before(matches: QuerySet[PublicCase], after: Any, limit: int) -> Key | None:
    """The row at `after` ends the page before; that one begins after the row `limit` earlier."""
    rows = matches.filter(_beyond(after, older=False)).order_by("published_on", "-case_id")
    earlier = list(rows.values_list("published_on", "case_id")[limit - 1 : limit])
    return _key(*earlier[0]) if earlier else None


def _beyond(after: Any, *, older: bool) -> Q:
    """On the far side of a key. The first condition alone lets the index find the place."""
    day, case = after
    if older:
        return Q(published_on__lte=day) & (Q(published_on__lt=day) | Q(case_id__gt=case))
    return Q(published_on__gte=day) & (Q(published_on__gt=day) | Q(case_id__lt=case))


def _key(day: dt.date, case: uuid.UUID) -> Key:
    return day.isoformat(), str(case)
