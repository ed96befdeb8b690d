"""Building a collection: its words, its cases in their order, what is said about it, and the next step."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
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
from imagebank.collections import selectors, services, steps
from imagebank.collections.gathering import found_by
from imagebank.collections.models import Collection, Version
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, Invalid, Missing

from ..contribute.words import in_words
from ..errors import page
from ..language import reader_language
from .words import DONE, STEPS
from .workbench import Typed, build_context, on_desk

JSON: Final = "application/json"
MOVES: Final = {"up": -1, "down": 1}
NEW: Final = ""
"""In place of a slug: a collection to be begun."""


@require_http_methods(["GET", "HEAD", "POST"])
@page
def desk(request: HttpRequest) -> HttpResponse:
    """`/curate/collections/`: what is in work; POST begins one."""
    actor, lang = actor_of(request), reader_language(request)
    require_signed_in(actor)

    def begin() -> HttpResponse:
        return redirect("web:build", _begun(request, actor, lang).slug)

    def shown(error: BankError | None = None) -> HttpResponse:
        context = {"rows": on_desk(actor, lang), "curator": "curator" in actor.roles, **_told(error)}
        context["title"] = request.POST.get("title", "")
        return render(request, "collections/desk.html", context, status=error.status if error else 200)

    return _act(request, begin, request.path, shown) if request.method == "POST" else shown()


@require_http_methods(["GET", "HEAD", "POST"])
@page
def build(request: HttpRequest, slug: str) -> HttpResponse:
    """`/curate/collections/{slug}/`: the version in work; POST changes its words."""
    at = _work(request, slug)
    if request.method != "POST":
        return at.shown(request)
    said = _texts(request)

    def change() -> None:
        services.change(actor=at.actor, collection=at.row, data=said, reason=request.POST.get("reason", ""))
        messages.success(request, _("Saved."))

    def again(error: BankError) -> HttpResponse:
        for name, value in said.items():
            setattr(at.version, name, value)
        return at.shown(request, error)

    return _act(request, change, at.address, again)


@require_POST
@page
def item(request: HttpRequest, slug: str, item_id: uuid.UUID) -> HttpResponse:
    """One item: its note and how it is shown, one place up or down, out."""
    at, act = _work(request, slug), request.POST.get("act", "save")
    back = f"{at.address}#item-{item_id}"
    if act in MOVES:
        order = _moved(list(at.version.items.values_list("pk", flat=True)), item_id, MOVES[act])
        return _act(request, lambda: services.reorder(actor=at.actor, collection=at.row, order=order), back)
    data = {"take_out": True} if act == "out" else _said_of_item(request)
    return _act(
        request,
        lambda: services.change_item(actor=at.actor, collection=at.row, item=item_id, data=data),
        back,
        lambda error: at.shown(request, error, typed={item_id: data}),
    )


@require_POST
@page
def order(request: HttpRequest, slug: str) -> HttpResponse:
    """All items in a new order: their ids, separated by commas."""
    at = _work(request, slug)
    ids = [_uuid(text) for text in request.POST.get("order", "").split(",") if text]
    act = partial(services.reorder, actor=at.actor, collection=at.row, order=ids)
    return _act(request, act, f"{at.address}#items")


@require_POST
@page
def collect(request: HttpRequest) -> HttpResponse:
    """`/curate/collect/`: a case, or all of a search, into a collection that stands or is begun."""
    actor, lang = actor_of(request), reader_language(request)
    require_signed_in(actor)
    slug = request.POST.get("collection", NEW)

    def gather() -> HttpResponse:
        cases = [_uuid(text) for text in request.POST.getlist("case")]
        if "search" in request.POST:
            cases += found_by(request.POST["search"], actor, lang)
        row = selectors.worked_on(actor, slug)[0] if slug else _begun(request, actor, lang, cases)
        count = services.add(actor=actor, collection=row, cases=cases) if slug else len(cases)
        messages.success(request, ngettext("%(n)s case added.", "%(n)s cases added.", count) % {"n": count})
        return redirect("web:build", row.slug)

    return _act(request, gather, reverse("web:curate-collections"))


@require_POST
@page
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    """A word in the discussion."""
    at, text = _work(request, slug), request.POST.get("text", "")
    act = partial(services.comment, actor=at.actor, collection=at.row, text=text)
    return _act(request, act, f"{at.address}#discussion", lambda error: at.shown(request, error, comment=text))


@require_POST
@page
def step(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One of the state table's steps."""
    at = _work(request, slug)
    if name not in STEPS:
        raise Missing()

    def take() -> HttpResponse:
        row = steps.STEPS[name](actor=at.actor, collection=at.row)
        messages.success(request, str(DONE[name]))
        if row.state in ("dropped", "withdrawn"):
            return redirect("web:curate-collections")
        return redirect("web:collection" if name == "publish" else "web:build", slug)

    return _act(request, take, at.address)


# --- pieces


@dataclass(frozen=True, slots=True)
class Work:
    """A collection that somebody works on."""

    actor: Actor
    lang: str
    row: Collection
    version: Version

    @property
    def address(self) -> str:
        return reverse("web:build", args=[self.row.slug])

    def shown(
        self, request: HttpRequest, error: BankError | None = None, *, typed: Typed | None = None, comment: str = ""
    ) -> HttpResponse:
        """The page; after a refusal with why, and with what was typed into an item or the discussion."""
        context = build_context(self.actor, self.row, self.version, self.lang, typed or {})
        context |= {"comment": comment, **_told(error)}
        return render(request, "collections/build.html", context, status=error.status if error else 200)


def _work(request: HttpRequest, slug: str) -> Work:
    actor = actor_of(request)
    require_signed_in(actor)
    return Work(actor, reader_language(request), *selectors.worked_on(actor, slug))


def _told(error: BankError | None) -> dict[str, Any]:
    return {"errors": error.errors, "refused": in_words(error)} if error else {}


def _act(
    request: HttpRequest, act: Callable[[], Any], back: str, again: Callable[[BankError], HttpResponse] | None = None
) -> HttpResponse:
    """Carry it out and go back; a script that asks for JSON is told in place.

    What was typed and refused is shown once more by `again`, so that nobody types it twice.
    """
    in_place = request.headers.get("Accept") == JSON
    try:
        done = act()
    except BankError as error:
        if error.status in (401, 403, 404):
            raise
        if in_place:
            return JsonResponse({"saved": False, "said": in_words(error)}, status=error.status)
        if again and isinstance(error, Invalid):
            return again(error)
        for sentence in in_words(error):
            messages.error(request, sentence)
        return redirect(back)
    if in_place:
        return JsonResponse({"saved": True})
    return done if isinstance(done, HttpResponse) else redirect(back)


def _begun(request: HttpRequest, actor: Actor, lang: str, cases: Sequence[uuid.UUID] = ()) -> Collection:
    title = request.POST.get("title", "").strip()
    data = {"title": {lang: title} if title else {}, "items": [{"case": case} for case in cases]}
    return services.create(actor=actor, data=data)


def _texts(request: HttpRequest) -> dict[str, Any]:
    said = {
        name: {code: request.POST.get(f"{name}-{code}", "") for code in LANGUAGES} for name in ("title", "description")
    }
    return {**said, "credit": request.POST.get("credit", ""), "draft": "draft" in request.POST}


def _said_of_item(request: HttpRequest) -> dict[str, Any]:
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
