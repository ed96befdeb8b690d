"""The demonstration's collections over its cases: published by its curator through the real services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from anonymize.phantom.demo import LANGUAGES, titles
from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import User
from imagebank.catalog.models import Case, Clip
from imagebank.collections.models import Collection
from imagebank.collections.services import create
from imagebank.collections.steps import publish
from imagebank.core.actor import Actor

from .said import rows

FEWEST: Final = 2
"""Cases without which a collection teaches nothing: some may have been held for a look."""


def gather(curator: User) -> int:
    """Make those that are missing; returns how many are published."""
    actor, cases = actor_for(curator, via="command"), _cases()
    for name, texts in _texts().items():
        if not Collection.objects.filter(slug=name).exists():
            _make(actor, name, texts, cases)
    return Collection.objects.filter(state="published").count()


def _make(actor: Actor, name: str, texts: Mapping[str, dict[str, str]], cases: Mapping[str, Case]) -> None:
    items = [_item(row, cases[row["case"]]) for row in rows("collection_items") if _fits(row, name, cases)]
    if len(items) >= FEWEST:
        row = create(actor=actor, data={**texts, "items": items}, slug=name)
        publish(actor=actor, collection=row)


def _fits(row: Mapping[str, str], name: str, cases: Mapping[str, Case]) -> bool:
    return row["collection"] == name and row["case"] in cases


def _item(row: Mapping[str, str], case: Case) -> dict[str, Any]:
    clip: Clip | None = list(case.clips.order_by("position", "id"))[int(row["clip"]) - 1] if row["clip"] else None
    return {
        "case": case.pk,
        "clip": clip.pk if clip else None,
        "note": {language: row[language] for language in LANGUAGES if row[language]},
        "start_frame": int(row["frame"]) if row["frame"] else None,
        "hide": bool(row["hide"]),
    }


def _cases() -> dict[str, Case]:
    """Published cases of the phantom by its name for them, which their titles tell."""
    by_title = {case.title.get("en"): case for case in Case.objects.filter(state="published", synthetic=True)}
    return {name: by_title[title["en"]] for name, title in titles().items() if title["en"] in by_title}


def _texts() -> dict[str, dict[str, dict[str, str]]]:
    """{collection: {title, description}}, each by language."""
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in rows("collections"):
        found[row["collection"]][row["text"]] = {language: row[language] for language in LANGUAGES}
    return found
