"""A collection as REST and pages tell it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from imagebank.catalog.search.present import in_language
from imagebank.core.actor import Actor
from imagebank.vocabulary.selectors import labels

from . import citing, history, selectors
from .balance import balance
from .models import Collection, Comment, Version
from .selectors import Shown
from .steps import missing_for_publication


def listed(versions: Sequence[Version], lang: str) -> list[dict[str, Any]]:
    """For a list of collections."""
    sizes = selectors.sizes(versions)
    return [_head(version, sizes.get(version.pk, 0), lang) for version in versions]


def whole(version: Version, actor: Actor, lang: str) -> dict[str, Any]:
    """A published version with its items by the reader's rights, its balance and how to cite it."""
    items = selectors.shown_items(version, actor)
    return {
        **_head(version, len(items), lang),
        **_held(version, items, lang),
        "balance": balance(items, lang),
        "licences": _licences(items, lang),
        "citation": {
            "text": citing.line(version, lang),
            "bibtex": citing.bibtex(version, lang),
            "csl": citing.csl(version, lang),
        },
        "archive": f"/api/v1/collections/{version.collection.slug}/versions/{version.number}/archive.zip",
    }


def in_work(version: Version, actor: Actor, lang: str) -> dict[str, Any]:
    """The version in work. Places are counted for curators only: others could ask of any case where it comes from."""
    items = selectors.shown_items(version, actor)
    return {
        **_head(version, len(items), lang),
        **_held(version, items, lang),
        "balance": balance(items, lang, places="curator" in actor.roles),
        "missing": missing_for_publication(actor, version),
    }


def edits(row: Collection) -> list[dict[str, Any]]:
    """The history, the newest first; days only."""
    return [
        {
            "version": edit.number,
            "author": str(edit.author),
            "reason": edit.reason,
            "edited_at": edit.edited_at.date(),
            "changes": changes,
        }
        for edit, changes in history.changes(row)
    ]


def comments(row: Collection) -> list[dict[str, Any]]:
    """The discussion, the oldest first."""
    found = row.comments.select_related("author").order_by("created_at", "id")
    return [comment_json(comment) for comment in found]


def comment_json(comment: Comment) -> dict[str, Any]:
    return {"author": str(comment.author), "text": comment.text, "written_at": comment.created_at.date()}


def digest(text: str) -> str:
    """For an ETag."""
    return hashlib.sha256(text.encode()).hexdigest()


def _head(version: Version, size: int, lang: str) -> dict[str, Any]:
    """What is told of a version everywhere; `state` is that of readers while a later one is in work."""
    row = version.collection
    in_public = version.published_on is not None and row.state != "retired"
    return {
        "slug": row.slug,
        "state": "published" if in_public else row.state,
        "version": version.number,
        "title": in_language(version.title, lang),
        "titles": version.title,
        "description": in_language(version.description, lang),
        "descriptions": version.description,
        "credit": version.credit,
        "draft": version.draft,
        "size": size,
        "published_at": version.published_on,
    }


def _held(version: Version, items: list[Shown], lang: str) -> dict[str, Any]:
    known = selectors.versions(version.collection)
    return {
        "versions": [{"version": one.number, "published_at": one.published_on} for one in known],
        "items": [selectors.item_json(item, lang) for item in items],
    }


def _licences(items: list[Shown], lang: str) -> list[dict[str, str]]:
    named = labels("licence", lang)
    held = sorted({item.row.document["licence"] for item in items if item.row})
    return [{"id": slug, "label": named.get(slug, slug)} for slug in held]
