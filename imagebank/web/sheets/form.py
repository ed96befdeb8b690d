"""The form of a sheet: English text and what it points at on one page, each other language on a page of its own.

A point's English text is its key: where it stays, its translations stay; where it is changed they go, and readers of
those languages see the English until somebody translates it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import QueryDict

from imagebank.catalog.search.present import in_language
from imagebank.sheets.document import MOST, PICKED, PLAIN, TAGGED, following, texts_of, translated
from imagebank.vocabulary.models import IndicationFinding, IndicationView
from imagebank.vocabulary.selectors import labels

from .words import FIELDS

SPARE: Final = 2
"""Empty rows at the end of a list."""
Document = Mapping[str, Any]


def said_in_english(post: QueryDict, document: Document) -> dict[str, Any]:
    """What the form says, as services.change takes it."""
    heads = {name: {**document.get(name, {}), "en": post.get(name, "").strip()} for name in ("title", "question")}
    for name, texts in heads.items():
        if texts["en"] != document.get(name, {}).get("en"):
            heads[name] = {"en": texts["en"]}
    plain = {name: [{"text": {"en": line}} for line in _lines(post, name)] for name in PLAIN}
    points = plain | {name: _tagged(post, name) for name in TAGGED}
    kept = {name: following(document.get(name, []), points[name]) for name in points}
    return {**heads, **kept, "views": _views(post), "sources": _lines(post, "sources")}


def said_in(lang: str, post: QueryDict, document: Document) -> dict[str, Any]:
    """What the form of another language says."""
    said = {
        (name, place): post.get(_name(name, place), "").strip()
        for name, place, _texts in texts_of(document)
        if _name(name, place) in post
    }
    changed = translated(document, lang, said)
    return {name: changed[name] for name, _place, _texts in texts_of(document)}


def english_fields(document: Document, indication: str, lang: str) -> dict[str, Any]:
    """For sheets/edit.html: what stands in each field, and what can be chosen."""
    return {
        "heads": [
            {"name": name, "label": FIELDS[name], "text": document.get(name, {}).get("en", "")}
            for name in ("title", "question")
        ],
        "lists": {name: _list(document, name) for name in (*PLAIN, "sources")},
        "tagged": {name: _rows(document, name) for name in TAGGED},
        "views": _view_rows(document, indication, lang),
        "findings": _choices(indication, lang),
        "all_findings": sorted(labels("finding", lang).items(), key=lambda pair: pair[1].casefold()),
    }


def translation_fields(document: Document, lang: str) -> list[dict[str, Any]]:
    """For sheets/translate.html: each text with its English."""
    return [
        {
            "name": _name(name, place),
            "label": FIELDS[name],
            "english": texts.get("en", ""),
            "text": texts.get(lang, ""),
        }
        for name, place, texts in texts_of(document)
    ]


def _name(field: str, place: int | None) -> str:
    return field if place is None else f"{field}-{place}"


def _lines(post: QueryDict, name: str) -> list[str]:
    return [line.strip() for line in post.get(name, "").splitlines() if line.strip()]


def _tagged(post: QueryDict, name: str) -> list[dict[str, Any]]:
    """Rows with a text; a finding needs none of its own to be refused in words."""
    rows = []
    for place in range(MOST + SPARE):
        text, finding = (post.get(f"{name}-{place}-{part}", "").strip() for part in ("text", "finding"))
        if text or (finding and name == "findings"):
            row: dict[str, Any] = {"finding": finding or None, "text": {"en": text}}
            if name == "findings":
                row |= {part: _case(post.get(f"{name}-{place}-{part}", "")) for part in PICKED}
            rows.append(row)
    return rows


def _case(text: str) -> str | None:
    """An id, or the address of a case's page."""
    return text.strip().rstrip("/").rpartition("/")[2] or None


def _views(post: QueryDict) -> list[str]:
    """Those with a number, in the order of the numbers."""
    said = {key.removeprefix("view-"): post.get(key, "") for key in post if key.startswith("view-")}
    numbers = {slug: int(text) for slug, text in said.items() if text.isascii() and text.isdigit()}
    return sorted(numbers, key=lambda slug: numbers[slug])


def _list(document: Document, name: str) -> dict[str, str]:
    lines = [item if isinstance(item, str) else item["text"]["en"] for item in document.get(name, [])]
    return {"label": str(FIELDS[name]), "text": "\n".join(lines)}


def _rows(document: Document, name: str) -> list[dict[str, str]]:
    rows = [
        {"text": in_language(point["text"], "en"), **{k: point.get(k) or "" for k in ("finding", *PICKED)}}
        for point in document.get(name, [])
    ]
    return rows + [dict.fromkeys(("text", "finding", *PICKED), "")] * SPARE


def _view_rows(document: Document, indication: str, lang: str) -> list[dict[str, Any]]:
    """The views that are offered for the indication, those of the sheet first, with their numbers."""
    chosen, named = document.get("views", []), labels("view", lang)
    offered = IndicationView.objects.filter(indication=indication, retired=False).order_by("position")
    slugs = [*chosen, *(slug for slug in offered.values_list("view_id", flat=True) if slug not in chosen)]
    return [
        {"id": slug, "label": named.get(slug, slug), "place": chosen.index(slug) + 1 if slug in chosen else ""}
        for slug in slugs
    ]


def _choices(indication: str, lang: str) -> list[tuple[str, str]]:
    """Findings of the indication by label."""
    offered = IndicationFinding.objects.filter(indication=indication, retired=False).values_list(
        "finding_id", flat=True
    )
    named = labels("finding", lang)
    return sorted({(slug, named.get(slug, slug)) for slug in offered}, key=lambda pair: pair[1].casefold())
