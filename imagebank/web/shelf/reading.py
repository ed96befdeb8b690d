"""What a reader has kept, and what was opened lately."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.shelf import selectors
from imagebank.shelf.models import NAME_LENGTH, Shelf
from imagebank.shelf.searches import searches

from ..account.who import person
from ..errors import page
from ..language import reader_language
from ..presenting import card
from .searching import address

LATELY: Final = 48


@require_safe
@page
def saved(request: HttpRequest) -> HttpResponse:
    """`/account/saved/`: starred cases, the lists, and the searches."""
    person(request)
    actor = actor_of(request)
    lists = list(selectors.shelves(actor))
    stars = next((one for one in lists if not one.name), None)
    context = {
        "lists": [one for one in lists if one.name],
        "limit": NAME_LENGTH,
        "searches": [(one, request.build_absolute_uri(address(one))) for one in searches(actor)],
    }
    return render(request, "shelf/saved.html", context | _content(request, stars))


@require_safe
@page
def one(request: HttpRequest, shelf_id: uuid.UUID) -> HttpResponse:
    """`/account/saved/{id}/`: a list of one's own."""
    person(request)
    shelf = selectors.own(actor_of(request), shelf_id)
    address = request.build_absolute_uri(f"/lists/{shelf.shared_as}/") if shelf.shared_as else ""
    context = {"shelf": shelf, "address": address, "limit": NAME_LENGTH}
    return render(request, "shelf/list.html", context | _content(request, shelf))


@require_safe
@page
def shared(request: HttpRequest, key: str) -> HttpResponse:
    """`/lists/{key}/`: a list that its owner shares; who that is is not told."""
    shelf = selectors.shared(key)
    return render(request, "shelf/shared.html", {"shelf": shelf} | _content(request, shelf))


@require_safe
@page
def history(request: HttpRequest) -> HttpResponse:
    """`/account/history/`: what was opened lately, and whether that is noted."""
    account = person(request)
    cases = selectors.lately(actor_of(request), LATELY, reader_language(request))
    context = {"cards": [card(case) for case in cases], "keeps": account.keeps_history}
    return render(request, "shelf/history.html", context)


def _content(request: HttpRequest, shelf: Shelf | None) -> dict[str, Any]:
    if shelf is None:
        return {"cards": [], "gaps": 0}
    found = selectors.content(shelf, actor_of(request), reader_language(request))
    return {"cards": [card(case) for case in found.cases], "gaps": found.gaps}
