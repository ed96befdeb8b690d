"""A case: the clip on its stage, what is seen and how it was confirmed, and where to look next."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import allowed
from imagebank.catalog.models import Case
from imagebank.catalog.search import opened, similar
from imagebank.catalog.search.present import case_json
from imagebank.catalog.search.visible import visible_to
from imagebank.catalog.selectors import refuse_withdrawn
from imagebank.catalog.states import CASE
from imagebank.core.actor import Actor
from imagebank.core.errors import Missing
from imagebank.review.disputed import dispute_of
from imagebank.shelf.models import Shelf
from imagebank.vocabulary.models import Indication
from imagebank.vocabulary.selectors import labels

from ..collections.beside import beside_case
from ..errors import page
from ..language import reader_language
from ..presenting import card, citation, heading, question_heading, sorted_findings
from ..sheets.beside import sheet_of
from .history import steps
from .marks import described

RELATED: Final = {
    "same_finding": _("Same finding, other device"),
    "normal_view": _("Normal, same view"),
    "mimics": _("Easily mistaken for it"),
    "other_habitus": _("Same finding, another build"),
    "look_alike": _("Looks alike"),
}


@require_safe
@page
def case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """`/cases/{id}/`: 410 once withdrawn; hidden and absent answer alike."""
    lang = reader_language(request)
    shown = case_json(public_document(case_id, actor_of(request)), lang)
    opened.note(actor_of(request), case_id)
    return render(request, "web/case.html", _context(request, shown, lang))


def public_document(case_id: uuid.UUID, actor: Actor) -> dict[str, Any]:
    """What this reader may see of a published case."""
    refuse_withdrawn(case_id)
    row = visible_to(actor).filter(case_id=case_id).first()
    if row is None:
        raise Missing()
    return dict(row.document)


def _context(request: HttpRequest, shown: dict[str, Any], lang: str) -> dict[str, Any]:
    hidden = bool(request.GET.get("hide"))
    name = question_heading(shown) if hidden else heading(shown)
    site = settings.BASE_URL.rstrip("/")
    address = f"{site}/cases/{shown['id']}/"
    chosen = chosen_clip(request, shown["clips"])
    return {
        "case": shown,
        "clip": (clip := _with_labels(chosen, lang)),
        "start": _chosen_frame(request, clip),
        "place": shown["clips"].index(chosen) + 1 if chosen else 1,
        "dispute": dispute_of(uuid.UUID(shown["id"])),
        "hidden": hidden,
        "heading": name,
        "question": Indication.objects.get(pk=shown["indication"]["id"]).clinical_question_en,
        "findings": _placed(shown),
        "shown_marks": [] if hidden else shown["marks"],
        "marks": described(shown),
        "licence_label": labels("licence", lang).get(shown["licence"], ""),
        "published": date.fromisoformat(shown["published_at"]) if shown["published_at"] else None,
        "citation": citation(shown, name, address),
        "address": address,
        "picture": f"{site}{clip['poster']}" if clip else "",
        "sheet": None if hidden else sheet_of(shown["indication"]["id"], lang),
        "collections": None if hidden else beside_case(uuid.UUID(shown["id"]), actor_of(request), lang),
        "related": [] if hidden else _related(shown, request, lang),
        "lists": _lists(actor_of(request)),
        "may_revise": not hidden and may_revise(uuid.UUID(shown["id"]), actor_of(request)),
        "steps": [] if hidden else steps(uuid.UUID(shown["id"]), actor_of(request), lang),
    }


def _placed(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings, each with the place of the clip that shows it, counted from 1; 0 where there is one clip alone."""
    clips = [clip["id"] for clip in shown["clips"]]
    places = {pk: n for n, pk in enumerate(clips, 1)} if len(clips) > 1 else {}
    return [{**finding, "place": places.get(finding["clip"], 0)} for finding in sorted_findings(shown)]


def _lists(actor: Actor) -> list[Shelf] | None:
    """Those that the reader can put the case on; None for whoever keeps nothing."""
    return list(Shelf.objects.filter(owner_id=actor.known_id).exclude(name="")) if actor.is_person else None


def may_revise(case_id: uuid.UUID, actor: Actor) -> bool:
    """Whether this reader may begin the next revision now."""
    if actor.is_anonymous:
        return False
    state = allowed(actor, "case.revise", Case.objects.filter(pk=case_id)).values_list("state", flat=True).first()
    return state is not None and "revise" in CASE.events(state)


def chosen_clip(request: HttpRequest, clips: list[dict[str, Any]], parameter: str = "clip") -> dict[str, Any]:
    """The clip that `?clip=` names by its place, counted from 1; the first one otherwise."""
    asked = request.GET.get(parameter, "1")
    place = int(asked) if asked.isdecimal() and 1 <= int(asked) <= len(clips) else 1
    return clips[place - 1] if clips else {}


def _chosen_frame(request: HttpRequest, clip: dict[str, Any]) -> int | None:
    """The frame that `?frame=` names, counted from 1: the clip rests there until it is played."""
    asked = request.GET.get("frame", "")
    return int(asked) if asked.isdecimal() and 1 <= int(asked[:9]) <= clip.get("frames", 0) else None


def _with_labels(clip: dict[str, Any], lang: str) -> dict[str, Any]:
    probe, vendor = clip.get("probe", ""), clip.get("vendor", "")
    return {
        **clip,
        "probe_label": labels("probe", lang).get(probe, probe),
        "vendor_label": labels("vendor", lang).get(vendor, vendor),
    }


def _related(shown: dict[str, Any], request: HttpRequest, lang: str) -> list[dict[str, Any]]:
    """What to compare it with, kind by kind, where there is any; a case stands under one kind."""
    found, seen = similar(uuid.UUID(shown["id"]), actor_of(request), lang), set[str]()
    rows = []
    for kind, name in RELATED.items():
        cases = [other for other in found[kind] if other["id"] not in seen]
        seen |= {other["id"] for other in cases}
        rows += [{"kind": kind, "name": name, "cards": [card(other) for other in cases]}] if cases else []
    return rows
