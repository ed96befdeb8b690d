"""Starring, and working on one's lists: forms that go back to where they were sent from."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from imagebank.accounts.middleware import actor_of
from imagebank.catalog.search import opened
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError
from imagebank.shelf import selectors, services
from imagebank.shelf.models import Shelf

from ..account.who import person
from ..errors import page


@require_POST
@page
def star(request: HttpRequest) -> HttpResponse:
    """`/account/saved/star/`: `case` and `on`. A script is answered without a page."""
    person(request)
    services.star(actor=actor_of(request), case_id=_case(request), on=bool(request.POST.get("on")))
    return HttpResponse(status=204) if request.headers.get("Accept") == "application/json" else back(request)


@require_POST
@page
def put(request: HttpRequest) -> HttpResponse:
    """`/account/saved/put/`: a case onto a list, or onto a new one of the name `name`."""
    person(request)
    actor, case = actor_of(request), _case(request)
    try:
        shelf = _chosen(request, actor)
        services.put(actor=actor, shelf=shelf, case_id=case)
    except BankError as error:
        return why_not(request, error)
    messages.success(request, gettext("It is on your list “%(name)s”.") % {"name": shelf.name})
    return back(request)


@require_POST
@page
def make(request: HttpRequest) -> HttpResponse:
    """`/account/saved/new/`"""
    person(request)
    try:
        shelf = services.make(actor=actor_of(request), name=text(request, "name"))
    except BankError as error:
        return why_not(request, error)
    return redirect("web:saved-list", shelf.pk)


@require_POST
@page
def change(request: HttpRequest, shelf_id: uuid.UUID, act: str) -> HttpResponse:
    """`/account/saved/{id}/{act}/`: one of ACTS."""
    person(request)
    if act not in ACTS:
        raise Http404
    actor = actor_of(request)
    try:
        ACTS[act](request, actor, selectors.own(actor, shelf_id))
    except BankError as error:
        return why_not(request, error)
    return redirect("web:saved") if act == "remove" else redirect("web:saved-list", shelf_id)


@require_POST
@page
def switch_history(request: HttpRequest) -> HttpResponse:
    """`/account/history/switch/`: whether it is noted what the reader opens."""
    person(request)
    on = bool(request.POST.get("on"))
    opened.switch(actor_of(request), on=on)
    said = gettext("From now on it is noted what you open.") if on else gettext("It is no longer noted what you open.")
    messages.success(request, said)
    return redirect("web:history")


def _take(request: HttpRequest, actor: Actor, shelf: Shelf) -> None:
    services.take(actor=actor, shelf=shelf, case_id=_case(request))


def _move(request: HttpRequest, actor: Actor, shelf: Shelf) -> None:
    services.move(actor=actor, shelf=shelf, case_id=_case(request), up=request.POST.get("way") == "up")


def _rename(request: HttpRequest, actor: Actor, shelf: Shelf) -> None:
    services.rename(actor=actor, shelf=shelf, name=text(request, "name"))


def _remove(_request: HttpRequest, actor: Actor, shelf: Shelf) -> None:
    services.remove(actor=actor, shelf=shelf)


def _share(request: HttpRequest, actor: Actor, shelf: Shelf) -> None:
    services.share(actor=actor, shelf=shelf, on=bool(request.POST.get("on")))


ACTS: dict[str, Callable[[HttpRequest, Actor, Shelf], None]] = {
    "take": _take, "move": _move, "rename": _rename, "remove": _remove, "share": _share,
}  # fmt: skip


def _chosen(request: HttpRequest, actor: Actor) -> Shelf:
    chosen = request.POST.get("list", "")
    if chosen:
        return selectors.own(actor, _uuid(chosen))
    return services.make(actor=actor, name=text(request, "name"))


def _case(request: HttpRequest) -> uuid.UUID:
    return _uuid(request.POST.get("case", ""))


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def text(request: HttpRequest, name: str) -> str:
    """Of a field of the form."""
    return request.POST.get(name, "").replace("\x00", "")


def why_not(request: HttpRequest, error: BankError) -> HttpResponse:
    """Back with a word; what is missing or forbidden is a page of its own."""
    if error.status not in (409, 413, 422):
        raise error
    said = [gettext(one) for one in error.errors.values()] or [gettext(error.title)]
    messages.warning(request, " ".join(said))
    return back(request)


def back(request: HttpRequest) -> HttpResponse:
    """To the page that the form stands on."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if safe else reverse("web:saved"))
