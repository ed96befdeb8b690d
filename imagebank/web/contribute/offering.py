"""What the tagging screen offers: views with their quality items, findings by their role, with what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imagebank.catalog.models import Case, Clip, Finding
from imagebank.catalog.projection import clip_document
from imagebank.catalog.search.present import clip_json
from imagebank.catalog.selectors import standing_findings
from imagebank.vocabulary.models import FindingTerm, QualityItem, Synonym
from imagebank.vocabulary.offers import OfferedFinding, OfferedView, indication_offer
from imagebank.vocabulary.selectors import labels

from ..questions import QUESTIONS
from .answers import SEVERAL

SLOTS: Final[dict[str, tuple[Promise | str, Promise | str, bool]]] = {
    "target": (gettext_lazy("What you look for"), gettext_lazy("The findings that answer the question."), True),
    "expected_normal": (gettext_lazy("Normal"), gettext_lazy("What a normal scan shows."), True),
    "mimic": (gettext_lazy("Look-alikes"), gettext_lazy("What can be taken for it."), False),
    "pitfall": (gettext_lazy("Pitfalls"), gettext_lazy("What can mislead."), False),
}
"""Role -> name, explanation, open from the start."""
Groups = list[tuple[str, list[dict[str, Any]]]]


def indications(lang: str) -> Groups:
    """The indications in groups of the bedside, with the words people type for them."""
    names, words = labels("indication", lang), _synonyms("indication")
    grouped = [(str(q.name), [slug for slug in q.indications if slug in names]) for q in QUESTIONS]
    known = {slug for _name, slugs in grouped for slug in slugs}
    grouped.append((_("Other"), [slug for slug in names if slug not in known]))
    return [(name, [_option(slug, names, words) for slug in slugs]) for name, slugs in grouped if slugs]


def all_findings(lang: str) -> Groups:
    """Every finding, for what the indication does not offer."""
    names, words = labels("finding", lang), _synonyms("finding")
    return [("", [_option(slug, names, words) for slug in names])]


def clips(case: Case, lang: str) -> list[dict[str, Any]]:
    """The clips of the case with the views offered for its indication and the items of the chosen view."""
    offered = indication_offer(case.indication_id, lang)["views"]
    rows = case.clips.order_by("position").prefetch_related("renditions")
    return [_clip(row, number, offered, lang) for number, row in enumerate(rows, 1)]


def groups(case: Case, lang: str) -> list[dict[str, Any]]:
    """The findings by role, each once, with its answer; then those that were added."""
    standing: dict[str, list[Finding]] = {}
    for finding in standing_findings(case):
        standing.setdefault(finding.term_id, []).append(finding)
    offered, told = indication_offer(case.indication_id, lang)["findings"], set()
    shown = []
    for slot, (name, text, open_) in SLOTS.items():
        rows = [_row(item, standing.get(item["id"], [])) for item in offered[slot] if item["id"] not in told]
        told |= {row["id"] for row in rows}
        answered = any(row["presence"] for row in rows)
        shown.append({"slot": slot, "name": name, "text": text, "rows": rows, "open": open_ or answered})
    added = list(_added(standing, told, lang))
    shown.append({"slot": "added", "name": _("Also seen"), "text": "", "rows": added, "open": True})
    return [group for group in shown if group["rows"]]


def contradictions(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Pairs marked present on the same clip that exclude each other, in words."""
    present = {row["id"]: row for group in found for row in group["rows"] if row["presence"] == "present"}
    pairs = {tuple(sorted((slug, b))) for slug, row in present.items() for b in row["excludes"] if b in present}
    clash = [(present[a], present[b]) for a, b in sorted(pairs) if present[a]["on"] == present[b]["on"]]
    return [_("“%(a)s” and “%(b)s” exclude each other.") % {"a": a["label"], "b": b["label"]} for a, b in clash]


# --- pieces


def _option(slug: str, names: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    return {"id": slug, "label": names[slug], "words": words.get(slug, "")}


def _synonyms(kind: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for term, text in Synonym.objects.filter(kind=kind, retired=False).values_list("term", "text"):
        found.setdefault(term, []).append(text)
    return {term: " ".join(texts) for term, texts in found.items()}


def _clip(row: Clip, number: int, offered: Sequence[OfferedView], lang: str) -> dict[str, Any]:
    first = [(view["id"], view["label"]) for view in offered]
    known = {slug for slug, _label in first}
    others = [(slug, label) for slug, label in labels("view", lang).items() if slug not in known]
    chosen = next((view for view in offered if view["id"] == row.view_id), None)
    return {
        **clip_json(clip_document(row), lang),
        "number": number,
        "offered": first,
        "others": others,
        "probe_position": chosen["probe_position"] if chosen else "",
        "items": [_item(row, item) for item in _quality_items(row.view_id)],
        "quality": row.quality,
    }


def _quality_items(view: str | None) -> list[dict[str, Any]]:
    rows = QualityItem.objects.filter(view=view, retired=False).order_by("number") if view else []
    return [{"number": row.number, "text": row.text_en} for row in rows]


def _item(row: Clip, item: Mapping[str, Any]) -> dict[str, Any]:
    answer = row.quality_answers.get(str(item["number"]))
    return {**item, "answer": {True: "yes", False: "no"}.get(answer, "")}


def _row(item: OfferedFinding, standing: Sequence[Finding]) -> dict[str, Any]:
    """An offered finding with its answer; `on` is the clip it stands on."""
    first = standing[0] if standing else None
    places = {str(f.clip_id or "") for f in standing}
    return {
        **item,
        "presence": first.presence if first else "",
        "severity": first.severity if first else "",
        "on": SEVERAL if len(places) > 1 else next(iter(places), ""),
        "several": len(places) > 1,
    }


def _added(standing: Mapping[str, Sequence[Finding]], told: set[str], lang: str) -> Iterator[dict[str, Any]]:
    level = labels("scale_level", lang)
    extra = [slug for slug in standing if slug not in told]
    for term in FindingTerm.objects.filter(pk__in=extra).select_related("severity_scale").prefetch_related("excludes"):
        levels = [{"id": slug, "label": level[slug]} for slug in term.severity_scale.levels]
        item: OfferedFinding = {
            "id": term.id, "label": term.label(lang), "polarity": term.polarity, "threat": term.threat,
            "note": term.note_en, "scale": term.severity_scale_id, "levels": levels, "views": [],
            "excludes": [other.id for other in term.excludes.all()],
        }  # fmt: skip
        yield _row(item, standing[term.id])
