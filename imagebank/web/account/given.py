"""What a person gave, how it is used, and a certificate of a year.

Of readers there are numbers only, and none below ten people (privacy.md 19).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import User
from imagebank.catalog.authors import written_by
from imagebank.catalog.models import Case, Clip, OpenedCase, PublicCase
from imagebank.catalog.search.present import case_json
from imagebank.collections import selectors as collections
from imagebank.collections.models import Item
from imagebank.core.errors import Missing
from imagebank.review.models import Review
from imagebank.shelf.models import Saved

from ..errors import page
from ..language import reader_language
from ..presenting import heading
from .who import person

FEWEST: Final = 10
"""Below so many people a number is not told."""
LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class Use:
    """Of one case: people who opened and who saved it (None: fewer than FEWEST), collections that hold it."""

    readers: int | None
    savers: int | None
    collections: int


@require_safe
@page
def contributions(request: HttpRequest) -> HttpResponse:
    """`/account/contributions/`"""
    account = person(request)
    public = PublicCase.objects.filter(written_by(account, "case__"), hidden=False)
    shown = list(public.order_by("-published_on", "-pk").values_list("case_id", "document", "published_on")[:LISTED])
    uses, lang = used([case for case, _document, _on in shown]), reader_language(request)
    rows = [
        {"id": case, "name": heading(case_json(told, lang)), "on": on, "use": uses[case]} for case, told, on in shown
    ]
    context = {
        "rows": rows,
        "count": public.count(),
        "years": years(account),
        "fewest": FEWEST,
        "may_give": bool(actor_of(request).memberships),
    }
    return render(request, "account/contributions.html", context)


@require_safe
@page
def certificate(request: HttpRequest, year: int) -> HttpResponse:
    """`/account/contributions/{year}/`: a page made to be printed or kept as PDF; 404 for a year without any."""
    account = person(request)
    told = in_year(account, year)
    if not any(told.values()):
        raise Missing()
    return render(request, "account/certificate.html", {"year": year, "today": timezone.now().date(), **told})


def used(ids: list[Any]) -> dict[Any, Use]:
    """How often each case is used: three queries, however many cases."""
    readers = _count(OpenedCase.objects.filter(case__in=ids), "user")
    savers = _count(Saved.objects.filter(case__in=ids), "shelf__owner")
    live = Item.objects.filter(case_id__in=ids, version__number=F("version__collection__live_revision"))
    held = _count(live.filter(version__collection__in=collections.published()), "version__collection", "case_id")
    return {pk: Use(_told(readers.get(pk, 0)), _told(savers.get(pk, 0)), held.get(pk, 0)) for pk in ids}


def in_year(account: User, year: int) -> dict[str, int]:
    """Cases and clips first published in that year, other people's cases read."""
    cases = Case.objects.filter(written_by(account), live_revision__isnull=False, published_on__year=year)
    clips = Clip.objects.filter(case__in=cases, state="public")
    readings = Review.objects.filter(reviewer=account, created_at__year=year)
    return {"cases": cases.count(), "clips": clips.count(), "readings": readings.count()}


def years(account: User) -> list[int]:
    """Those in which something was given or read, the newest first."""
    given = Case.objects.filter(written_by(account), live_revision__isnull=False).dates("published_on", "year")
    read = Review.objects.filter(reviewer=account).datetimes("created_at", "year", tzinfo=dt.UTC)
    return sorted({day.year for day in given} | {day.year for day in read}, reverse=True)


def _count(rows: QuerySet[Any], who: str, case: str = "case") -> dict[Any, int]:
    """Case -> number of different ones of `who`."""
    return dict(rows.values_list(case).annotate(n=Count(who, distinct=True)).order_by())


def _told(number: int) -> int | None:
    return number if number >= FEWEST else None
