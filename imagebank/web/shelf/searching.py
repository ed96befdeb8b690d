"""Saved searches: kept from the browse page, opened, and worked on by the forms of the shelf."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError
from imagebank.shelf import searches
from imagebank.shelf.models import Search

from ..account.who import person
from ..errors import page
from ..language import reader_language
from .keeping import back, text, why_not


@require_POST
@page
def keep(request: HttpRequest) -> HttpResponse:
    """`/account/saved/searches/`: `name`, `query` and `tell`."""
    person(request)
    asked, lang = text(request, "query"), reader_language(request)
    try:
        row = searches.keep(
            actor=actor_of(request), name=text(request, "name"), query=asked, tell=_on(request), lang=lang
        )
    except BankError as error:
        return why_not(request, error)
    messages.success(request, gettext("The search is saved as “%(name)s”.") % {"name": row.name})
    return back(request)


@require_safe
@page
def opened(request: HttpRequest, search_id: uuid.UUID) -> HttpResponse:
    """`/account/saved/searches/{id}/`: to the search itself, the newest first where there are new cases."""
    person(request)
    actor = actor_of(request)
    row = searches.own(actor, search_id)
    searches.opened(actor=actor, search=row)
    return redirect(address(row) if not row.found else f"{address(row)}{'&' if row.query else '?'}order=newest")


@require_POST
@page
def change(request: HttpRequest, search_id: uuid.UUID, act: str) -> HttpResponse:
    """`/account/saved/searches/{id}/{act}/`: one of ACTS."""
    person(request)
    if act not in ACTS:
        raise Http404
    actor = actor_of(request)
    try:
        ACTS[act](request, actor, searches.own(actor, search_id))
    except BankError as error:
        return why_not(request, error)
    return redirect("web:saved")


def address(search: Search) -> str:
    """Its path on this site, for everybody."""
    return reverse("web:browse") + (f"?{search.query}" if search.query else "")


def _rename(request: HttpRequest, actor: Actor, search: Search) -> None:
    searches.rename(actor=actor, search=search, name=text(request, "name"))


def _tell(request: HttpRequest, actor: Actor, search: Search) -> None:
    searches.tell(actor=actor, search=search, on=_on(request))


def _remove(_request: HttpRequest, actor: Actor, search: Search) -> None:
    searches.remove(actor=actor, search=search)


ACTS: dict[str, Callable[[HttpRequest, Actor, Search], None]] = {"rename": _rename, "tell": _tell, "remove": _remove}


def _on(request: HttpRequest) -> bool:
    return bool(request.POST.get("tell"))
