"""Asking for a role, and the page of those who decide on it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from imagebank.accounts import roles
from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import RoleRequest
from imagebank.accounts.permissions import allowed
from imagebank.core.errors import BankError, Denied

from ..errors import page
from ..pages.account import ROLES
from .who import person

DECIDED = 30


@require_http_methods(["GET", "HEAD", "POST"])
@page
def own(request: HttpRequest) -> HttpResponse:
    """`/account/roles/`: what one asked for; by POST a new request."""
    account = person(request)
    if request.method != "POST":
        return _own_page(request)
    typed = {name: request.POST.get(name, "") for name in ("role", "institution", "words")}
    try:
        roles.ask(actor=actor_of(request), account=account, **typed)
    except BankError as error:
        return _own_page(request, typed, error)
    messages.success(request, gettext("Asked. You get a mail when it is decided."))
    return redirect("web:roles")


@require_POST
@page
def recall(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """`/account/roles/{id}/recall/`"""
    row = get_object_or_404(RoleRequest, pk=request_id, account=person(request))
    return _told(request, lambda: roles.recall(actor=actor_of(request), request=row), "web:roles")


@require_http_methods(["GET", "HEAD"])
@page
def desk(request: HttpRequest) -> HttpResponse:
    """`/account/requests/`: what waits for this steward or administrator, and what was decided."""
    person(request)
    if not _decides(request):
        raise Denied()
    rows = allowed(actor_of(request), "role.decide", RoleRequest.objects.all())
    rows = rows.select_related("account", "institution", "decided_by")
    context = {
        "waiting": [_shown(row) for row in rows.filter(state="open").order_by("asked_at")],
        "decided": [_shown(row) for row in rows.exclude(state="open").order_by("-decided_at")[:DECIDED]],
        "second_factor": actor_of(request).second_factor,
    }
    return render(request, "account/requests.html", context)


@require_POST
@page
def decide(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """`/account/requests/{id}/`: `act` is grant or refuse."""
    person(request)
    row = get_object_or_404(allowed(actor_of(request), "role.decide", RoleRequest.objects.all()), pk=request_id)
    grant, answer = request.POST.get("act") == "grant", request.POST.get("answer", "")
    act = lambda: roles.decide(actor=actor_of(request), request=row, grant=grant, answer=answer)  # noqa: E731
    return _told(request, act, "web:requests")


def _told(request: HttpRequest, act: Any, back: str) -> HttpResponse:
    """Back to the page, with a word why not."""
    try:
        act()
    except BankError as error:
        if error.status not in (409, 422):
            raise
        messages.warning(request, " ".join(gettext(said) for said in error.errors.values()) or gettext(error.title))
    return redirect(back)


def _own_page(
    request: HttpRequest, typed: dict[str, str] | None = None, error: BankError | None = None
) -> HttpResponse:
    rows = RoleRequest.objects.filter(account=person(request)).select_related("institution").order_by("-asked_at")
    context = {
        "rows": [_shown(row) for row in rows],
        "institutions": roles.institutions_to_ask(),
        "typed": typed or {},
        "error": gettext(error.title) if error else "",
        "wrong": {name: gettext(said) for name, said in error.errors.items()} if error else {},
        "limit": roles.WORDS,
    }
    return render(request, "account/roles.html", context, status=error.status if error else 200)


def _shown(row: RoleRequest) -> dict[str, Any]:
    return {"row": row, "role": ROLES[row.role]}


def _decides(request: HttpRequest) -> bool:
    actor = actor_of(request)
    return "admin" in actor.roles or bool(actor.institutions("steward"))
