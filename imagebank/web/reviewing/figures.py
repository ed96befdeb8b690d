"""`/review/figures/`: how reading goes, for those who read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imagebank.review import agreement
from imagebank.review import figures as reading
from imagebank.vocabulary.selectors import labels

from ..errors import page
from ..language import reader_language
from .queue import reviewer_of


@require_safe
@page
def figures(request: HttpRequest) -> HttpResponse:
    """One's own figures, and how far two readers agree who know nothing of each other."""
    actor, names = reviewer_of(request), labels("indication", reader_language(request))
    own, (every, by_indication) = reading.own(actor), agreement.of_readings()
    rows = [(names.get(slug, slug), found) for slug, found in by_indication]
    context: dict[str, Any] = {
        "own": own,
        "time": divmod(own.seconds, 60) if own.seconds is not None else None,
        "every": every,
        "rows": rows,
        "on_findings": agreement.of_findings(),
        "fewest": agreement.FEWEST,
        "planted_share": round(100 * settings.REVIEW_PLANTED_SHARE),
        "share": round(100 * settings.REVIEW_SECOND_READ_SHARE),
    }
    return render(request, "review/figures.html", context)
