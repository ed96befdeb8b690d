"""Building a collection: its words, its cases in their order, what is said about it, and the next step."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import require_signed_in
from imagebank.catalog.text import LANGUAGES
from imagebank.collections import describing, selectors, services, steps
from imagebank.collections.gathering import found_by
from imagebank.collections.models import Collection, Version
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, Missing

from ..contribute.words import in_words
from ..errors import page
from ..language import reader_language
from .words import DONE, STATES, STEPS
from .workbench import build_context, version_in_work

JSON: Final = "application/json"
NEW: Final = ""
"""In place of a slug: a collection to be begun."""


@require_http_methods(["GET", "HEAD", "POST"])
@page
def desk(request: HttpRequest) -> HttpResponse:
    """`/curate/collections/`: what is in work; POST begins one."""
    actor, lang = actor_of(request), reader_language(request)
    require_signed_in(actor)
    if request.method == "POST":
        return _act(request, lambda: _begin(request, actor, lang), reverse("web:curate-collections"))
    rows = [row for row in selectors.in_work(actor) if row.state in STATES]
    context = {
        "rows": [
            {**describing.listed(version_in_work(row), lang), "row": row, "state": STATES[row.state]} for row in rows
        ],
        "curator": "curator" in actor.roles,
    }
    return render(request, "collections/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def build(request: HttpRequest, slug: str) -> HttpResponse:
    """`/curate/collections/{slug}/`: the version in work; POST changes its words."""
    actor, lang = actor_of(request), reader_language(request)
    require_signed_in(actor)
    row, version = selectors.worked_on(actor, slug)
    if request.method != "POST":
        return render(request, "collections/build.html", build_context(actor, row, version, lang))
    said = _texts(request)
    try:
        services.change(actor=actor, collection=row, data=said, reason=request.POST.get("reason", ""))
    except BankError as error:
        for name, value in said.items():
            setattr(version, name, value)
        context = {**build_context(actor, row, version, lang), "errors": error.errors, "refused": in_words(error)}
        return render(request, "collections/build.html", context, status=error.status)
    messages.success(request, _("Saved."))
    return redirect("web:build", slug)


@require_POST
@page
def item(request: HttpRequest, slug: str, item_id: uuid.UUID) -> HttpResponse:
    """One item: its note and how it is shown, one place up or down, out."""
    actor = actor_of(request)
    require_signed_in(actor)
    row, version = selectors.worked_on(actor, slug)

    def carry_out() -> None:
        act = request.POST.get("act", "save")
        if act in ("up", "down"):
            order = list(version.items.values_list("pk", flat=True))
            services.reorder(actor=actor, collection=row, order=_moved(order, item_id, -1 if act == "up" else 1))
        else:
            data = {"take_out": True} if act == "out" else _said_of_item(request, version, item_id)
            services.change_item(actor=actor, collection=row, item=item_id, data=data)

    return _act(request, carry_out, f"{reverse('web:build', args=[slug])}#item-{item_id}")


@require_POST
@page
def order(request: HttpRequest, slug: str) -> HttpResponse:
    """All items in a new order: their ids, separated by commas."""
    actor = actor_of(request)
    require_signed_in(actor)
    row, _version = selectors.worked_on(actor, slug)
    ids = [_uuid(text) for text in request.POST.get("order", "").split(",") if text]
    back = f"{reverse('web:build', args=[slug])}#items"
    return _act(request, lambda: services.reorder(actor=actor, collection=row, order=ids), back)


@require_POST
@page
def collect(request: HttpRequest) -> HttpResponse:
    """`/curate/collect/`: a case, or all of a search, into a collection that stands or is begun."""
    actor, lang = actor_of(request), reader_language(request)
    require_signed_in(actor)
    slug = request.POST.get("collection", NEW)
    try:
        cases = [_uuid(text) for text in request.POST.getlist("case")]
        if "search" in request.POST:
            cases += found_by(request.POST["search"], actor, lang)
        row = selectors.worked_on(actor, slug)[0] if slug else _begun(request, actor, lang)
        count = services.add(actor=actor, collection=row, cases=cases)
    except BankError as error:
        return _refused(request, error, reverse("web:curate-collections"))
    messages.success(request, ngettext("%(n)s case added.", "%(n)s cases added.", count) % {"n": count})
    return redirect("web:build", row.slug)


@require_POST
@page
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    """A word in the discussion."""
    actor = actor_of(request)
    require_signed_in(actor)
    row, _version = selectors.worked_on(actor, slug)
    back = f"{reverse('web:build', args=[slug])}#discussion"
    text = request.POST.get("text", "")
    return _act(request, lambda: services.comment(actor=actor, collection=row, text=text), back)


@require_POST
@page
def step(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One of the state table's steps."""
    actor = actor_of(request)
    require_signed_in(actor)
    if name not in STEPS:
        raise Missing()
    row, _version = selectors.worked_on(actor, slug)
    try:
        row = steps.STEPS[name](actor=actor, collection=row)
    except BankError as error:
        return _refused(request, error, reverse("web:build", args=[slug]))
    messages.success(request, str(DONE[name]))
    if row.state in ("dropped", "withdrawn"):
        return redirect("web:curate-collections")
    return redirect("web:collection" if name == "publish" else "web:build", slug)


# --- pieces


def _act(request: HttpRequest, act: Callable[[], Any], back: str) -> HttpResponse:
    """Carry it out and go back; a script that asks for JSON is told in place."""
    try:
        done = act()
    except BankError as error:
        return _refused(request, error, back)
    if request.headers.get("Accept") == JSON:
        return JsonResponse({"saved": True})
    return done if isinstance(done, HttpResponse) else redirect(back)


def _refused(request: HttpRequest, error: BankError, back: str) -> HttpResponse:
    if error.status in (401, 403, 404):
        raise error
    if request.headers.get("Accept") == JSON:
        return JsonResponse({"saved": False, "said": in_words(error)}, status=error.status)
    for sentence in in_words(error):
        messages.error(request, sentence)
    return redirect(back)


def _begin(request: HttpRequest, actor: Actor, lang: str) -> HttpResponse:
    return redirect("web:build", _begun(request, actor, lang).slug)


def _begun(request: HttpRequest, actor: Actor, lang: str) -> Collection:
    title = request.POST.get("title", "").strip()
    return services.create(actor=actor, data={"title": {lang: title} if title else {}})


def _texts(request: HttpRequest) -> dict[str, Any]:
    said = {
        name: {code: request.POST.get(f"{name}-{code}", "") for code in LANGUAGES} for name in ("title", "description")
    }
    return {**said, "credit": request.POST.get("credit", ""), "draft": "draft" in request.POST}


def _said_of_item(request: HttpRequest, version: Version, pk: uuid.UUID) -> dict[str, Any]:
    """What the form says of an item; another clip is another key, so all of it goes along."""
    frame = request.POST.get("start_frame", "").strip()
    said: dict[str, Any] = {
        "note": {code: request.POST[f"note-{code}"] for code in LANGUAGES if f"note-{code}" in request.POST},
        "start_frame": int(frame) if frame.isascii() and frame.isdigit() else (frame or None),
        "hide": "hide" in request.POST,
    }
    if "clip" in request.POST:
        said["clip"] = request.POST["clip"] or None
    return said


def _moved(order: list[uuid.UUID], pk: uuid.UUID, by: int) -> list[uuid.UUID]:
    if pk not in order:
        return order
    place = order.index(pk)
    kept = [one for one in order if one != pk]
    kept.insert(max(0, place + by), pk)
    return kept


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Missing() from None
