"""The institution's first page: what it agreed, what it gave, how long it waits, whether a patient was put at risk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, DateField
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from imagebank.accounts.institutions import institutions
from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import Institution
from imagebank.catalog.models import Case, Clip, OpenedCase
from imagebank.core.errors import Denied
from imagebank.intake.selectors import states_of
from imagebank.review.figures import hours_to_decision
from imagebank.review.models import Incident

from ..account.given import FEWEST
from ..account.who import person
from ..contribute.words import FILE
from ..errors import page
from .rooms import institution_of, show

MONTHS: Final = 12
HEIGHT: Final = 48
"""Of the plot, in its own units."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Clips given in a month; `height` and `top` in units of the plot."""

    month: dt.date
    count: int
    height: int
    left: int

    @property
    def top(self) -> int:
        return HEIGHT - self.height


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """`/institution/`: the only one at once, otherwise a choice."""
    person(request)
    rows = list(institutions(actor_of(request)))
    if not rows:
        raise Denied()
    if len(rows) == 1:
        return redirect("web:institution", rows[0].slug)
    return render(request, "institution/choose.html", {"rows": rows})


@require_safe
@page
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """`/institution/{slug}/`"""
    row = institution_of(request, slug)
    return show(request, "institution/overview.html", row, {"figures": figures(row), "months": given_by_month(row)})


def figures(row: Institution) -> dict[str, Any]:
    """{files, cases, published, clips, hours, incidents, open_incidents, readers (None: fewer than FEWEST)}."""
    cases = dict(Case.objects.filter(institution=row).values_list("state").annotate(n=Count("pk")).order_by())
    incidents = Incident.objects.filter(institution=row)
    readers = OpenedCase.objects.filter(case__institution=row).values("user").distinct().count()
    states = states_of(row.pk)
    return {
        "files": [(FILE[state], states[state]) for state in FILE if state in states],
        "cases": sum(cases.values()),
        "published": cases.get("published", 0),
        "clips": Clip.objects.filter(institution=row).exclude(state__in=["withdrawn", "expired"]).count(),
        "hours": hours_to_decision(row.pk),
        "incidents": incidents.count(),
        "open_incidents": incidents.filter(state="open").count(),
        "readers": readers if readers >= FEWEST else None,
        "fewest": FEWEST,
    }


def given_by_month(row: Institution) -> list[Bar]:
    """Of the last twelve months, the oldest first."""
    first = _months_ago(MONTHS - 1)
    rows = Clip.objects.filter(institution=row, created_at__date__gte=first)
    by_month = rows.annotate(month=TruncMonth("created_at", output_field=DateField())).values_list("month")
    counted = dict(by_month.annotate(n=Count("pk")).order_by())
    months = [_months_ago(back) for back in reversed(range(MONTHS))]
    most = max([1, *counted.values()])
    return [
        Bar(month, counted.get(month, 0), round(HEIGHT * counted.get(month, 0) / most), left * 20)
        for left, month in enumerate(months)
    ]


def _months_ago(count: int) -> dt.date:
    today = timezone.now().date()
    year, month = divmod(today.year * 12 + today.month - 1 - count, 12)
    return dt.date(year, month + 1, 1)
