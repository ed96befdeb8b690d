"""Working on a sheet: its text, translations, proposals, the discussion, what experts say, and the next step."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import allowed, require_signed_in
from imagebank.catalog.text import LANGUAGES
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, Missing
from imagebank.sheets import describing, selectors, services, steps
from imagebank.sheets.document import untranslated
from imagebank.sheets.models import SheetVersion
from imagebank.sheets.states import SHEET

from ..contribute.words import in_words
from ..errors import page
from ..language import reader_language
from .form import english_fields, said_in, said_in_english, translation_fields
from .words import DONE, PROPOSALS, STATES, STEPS, VERDICTS, change_in_words

OTHERS: Final = tuple(code for code in LANGUAGES if code != "en")
DECIDED: Final[dict[str, Callable[..., Any]]] = {
    "accept": services.accept,
    "decline": services.decline,
    "recall": services.recall,
}


@require_safe
@page
def work(request: HttpRequest, indication: str) -> HttpResponse:
    """`/sheets/{indication}/draft/`: the version in work, for who has an account."""
    lang, actor = reader_language(request), actor_of(request)
    held = selectors.in_work(indication, actor)
    told = describing.work(held, actor, lang)
    rows = SheetVersion.objects.filter(pk=held.pk)
    context = {
        "sheet": describing.listed(held, lang),
        "state": STATES[held.state],
        "said": [{**one, "says": VERDICTS[one["verdict"]]} for one in told["said"]],
        "lacks": told["lacks"],
        "proposals": [_with_words(one, lang) for one in told["proposals"]],
        "comments": describing.comments(held),
        "edits": [_with_words(one, lang) for one in describing.edits(held)],
        "languages": [
            {"code": code, "lacking": untranslated(held.document, code)} for code in LANGUAGES if code != "en"
        ],
        "steps": _steps(held, actor),
        "may_edit": allowed(actor, "sheet.edit", rows).exists(),
        "may_judge": held.state == "consensus" and allowed(actor, "sheet.judge", rows).exists(),
    }
    return render(request, "sheets/work.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit(request: HttpRequest, indication: str) -> HttpResponse:
    """`/sheets/{indication}/draft/edit/`: in English, or in another language by `?in=`.

    What curators save is the draft; what others send is a proposal.
    """
    actor, lang = actor_of(request), reader_language(request)
    held = selectors.in_work(indication, actor)
    into = request.GET.get("in", "en")
    if into not in LANGUAGES:
        raise Missing()
    if request.method != "POST":
        return _form(request, held, actor, lang, into, held.document)
    post = request.POST
    said = said_in_english(post, held.document) if into == "en" else said_in(into, post, held.document)
    try:
        if _writes(actor, held):
            services.change(actor=actor, version=held, data=said, reason=post.get("reason", ""))
            messages.success(request, _("Saved."))
        else:
            services.propose(actor=actor, version=held, data=said, reason=post.get("reason", ""))
            messages.success(request, _("Proposed: a curator will look at it."))
    except BankError as error:
        if error.status in (401, 403, 404):
            raise
        return _form(request, held, actor, lang, into, held.document | said, error)
    return redirect("web:sheet-work", indication)


@require_POST
@page
def begin(request: HttpRequest, indication: str) -> HttpResponse:
    """Begin the first version, or the next one."""
    actor = actor_of(request)
    row = selectors.indication(indication)
    return _act(request, indication, lambda: services.begin(actor=actor, indication=row), _("Begun."))


@require_POST
@page
def comment(request: HttpRequest, indication: str) -> HttpResponse:
    """A word in the discussion."""
    actor = actor_of(request)
    held = selectors.in_work(indication, actor)
    text = request.POST.get("text", "")
    return _act(request, indication, lambda: services.comment(actor=actor, version=held, text=text), _("Saved."))


@require_POST
@page
def vote(request: HttpRequest, indication: str) -> HttpResponse:
    """An expert agrees or disagrees."""
    actor = actor_of(request)
    held = selectors.in_work(indication, actor)
    verdict, why = request.POST.get("verdict", ""), request.POST.get("comment", "")
    act = partial(steps.vote, actor=actor, version=held, verdict=verdict, comment=why)
    return _act(request, indication, act, _("Saved under your name."))


@require_POST
@page
def proposal(request: HttpRequest, proposal_id: uuid.UUID, act: str) -> HttpResponse:
    """Take a proposal over, decline it, take one's own back."""
    actor = actor_of(request)
    if act not in DECIDED:
        raise Missing()
    row = selectors.proposal(actor, proposal_id)
    return _act(
        request, row.version.indication_id, partial(DECIDED[act], actor=actor, proposal=row), str(PROPOSALS[act])
    )


@require_POST
@page
def step(request: HttpRequest, indication: str, name: str) -> HttpResponse:
    """One of the state table's steps, of the version in work; what readers see is withdrawn."""
    actor = actor_of(request)
    if name not in STEPS:
        raise Missing()
    require_signed_in(actor)
    held = selectors.current(indication) if name == "withdraw" else selectors.in_work(indication, actor)
    return _act(request, indication, lambda: steps.STEPS[name](actor=actor, version=held), str(DONE[name]))


# --- pieces


def _act(request: HttpRequest, indication: str, act: Callable[[], Any], done: str) -> HttpResponse:
    """Carry it out and go back to the work, or to the sheet when none is left."""
    try:
        act()
    except BankError as error:
        if error.status in (401, 403, 404):
            raise
        for sentence in in_words(error):
            messages.error(request, sentence)
    else:
        messages.success(request, done)
    try:
        selectors.in_work(indication, actor_of(request))
    except Missing:
        return redirect("web:sheet" if selectors.of_indication(indication) else "web:sheets", *_of(indication))
    return redirect("web:sheet-work", indication)


def _of(indication: str) -> list[str]:
    return [indication] if selectors.of_indication(indication) else []


def _writes(actor: Actor, held: SheetVersion) -> bool:
    return allowed(actor, "sheet.edit", SheetVersion.objects.filter(pk=held.pk)).exists()


def _form(
    request: HttpRequest,
    held: SheetVersion,
    actor: Actor,
    lang: str,
    into: str,
    document: Mapping[str, Any],
    error: BankError | None = None,
) -> HttpResponse:
    """What was typed stays when it was refused."""
    context = {
        "sheet": describing.listed(held, lang),
        "into": into,
        "writes": _writes(actor, held),
        "reason": request.POST.get("reason", ""),
        "refused": in_words(error) if error else [],
        "wrong": error.errors if error else {},
        **(
            english_fields(document, held.indication_id, lang)
            if into == "en"
            else {"texts": translation_fields(document, into)}
        ),
    }
    template = "sheets/edit.html" if into == "en" else "sheets/translate.html"
    return render(request, template, context, status=error.status if error else 200)


def _steps(held: SheetVersion, actor: Actor) -> list[dict[str, Any]]:
    """What a curator can do next."""
    if not _writes(actor, held):
        return []
    found = [
        {"name": name, "words": words, "grave": name == "drop", "main": name in ("ask", "publish")}
        for name, words in STEPS.items()
        if name in SHEET.events(held.state)
    ]
    return sorted(found, key=lambda one: not one["main"])


def _with_words(told: Mapping[str, Any], lang: str) -> dict[str, Any]:
    return {**told, "changes": [change_in_words(change, lang) for change in told["changes"]]}
