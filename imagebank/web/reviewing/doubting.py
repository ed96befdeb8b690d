"""Doubts of readers: two taps on the case's page, one page where they are read, answered and decided."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import allowed, require_signed_in
from imagebank.catalog.models import Case, Clip
from imagebank.catalog.selectors import with_documents
from imagebank.core.errors import Denied, Missing
from imagebank.review import doubting, inbox, incidents, trust
from imagebank.review.models import Doubt, Incident
from imagebank.vocabulary.selectors import labels

from ..contribute.words import Words
from ..errors import page
from ..language import reader_language
from .acting import said
from .unpublished import as_published

STATES: Final[dict[str, tuple[str, Words]]] = {
    "open": ("warn", gettext_lazy("waits for an answer")),
    "upheld": ("good", gettext_lazy("you are right")),
    "rejected": ("", gettext_lazy("stands as it is")),
    "recalled": ("", gettext_lazy("taken back")),
}
"""How a doubt of one's own stands: tone of its chip, words."""
FOUND: Final[dict[str, tuple[str, Words]]] = {
    "open": ("warn", gettext_lazy("waits for an answer")),
    "upheld": ("bad", gettext_lazy("to be put right")),
    "rejected": ("good", gettext_lazy("stands as it is")),
    "recalled": ("", gettext_lazy("taken back")),
}
"""The same for the author of the case."""


# A token would set a cookie for anonymous readers (privacy.md 22): theirs is checked by where the form stood.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@page
def doubt(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """`/cases/{case}/doubt/`: raise a doubt; who comes back from the log-in is led to the case."""
    if request.method != "POST":
        return redirect("web:case", case_id)
    actor = actor_of(request)
    if actor.is_anonymous:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise Denied()
        doubting.refuse_flood(request, actor)
        _raise(request, case_id)
        return render(request, "doubts/told.html", {"case_id": case_id})
    return _by_account(request, case_id)


@csrf_protect
def _by_account(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    rows: list[Doubt] = []
    if said(request, lambda: rows.append(_raise(request, case_id))):
        messages.success(request, _told(rows[0]))
    hidden = bool(rows) and rows[0].kind == "privacy"
    return redirect("web:doubts") if hidden else redirect("web:case", case_id)


@require_safe
@page
def doubts(request: HttpRequest) -> HttpResponse:
    """`/doubts/`: what I doubted, what is doubted of mine, what I answer and decide."""
    actor, lang = actor_of(request), reader_language(request)
    require_signed_in(actor)
    context = {
        "raised": [_shown(row, STATES, lang) for row in inbox.raised(actor)],
        "mine": [_shown(row, FOUND, lang) for row in inbox.about_mine(actor)],
        "waiting": [_shown(row, FOUND, lang) for row in inbox.to_answer(actor)],
        "incidents": [_incident(row, lang) for row in inbox.incidents(actor)],
        "answers": bool(actor.roles & {"reviewer", "curator"}),
        "decides": bool(actor.institutions("steward")) or "privacy_officer" in actor.roles,
        "second_factor": actor.second_factor,
        "believed": trust.believed(actor),
    }
    return render(request, "doubts/inbox.html", context)


@require_POST
@page
def act(request: HttpRequest, doubt_id: uuid.UUID, name: str) -> HttpResponse:
    """Answer a doubt, or take one's own back."""
    actor = actor_of(request)
    require_signed_in(actor)
    row = inbox.one_doubt(actor, doubt_id)
    verdict, text = request.POST.get("verdict", ""), request.POST.get("text", "")
    acts = {
        "answer": partial(doubting.answer, actor=actor, doubt=row, verdict=verdict, text=text),
        "recall": partial(doubting.recall, actor=actor, doubt=row),
    }
    if name not in acts:
        raise Missing()
    if said(request, acts[name]):
        messages.success(request, _("Answered.") if name == "answer" else _("Taken back."))
    return redirect("web:doubts")


@require_safe
@page
def incident(request: HttpRequest, incident_id: uuid.UUID) -> HttpResponse:
    """`/incidents/{incident}/`: the case as it is or was published, what was said, and the decision."""
    actor, lang = actor_of(request), reader_language(request)
    require_signed_in(actor)
    row = inbox.one_incident(actor, incident_id)
    context = {
        **as_published(with_documents(Case.objects.all()).get(pk=row.case_id), lang),
        **_incident(row, lang),
        "doubts": list(row.doubts.order_by("raised_at")),
        "may_close": allowed(actor, "incident.close", Incident.objects.filter(pk=row.pk, state="open")).exists(),
    }
    return render(request, "doubts/incident.html", context)


@require_POST
@page
def decide(request: HttpRequest, incident_id: uuid.UUID, name: str) -> HttpResponse:
    """Hide the case now, or close the incident with a decision."""
    actor = actor_of(request)
    require_signed_in(actor)
    row = inbox.one_incident(actor, incident_id)
    decision, note = request.POST.get("decision", ""), request.POST.get("note", "")
    acts = {
        "hide": partial(incidents.hide_now, actor=actor, incident=row),
        "close": partial(incidents.close, actor=actor, incident=row, decision=decision, note=note),
    }
    if name not in acts:
        raise Missing()
    done = said(request, acts[name])
    if done:
        messages.success(request, _("Decided.") if name == "close" else _("Hidden. It can be shown again."))
    return redirect("web:doubts") if done and name == "close" else redirect("web:incident", row.pk)


def _raise(request: HttpRequest, case_id: uuid.UUID) -> Doubt:
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise Missing()
    return doubting.doubt(
        actor=actor_of(request), case=case, kind=request.POST.get("kind", ""),
        text=request.POST.get("text", ""), clip=_clip(case, request.POST.get("clip", "")),
    )  # fmt: skip


def _clip(case: Case, place: str) -> Clip | None:
    """The clip on the stage, by its place among the case's, from 1."""
    clips = list(case.clips.order_by("position", "id"))
    return clips[int(place) - 1] if place.isdecimal() and 1 <= int(place[:4]) <= len(clips) else None


def _told(row: Doubt) -> str:
    if row.kind == "content":
        return _("Thank you. An expert answers within 14 days; until then the case is in no test.")
    if row.at_once:
        return _("Thank you. The case is hidden; its institution decides within 72 hours.")
    return _("Thank you. The institution of the case looks at it first.")


def _shown(row: Doubt, states: dict[str, tuple[str, Words]], lang: str) -> dict[str, Any]:
    tone, words = states[row.state]
    return {
        "row": row,
        "name": labels("indication", lang).get(row.case.indication_id, row.case.indication_id),
        "tone": tone,
        "words": words,
        "late": row.state == "open" and row.due_at < timezone.now(),
        "visible": row.case.live_revision is not None and row.case.state not in ("suspended", "withdrawn"),
    }


def _incident(row: Incident, lang: str) -> dict[str, Any]:
    return {
        "incident": row,
        "name": labels("indication", lang).get(row.case.indication_id, row.case.indication_id),
        "late": row.due_at < timezone.now(),
    }
