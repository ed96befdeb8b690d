"""Which stored object a follower gets under a hash."""

from __future__ import annotations

import uuid

from imagebank.catalog.models import Rendition
from imagebank.core.errors import Gone, Missing

from .feed import items_for
from .freezing import visible
from .models import Change, FeedBlob, Mirror


def rendition(mirror: Mirror, sha256: str) -> Rendition:
    """The object; Gone once it was withdrawn, Missing when this follower may not have it.

    The same bytes may stand in several cases: one that may be had is enough, and a withdrawal acts on its own alone.
    """
    named = list(FeedBlob.objects.filter(sha256=sha256))
    reached = _reached(mirror, {blob.case_id for blob in named})
    mine = [blob for blob in named if blob.case_id in reached]
    shown = visible({blob.case_id for blob in mine})
    clips = {blob.clip_id for blob in mine}
    stored = Rendition.objects.filter(sha256=sha256, store="bank", clip__in=clips)
    for row in stored.filter(clip__state="public", clip__case__in=shown).order_by("pk"):
        return row
    if mine and not stored.exists():
        raise Gone()
    raise Missing()


def _reached(mirror: Mirror, cases: set[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the cases that this follower has been told of and may hear of now."""
    rows = Change.objects.filter(object_id__in=cases).order_by("object_id", "-revision").distinct("object_id")
    items = items_for(mirror, list(rows), "")
    return {row.object_id for row, item in zip(rows, items, strict=True) if item.op != "withheld"}
