"""What the builder's page shows: the words in each language, the items, what can be done next."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from imagebank.accounts.permissions import allowed
from imagebank.catalog.search.present import in_language
from imagebank.catalog.text import LANGUAGES
from imagebank.collections import describing, selectors
from imagebank.collections.models import Collection, Version
from imagebank.collections.states import COLLECTION
from imagebank.core.actor import Actor

from .showing import balance_shown, item_card
from .words import CHANGES, STATES, STEPS

CURATORS: Final = ("publish", "return", "retire", "restore", "withdraw")
"""Steps that ask for the curator's role."""
Typed = Mapping[uuid.UUID, Mapping[str, Any]]
"""Item -> what was typed of it, as services.change_item takes it."""


def targets(actor: Actor, lang: str) -> list[dict[str, str]]:
    """Collections that cases can be put into now: {slug, title}."""
    if actor.is_anonymous:
        return []
    held = selectors.newest_versions(selectors.editable(actor))
    return [{"slug": version.collection.slug, "title": in_language(version.title, lang)} for version in held]


def on_desk(actor: Actor, lang: str) -> list[dict[str, Any]]:
    """What the actor can work on or could again, for collections/desk.html."""
    held = selectors.newest_versions(selectors.in_work(actor))
    told = zip(held, describing.listed(held, lang), strict=True)
    return [{**one, "row": v.collection, "state": STATES[v.collection.state]} for v, one in told]


def build_context(actor: Actor, row: Collection, version: Version, lang: str, typed: Typed) -> dict[str, Any]:
    """For collections/build.html; `typed` is what was refused of an item, and is shown in place of what it says."""
    told = describing.in_work(version, actor, lang)
    editable = row in selectors.editable(actor)
    items = list(version.items.all())
    return {
        "row": row,
        "collection": told,
        "state": STATES[row.state],
        "editable": editable,
        "lang": lang,
        "texts": _fields(version, lang),
        "version": version,
        "items": [
            _item(said, held.pk, lang, typed.get(held.pk)) for said, held in zip(told["items"], items, strict=True)
        ],
        "balance": balance_shown(told["balance"]),
        "steps": _steps(actor, row),
        "comments": describing.comments(row),
        "edits": [{**edit, "changes": [_change(c) for c in edit["changes"]]} for edit in describing.edits(row)],
        "second_factor": actor.second_factor,
    }


def _fields(version: Version, lang: str) -> list[dict[str, str]]:
    """Title and description in each language, the reader's first."""
    ordered = [lang, *(code for code in LANGUAGES if code != lang)]
    return [
        {"lang": code, "title": version.title.get(code, ""), "description": version.description.get(code, "")}
        for code in ordered
    ]


def _item(said: Mapping[str, Any], pk: uuid.UUID, lang: str, typed: Mapping[str, Any] | None) -> dict[str, Any]:
    shown = {**said, "note": said["notes"], **(typed or {})}
    others = [{"lang": code, "text": shown["note"].get(code, "")} for code in LANGUAGES if code != lang]
    return {
        **{name: shown[name] for name in ("start_frame", "clip", "hide")},
        "card": item_card(said),
        "id": pk,
        "note": shown["note"].get(lang, ""),
        "others": others,
        "wrong": typed is not None,
    }


def _steps(actor: Actor, row: Collection) -> list[dict[str, Any]]:
    """What the actor can do next, the first one most likely."""
    rows = Collection.objects.filter(pk=row.pk)
    owns = allowed(actor, "collection.own", rows).exists()
    publishes = allowed(actor, "collection.publish", rows).exists()
    found = []
    for name, words in STEPS.items():
        event = "abandon" if name == "drop" and row.live_revision else name
        possible = event in COLLECTION.events(row.state) and (name != "withdraw" or row.live_revision)
        if possible and (publishes if name in CURATORS else owns) and not (name == "propose" and publishes):
            found.append(
                {
                    "name": name,
                    "words": words,
                    "grave": name in ("drop", "withdraw"),
                    "main": name in ("publish", "propose"),
                }
            )
    return sorted(found, key=lambda one: (not one["main"], one["grave"]))


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    return {**change, "name": CHANGES[change["what"]]}
