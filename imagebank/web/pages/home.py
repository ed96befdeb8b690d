"""Home: different patients at once, and the way in by the clinical question."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.catalog.search import SearchParams, search
from imagebank.shelf.searches import searches
from imagebank.shelf.selectors import lately

from ..errors import page
from ..language import reader_language
from ..presenting import card
from ..questions import entries
from ..waiting import waiting

SAMPLE: Final = 60
"""Varied cases that the page draws its pictures from."""
MOSAIC: Final = 9
LATELY: Final = 4


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    """`/`"""
    query = QueryDict(f"order=varied&facets=1&limit={SAMPLE}")
    answer = search(SearchParams.from_query(query, reader_language(request)), actor_of(request))
    counts = {str(row["id"]): int(row["count"]) for row in answer.facets.get("indication", ())}
    cases = [case for case in answer.results if case["clips"]]
    found = entries(counts, cases)
    context = {
        "mosaic": [card(case) for case in cases[:MOSAIC]],
        "questions": [entry for entry in found if entry.count],
        "wanted": [entry.question for entry in found if not entry.count],
        "waiting": waiting(actor_of(request)),
        "lately": [card(case) for case in lately(actor_of(request), LATELY, reader_language(request))],
        "searches": searches(actor_of(request)),
        "count": answer.count,
        "variety": answer.variety_all,
    }
    return render(request, "web/home.html", context)


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """`/favicon.ico`: where browsers look on pages that name no icon."""
    return redirect(static("web/img/mark.svg"))
