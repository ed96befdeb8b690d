"""A sheet as REST and pages tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagebank.catalog.search.present import in_language
from imagebank.core.actor import Actor
from imagebank.core.revisions import Change, changes, differences
from imagebank.vocabulary.models import QualityItem, View
from imagebank.vocabulary.selectors import labels

from . import selectors
from .document import FIELDS, PLAIN, untranslated
from .models import Comment, Proposal, SheetVersion
from .showing import shown_with
from .states import AGREED_ON
from .steps import agreement_lacks, consensus


def listed(version: SheetVersion, lang: str) -> dict[str, Any]:
    """In a list."""
    document, indication = version.document, version.indication
    return {
        "indication": {"id": indication.pk, "label": indication.label(lang)},
        "version": version.number,
        "state": version.state,
        "draft": version.state not in AGREED_ON,
        "title": in_language(document.get("title", {}), lang),
        "titles": document.get("title", {}),
        "question": in_language(document.get("question", {}), lang),
        "questions": document.get("question", {}),
        "published_at": version.published_on,
        "consensus": agreement(version),
    }


def whole(version: SheetVersion, actor: Actor, lang: str) -> dict[str, Any]:
    """A version with its clips by the reader's rights. What `lang` lacks stands in English; each text tells its own."""
    document = version.document
    known = labels("finding", lang)
    clips = shown_with(version, actor, lang)
    return {
        **listed(version, lang),
        "language": lang,
        "untranslated": untranslated(document, lang),
        **{name: [_text(point, lang) for point in document.get(name, [])] for name in PLAIN},
        "views": _views(document.get("views", []), lang),
        "findings": [
            {"finding": _labelled(point, known), **_text(point, lang), **shown}
            for point, shown in zip(document.get("findings", []), clips, strict=True)
        ],
        "pitfalls": [
            {"finding": _labelled(point, known), **_text(point, lang)} for point in document.get("pitfalls", [])
        ],
        "sources": document.get("sources", []),
        "versions": versions(version.indication_id),
    }


def versions(indication: str) -> list[dict[str, Any]]:
    """Those that can be read, the newest first."""
    return [
        {"version": one.number, "state": one.state, "published_at": one.published_on}
        for one in selectors.agreed_on(indication)
    ]


def agreement(version: SheetVersion) -> dict[str, Any]:
    """{voted, agreed, percent, experts: [{name, verdict, voted_at}]} of the last round."""
    said = consensus(version)
    return {
        "voted": len(said.votes),
        "agreed": said.agreed,
        "percent": said.percent,
        "experts": [{"name": v.name, "verdict": v.verdict, "voted_at": v.voted_on} for v in said.votes],
    }


def work(version: SheetVersion, actor: Actor, lang: str) -> dict[str, Any]:
    """What those who work on it see beside the text: what it lacks, what experts said, proposals."""
    return {
        "lacks": agreement_lacks(version),
        "said": [
            {"name": v.name, "verdict": v.verdict, "comment": v.comment, "voted_at": v.voted_on}
            for v in consensus(version).votes
        ],
        "proposals": [proposal_json(one) for one in selectors.proposals(version, actor)],
    }


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "id": str(proposal.pk),
        "author": str(proposal.author),
        "reason": proposal.reason,
        "state": proposal.state,
        "proposed_at": proposal.created_at.date(),
        "changes": _in_order(differences(proposal.before, proposal.after)),
    }


def edits(version: SheetVersion) -> list[dict[str, Any]]:
    """The history of a version, the newest first; days only. It begins with what readers had before."""
    rows = list(version.edits.select_related("author").order_by("edited_at", "id"))
    last = selectors.before(version)
    return [
        {
            "author": str(edit.author) if edit.author else "",
            "reason": edit.reason,
            "edited_at": edit.edited_at.date(),
            "changes": _in_order(told),
        }
        for edit, told in changes(rows, last.document if last else {})
    ]


def since(version: SheetVersion, other: SheetVersion | None) -> list[dict[str, Any]]:
    """What this version says otherwise than another one."""
    return _in_order(differences(other.document if other else {}, version.document))


def comments(version: SheetVersion) -> list[dict[str, Any]]:
    """The discussion, the oldest first."""
    return [comment_json(one) for one in version.comments.select_related("author")]


def comment_json(comment: Comment) -> dict[str, Any]:
    return {"author": str(comment.author), "text": comment.text, "written_at": comment.created_at.date()}


def _in_order(told: list[Change]) -> list[Change]:
    """As the fields stand on the page; the database keeps them in an order of its own."""
    return sorted(told, key=lambda change: FIELDS.index(change["what"]))


def _text(point: Mapping[str, Any], lang: str) -> dict[str, str]:
    """{text, language}: the language it stands in."""
    return {"text": in_language(point["text"], lang), "language": lang if point["text"].get(lang) else "en"}


def _labelled(point: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str] | None:
    slug = point["finding"]
    return {"id": slug, "label": known.get(slug, slug)} if slug else None


def _views(slugs: list[str], lang: str) -> list[dict[str, Any]]:
    """In the sheet's order, with probe position and the items that quality is judged by."""
    rows = View.objects.in_bulk(slugs)
    items: dict[str, list[str]] = {slug: [] for slug in slugs}
    for view, text in QualityItem.objects.filter(view__in=slugs, retired=False).values_list("view_id", "text_en"):
        items[view].append(text)
    return [
        {
            "id": slug,
            "label": rows[slug].label(lang),
            "probe_position": rows[slug].probe_position_en,
            "quality_items": items[slug],
        }
        for slug in slugs
    ]
