"""What was typed about a case goes with the case, also from the history and from versions that stay."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q

from imagebank.catalog.models import Tombstone

from .models import Edit, Item

REMEMBER: Final = """
    SELECT edit.id FROM collections_edit edit, jsonb_array_elements(edit.document -> 'items') item
    WHERE item -> 'note' <> '{}'
      AND EXISTS (SELECT FROM catalog_tombstone WHERE object_id::text IN (item ->> 'case', item ->> 'clip'))
"""


def forget_withdrawn() -> int:
    """The sweeper's part: notes on what has a tombstone; returns how many items and edits held some."""
    gone = Tombstone.objects.values("object_id")
    count = Item.objects.filter(Q(case__in=gone) | Q(clip__in=gone)).exclude(note={}).update(note={})
    for edit in Edit.objects.raw(f"SELECT * FROM collections_edit WHERE id IN ({REMEMBER})"):  # noqa: S608
        _forget(edit)
        count += 1
    return count


def _forget(edit: Edit) -> None:
    items: list[dict[str, Any]] = edit.document["items"]
    ids = {value for item in items for value in (item["case"], item["clip"]) if value}
    gone = {str(pk) for pk in Tombstone.objects.filter(pk__in=ids).values_list("pk", flat=True)}
    kept = [item if gone.isdisjoint((item["case"], item["clip"])) else {**item, "note": {}} for item in items]
    edit.document = {**edit.document, "items": kept}
    edit.save(update_fields=["document"])
