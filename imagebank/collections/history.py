"""The history of a collection: each change as a snapshot of the version after it, and the differences between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from imagebank.core import revisions
from imagebank.core.actor import Actor

from .models import Collection, Edit, Item, Version

Document = Mapping[str, Any]


def document_of(version: Version) -> dict[str, Any]:
    """{title, description, credit, draft, items: [{case, clip, note, start_frame, hide}]}."""
    return {
        "title": version.title,
        "description": version.description,
        "credit": version.credit,
        "draft": version.draft,
        "items": [_item(item) for item in version.items.all()],
    }


def keep_edit(actor: Actor, collection: Collection, version: Version, reason: str = "") -> Edit:
    """Write down what the version is now; a change soon after one's own last one joins it."""
    of = {"collection": collection, "number": version.number}
    return revisions.keep(Edit.objects.filter(**of), actor, document_of(version), reason=reason, **of)


def differences(before: Document, after: Document) -> list[dict[str, Any]]:
    """[{what, item?, language?, before, after}]: texts by language, items added, taken out, moved or changed."""
    return [*_fields(before, after, ("title", "description", "credit", "draft")), *_items(before, after)]


def changes(collection: Collection) -> Iterator[tuple[Edit, list[dict[str, Any]]]]:
    """Every edit, the newest first, with what it changed."""
    edits = list(collection.edits.select_related("author"))
    return revisions.changes(edits, {"items": []}, differences)


def _item(item: Item) -> dict[str, Any]:
    return {
        "case": str(item.case_id),
        "clip": str(item.clip_id) if item.clip_id else None,
        "note": item.note,
        "start_frame": item.start_frame,
        "hide": item.hide,
    }


def _key(item: Document) -> tuple[str, str | None]:
    return item["case"], item["clip"]


def _fields(before: Document, after: Document, names: tuple[str, ...]) -> list[dict[str, Any]]:
    old, new = ({name: side.get(name) for name in names} for side in (before, after))
    return revisions.differences(old, new)


def _items(before: Document, after: Document) -> list[dict[str, Any]]:
    old = {_key(item): (place, item) for place, item in enumerate(before["items"], 1)}
    new = {_key(item): (place, item) for place, item in enumerate(after["items"], 1)}
    out = [{"what": "removed", "item": key[0], "before": old[key][0], "after": None} for key in old if key not in new]
    added = [{"what": "added", "item": key[0], "before": None, "after": new[key][0]} for key in new if key not in old]
    return [*out, *added, *_moved(old, new), *_changed(old, new)]


def _moved(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """Items whose place among those that stayed is another one."""
    stayed = [key for key in old if key in new]
    after = [key for key in new if key in old]
    return [
        {"what": "moved", "item": key[0], "before": old[key][0], "after": new[key][0]}
        for place, key in enumerate(after)
        if stayed[place] != key
    ]


def _changed(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> list[dict[str, Any]]:
    return [
        {**change, "item": key[0]}
        for key in new
        if key in old
        for change in _fields(old[key][1], new[key][1], ("note", "start_frame", "hide"))
    ]
