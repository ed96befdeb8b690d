"""What a contributor is offered for an indication: views to scan, findings to mark by their role."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypedDict

from imagebank.core.errors import Invalid
from imagebank.vocabulary.models import FindingTerm, Indication, View
from imagebank.vocabulary.selectors import labels, version

SLOTS = {"expected-normal": "expected_normal", "target-abnormal": "target", "mimic": "mimic", "pitfall": "pitfall"}


class OfferedView(TypedDict):
    """A view to scan; `quality_items` are yes/no questions (English, draft), in their order."""

    id: str
    label: str
    need: str
    need_label: str
    probes: list[str]
    probe_position: str
    quality_items: list[dict[str, Any]]


class OfferedFinding(TypedDict):
    """A finding to mark; `levels` is empty when no severity is asked; `views` and `excludes` are slugs."""

    id: str
    label: str
    polarity: str
    threat: str
    note: str
    scale: str
    levels: list[dict[str, str]]
    views: list[str]
    excludes: list[str]


class Offer(TypedDict):
    """`findings` has the keys expected_normal, target, mimic and pitfall; a finding may stand under several."""

    id: str
    label: str
    question: str
    views: list[OfferedView]
    findings: dict[str, list[OfferedFinding]]


def indication_offer(indication: str, lang: str) -> Offer:
    """Views and findings offered for an indication. Raises Invalid when there is none, or it is retired."""
    return _offer(version(), indication, lang)


@lru_cache(maxsize=512)
def _offer(number: int, slug: str, lang: str) -> Offer:
    """`number` is the version: an older one's offers are never asked for again."""
    indication = Indication.objects.filter(pk=slug, retired=False).first()
    if indication is None:
        raise Invalid(errors={"indication": "This is not in the vocabulary."})
    return {
        "id": slug,
        "label": indication.label(lang),
        "question": indication.clinical_question_en,
        "views": _views(indication, lang),
        "findings": _findings(indication, lang),
    }


def _views(indication: Indication, lang: str) -> list[OfferedView]:
    links = indication.view_links.filter(retired=False, view__retired=False).select_related("view")
    links = links.prefetch_related("view__probes", "view__quality_items")
    needs = labels("need", lang)
    return [_view(link.view, lang, link.need, needs[link.need]) for link in links]


def _view(view: View, lang: str, need: str, need_label: str) -> OfferedView:
    items = [item for item in view.quality_items.all() if not item.retired]
    return {
        "id": view.id,
        "label": view.label(lang),
        "need": need,
        "need_label": need_label,
        "probes": [probe.id for probe in view.probes.all()],
        "probe_position": view.probe_position_en,
        "quality_items": [{"number": item.number, "text": item.text_en} for item in items],
    }


def _findings(indication: Indication, lang: str) -> dict[str, list[OfferedFinding]]:
    offered: dict[str, list[OfferedFinding]] = {slot: [] for slot in SLOTS.values()}
    links = indication.finding_links.filter(retired=False, finding__retired=False)
    links = links.select_related("finding__severity_scale").prefetch_related("finding__views", "finding__excludes")
    for link in links:
        offered[SLOTS[link.role]].append(_finding(link.finding, lang))
    return offered


def _finding(finding: FindingTerm, lang: str) -> OfferedFinding:
    scale = finding.severity_scale
    level = labels("scale_level", lang)
    return {
        "id": finding.id,
        "label": finding.label(lang),
        "polarity": finding.polarity,
        "threat": finding.threat,
        "note": finding.note_en,
        "scale": scale.id,
        "levels": [{"id": slug, "label": level[slug]} for slug in scale.levels],
        "views": [view.id for view in finding.views.all()],
        "excludes": [other.id for other in finding.excludes.all()],
    }
