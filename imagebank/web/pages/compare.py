"""Two clips side by side: a case and its normal, or any other."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.catalog.search import similar
from imagebank.catalog.search.present import case_json
from imagebank.core.errors import Missing

from ..errors import page
from ..language import reader_language
from ..presenting import Card, card, heading, sorted_findings
from .case import RELATED, chosen_clip, public_document

Side = dict[str, Any]


@require_safe
@page
def compare(request: HttpRequest) -> HttpResponse:
    """`/compare/?a={case}&b={case}`: `clip_a` and `clip_b` name a clip by its place. Without `b` the nearest normal."""
    lang = reader_language(request)
    if not request.GET.get("a"):
        return render(request, "web/compare.html", {"sides": []})
    first = _document(request, "a", lang)
    others, left = similar(uuid.UUID(first["id"]), actor_of(request), lang), _side(request, "a", first)
    second = _document(request, "b", lang) if request.GET.get("b") else _nearest(others, left["clip"].get("view"))
    sides = [left, _side(request, "b", second, left["clip"].get("view"))] if second else [left]
    return render(request, "web/compare.html", {"sides": sides, "rows": _rows(others, first, second)})


def _document(request: HttpRequest, name: str, lang: str) -> dict[str, Any]:
    try:
        case_id = uuid.UUID(request.GET[name])
    except ValueError:
        raise Missing() from None
    return case_json(public_document(case_id, actor_of(request)), lang)


def _nearest(others: dict[str, list[dict[str, Any]]], view: str | None) -> dict[str, Any] | None:
    """A normal of this view, else what comes first."""
    listed = [other for kind in ("normal_view", *RELATED) for other in others[kind]]
    return next((other for other in listed if _with_view(other, view)), next(iter(listed), None))


def _with_view(shown: dict[str, Any], view: str | None) -> list[dict[str, Any]]:
    return [clip for clip in shown["clips"] if clip["view"] == view]


def _side(request: HttpRequest, name: str, shown: dict[str, Any], view: str | None = None) -> Side:
    """The clip that was asked for, else one of this view, else the first."""
    wanted = [] if request.GET.get(f"clip_{name}") else _with_view(shown, view)
    return {
        "case": shown,
        "heading": heading(shown),
        "clip": wanted[0] if wanted else chosen_clip(request, shown["clips"], f"clip_{name}"),
        "parameter": f"clip_{name}",
        "findings": sorted_findings(shown),
    }


def _rows(
    others: dict[str, list[dict[str, Any]]], first: dict[str, Any], second: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """What else the first one may be compared with, kind by kind, each case once."""
    seen, rows = {second["id"]} if second else set(), []
    for kind, name in RELATED.items():
        cases = [other for other in others[kind] if other["id"] not in seen]
        seen |= {other["id"] for other in cases}
        rows += [{"name": name, "cards": [Beside(card(other), first["id"]) for other in cases]}] if cases else []
    return rows


class Beside:
    """A card that leads to the comparison with the first case."""

    def __init__(self, shown: Card, first: str) -> None:
        self.case, self.heading, self.clip = shown.case, shown.heading, shown.clip
        self.findings, self.hidden = shown.findings, shown.hidden
        self.address = f"/compare/?a={first}&b={shown.case['id']}"
