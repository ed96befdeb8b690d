"""Browse: the address bar is the state; every link and form works without a script."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.catalog.search import SearchAnswer, SearchParams, search
from imagebank.catalog.search.grammar import BrokenQuery
from imagebank.core.errors import Invalid, Wait
from imagebank.core.throttling import seconds_left, within
from imagebank.vocabulary.understanding import understand

from .. import querying
from ..addresses import Address
from ..collections.beside import beside_search
from ..errors import page
from ..facets import boxes, chosen
from ..language import reader_language
from ..presenting import card
from ..questions import QUESTIONS
from ..sheets.beside import sheet_of

ORDERS: Final = (("varied", _("Most varied")), ("relevance", _("Best match")), ("newest", _("Newest")))
OURS: Final = ("hide", "question")
"""Parameters of the page that the search does not know."""


@require_safe
@page
def browse(request: HttpRequest) -> HttpResponse:
    """`/cases/`"""
    if not within(request, _known(request), settings.LIMITS.pages_per_minute_address, "pages"):
        raise Wait(seconds_left())
    lang = reader_language(request)
    query, address = _searched(request.GET), Address.of(request.path, request.GET)
    try:
        answer = search(SearchParams.from_query(query, lang), actor_of(request))
    except Invalid as error:
        return _wrong(request, error)
    indications = query.getlist("indication")
    beside = {
        "collect": beside_search(actor_of(request), lang),
        "sheet": sheet_of(indications[0], lang) if len(indications) == 1 else None,
        "searched": query.urlencode(),
        "may_keep": actor_of(request).is_person,
    }
    return render(request, "web/browse.html", {**_context(answer, address, request.GET, lang), **beside})


def _wrong(request: HttpRequest, error: Invalid) -> HttpResponse:
    """A parameter that is not known, or a query that is broken, marked where."""
    q = request.GET.get("q", "")
    broken = querying.fault(error, q) if isinstance(error, BrokenQuery) else None
    context = {"error": error, "fault": broken, "q": q}
    return render(request, "web/browse_wrong.html", context, status=400)


def _known(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None


def _searched(asked: QueryDict) -> QueryDict:
    """What the search is asked: a question of the bedside stands for its indications."""
    query = asked.copy()
    for name in OURS:
        query.pop(name, None)
    for name in [name for name, values in query.lists() if not any(values)]:
        del query[name]
    wanted = asked.getlist("question")
    if not query.getlist("indication"):
        query.setlist("indication", [slug for q in QUESTIONS if q.id in wanted for slug in q.indications])
    query["facets"] = "1"
    return query


def _context(answer: SearchAnswer, address: Address, asked: QueryDict, lang: str) -> dict[str, Any]:
    hidden, q = bool(asked.get("hide")), asked.get("q", "")
    question = next((q for q in QUESTIONS if q.id in asked.getlist("question")), None)
    picked = chosen(address, answer.facets, lang)
    return {
        "answer": answer,
        "address": address,
        "q": q,
        "order": asked.get("order", "varied"),
        "orders": ORDERS,
        "hide": hidden,
        "cards": [card(case, hidden=hidden) for case in answer.results],
        "facets": boxes(answer.facets, address),
        "chosen": picked,
        "proposed": ", ".join(
            filter(None, [q, str(question.name) if question else "", *(one.label for one in picked)])
        ),
        "question": question,
        "without_question": address.less("question"),
        "nothing_understood": bool(q.strip()) and not answer.read_as and understand(q, lang).empty,
        "understood": querying.chips(answer, lang),
        "meanings": querying.meanings(answer, address),
        "as_typed": address.only("exact", "1"),
        "next": address.only("cursor", answer.next) if answer.next else None,
    }
