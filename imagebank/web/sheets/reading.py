"""The list of practice sheets, a sheet by what readers see now or by a number, what changed, and views."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import allowed
from imagebank.core.actor import Actor
from imagebank.core.errors import Missing
from imagebank.sheets import describing, selectors
from imagebank.sheets.document import PICKED
from imagebank.sheets.models import SheetVersion
from imagebank.sheets.showing import clips_of_view
from imagebank.sheets.states import IN_WORK
from imagebank.vocabulary.models import View
from imagebank.vocabulary.selectors import labels

from ..collections.words import GAPS
from ..errors import page
from ..language import reader_language
from .beside import links_to
from .words import REGIONS, STATES, VERDICTS, change_in_words


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """`/sheets/`"""
    lang, actor = reader_language(request), actor_of(request)
    context = {
        "sheets": [
            {**_marked(describing.listed(one, lang), lang), "chip": STATES[one.state]} for one in selectors.shown()
        ],
        "others": [{"id": one.pk, "label": one.label(lang)} for one in selectors.without_sheet()],
        "may_begin": "curator" in actor.roles,
    }
    return render(request, "sheets/index.html", context)


@require_safe
@page
def sheet(request: HttpRequest, indication: str) -> HttpResponse:
    """`/sheets/{indication}/`: what readers see now."""
    return _shown(request, selectors.current(indication))


@require_safe
@page
def version(request: HttpRequest, indication: str, number: int) -> HttpResponse:
    """`/sheets/{indication}/versions/{n}/`: as experts agreed on it, for ever."""
    return _shown(request, selectors.version(indication, number, actor_of(request)))


@require_safe
@page
def changes(request: HttpRequest, indication: str, number: int) -> HttpResponse:
    """`/sheets/{indication}/versions/{n}/changes/`: what it says otherwise than the one before."""
    lang = reader_language(request)
    held = selectors.version(indication, number, actor_of(request))
    before = selectors.before(held)
    context = {
        "sheet": describing.listed(held, lang),
        "before": before.number if before else None,
        "changes": [change_in_words(change, lang) for change in describing.since(held, before)],
    }
    return render(request, "sheets/changes.html", context)


@require_safe
@page
def views(request: HttpRequest) -> HttpResponse:
    """`/views/`: all of them, by region of the body."""
    lang = reader_language(request)
    rows = View.objects.filter(retired=False).order_by("position")
    told = [(row.body_region, {"id": row.pk, "label": row.label(lang), "place": row.probe_position_en}) for row in rows]
    regions = [
        {"name": name, "views": [one for where, one in told if where == region]} for region, name in REGIONS.items()
    ]
    return render(request, "sheets/views.html", {"regions": [region for region in regions if region["views"]]})


@require_safe
@page
def view(request: HttpRequest, view: str) -> HttpResponse:
    """`/views/{view}/`: where the probe goes, what a good picture shows, clips of good and of poor ones."""
    lang, actor = reader_language(request), actor_of(request)
    row = View.objects.filter(pk=view).prefetch_related("probes").first()
    if row is None:
        raise Missing()
    context = {
        "view": row,
        "region": REGIONS[row.body_region],
        "label": row.label(lang),
        "probes": [labels("probe", lang).get(probe.pk, probe.pk) for probe in row.probes.all()],
        "quality": [item.text_en for item in row.quality_items.filter(retired=False)],
        "clips": clips_of_view(row.pk, actor, lang),
        "indications": [
            {"id": link.indication_id, "label": link.indication.label(lang)}
            for link in row.indication_links.filter(retired=False).select_related("indication")
        ],
        "sheets": [
            describing.listed(one, lang) for one in selectors.shown().filter(document__views__contains=[row.pk])
        ],
        "findings": [{"id": one.pk, "label": one.label(lang)} for one in row.findings.filter(retired=False)],
    }
    return render(request, "sheets/view.html", context)


def _shown(request: HttpRequest, held: SheetVersion) -> HttpResponse:
    lang, actor = reader_language(request), actor_of(request)
    told = describing.whole(held, actor, lang)
    current = selectors.of_indication(held.indication_id)
    context = {
        "sheet": _marked(told, lang) | {"findings": [_with_gaps(one) for one in told["findings"]]},
        "state": STATES[held.state],
        "experts": [{**one, "says": VERDICTS[one["verdict"]]} for one in told["consensus"]["experts"]],
        "is_current": held == current,
        "links": links_to(held, actor, lang),
        "address": request.build_absolute_uri(reverse("web:sheet-version", args=[held.indication_id, held.number])),
        "work": _work(held, actor),
        "may_withdraw": held.state == "published" and actor.is_person and "curator" in actor.roles,
    }
    return render(request, "sheets/sheet.html", context)


def _work(held: SheetVersion, actor: Actor) -> str:
    """What the reader can do about it: work on the version in work, begin the next one, or nothing."""
    rows = SheetVersion.objects.filter(indication=held.indication_id, state__in=IN_WORK)
    if allowed(actor, "sheet.discuss", rows).exists():
        return "work"
    return "begin" if actor.is_person and "curator" in actor.roles else ""


def _marked(told: dict[str, Any], lang: str) -> dict[str, Any]:
    """With the language that title and question stand in, where it is not the reader's."""
    other = {name: "" if told[f"{name}s"].get(lang) else "en" for name in ("title", "question")}
    return told | {f"{name}_language": language for name, language in other.items()}


def _with_gaps(finding: dict[str, Any]) -> dict[str, Any]:
    """With a word on why a chosen case is not shown."""
    gaps = {part: {**one, "gap_words": GAPS[one["gap"]]} for part in PICKED if (one := finding[part]) and one["gap"]}
    return finding | gaps
