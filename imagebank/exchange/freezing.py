"""What the feed says of a case, read once when its change is numbered: the projection and nothing else (privacy.md 9).

Order and figures aside, everything comes from `PublicCase.document`, made after coarsening. The rights are those that
the case and all its clips have in common. Cases of other nodes are theirs to tell.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from imagebank.catalog.models import Clip, PublicCase

from .rights import Told, common
from .wire import ROLES, content_digest


@dataclass(frozen=True, slots=True)
class Frozen:
    """A case as it is told; `blobs` are {sha256, size, role, clip}."""

    document: dict[str, Any]
    content: str
    blobs: list[dict[str, Any]]
    rights: Told
    subject: uuid.UUID


def freeze(cases: Iterable[uuid.UUID]) -> dict[uuid.UUID, Frozen]:
    """Those of the cases that readers see now. One that no region may have is not told at all."""
    shown = PublicCase.objects.filter(case__in=cases, hidden=False, case__origin__isnull=True)
    rows = list(shown.select_related("case__rights"))
    rights = _rights_of_clips(rows)
    return {row.case_id: made for row in rows if (made := _frozen(row, rights)) is not None}


def visible(cases: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those that readers see at this moment, whatever the sequencer has come to."""
    return set(PublicCase.objects.filter(case__in=cases, hidden=False).values_list("case_id", flat=True))


def _frozen(row: PublicCase, of_clips: dict[str, Any]) -> Frozen | None:
    clips = row.document["clips"]
    rights = common([row.case.rights, *(of_clips[clip["id"]] for clip in clips if clip["id"] in of_clips)])
    if rights is None:
        return None
    return Frozen(row.document, content_digest(row.document), _blobs(clips), rights, row.true_subject)


def _blobs(clips: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"sha256": told["sha256"], "size": told["size"], "role": role, "clip": clip["id"]}
        for clip in clips
        for role, told in sorted(clip["media"].items())
        if role in ROLES
    ]


def _rights_of_clips(rows: list[PublicCase]) -> dict[str, Any]:
    ids = [clip["id"] for row in rows for clip in row.document["clips"]]
    return {str(clip.pk): clip.rights for clip in Clip.objects.filter(pk__in=ids).select_related("rights")}
