"""Deposits and their files as pages and REST tell them: state, reason in words, what a person can do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from imagebank.catalog.rights import attested
from imagebank.core.actor import Actor

from . import selectors
from .codes import sentence
from .models import Deposit, Original, Upload
from .states import CLOCKS

ORIGINALS = "/api/v1/originals"
WORKING = ("received", "deidentifying", "verifying")
WAITING = ("awaiting_confirmation", "held", "failed")


def deposit(row: Deposit, actor: Actor) -> dict[str, Any]:
    """A deposit with its files; its state is what its files still need."""
    files = list(row.originals.order_by("position").select_related("clip"))
    coming = unfinished(row)
    return {
        "id": row.pk,
        "state": "working" if coming else _state(files),
        "institution": row.institution.slug,
        "purpose": row.purpose,
        "setting": row.setting,
        "licence": row.rights.licence,
        "rights_attested": attested(row.rights),
        "created_at": row.created_at,
        "originals": originals(files, actor),
        "uploads": [upload(each) for each in coming],
    }


def unfinished(row: Deposit) -> list[Upload]:
    """Uploads of which bytes are missing, by number."""
    return sorted((each for each in row.uploads.all() if not each.finished_at), key=lambda each: each.position)


def upload(row: Upload) -> dict[str, Any]:
    """How far a file has come; with its last byte it becomes the original of the same id."""
    return {
        "id": row.pk,
        "name_shown": f"file {row.position}",
        "offset": row.offset,
        "length": row.length,
        "expires_at": row.expires_at,
    }


def originals(rows: Iterable[Original], actor: Actor) -> list[dict[str, Any]]:
    """Files of a deposit; an earlier one is named only to whoever may see it."""
    rows = list(rows)
    earlier = [row.duplicate_of_id for row in rows if row.duplicate_of_id]
    seen = set(selectors.originals(actor).filter(pk__in=earlier).values_list("pk", flat=True)) if earlier else set()
    return [original(row, row.duplicate_of_id if row.duplicate_of_id in seen else None) for row in rows]


def original(row: Original, duplicate_of: Any = None) -> dict[str, Any]:
    """One file: its state, and the reason in words."""
    clock = CLOCKS.get(row.state)
    preview = f"{ORIGINALS}/{row.pk}/preview/"
    return {
        "id": row.pk,
        "name_shown": f"file {row.position}",
        "state": row.state,
        "state_since": row.state_since,
        "expires_at": row.state_since + clock if clock else None,
        "code": row.code,
        "reason": sentence(row.code),
        "clip": row.clip_id if row.state == "accepted" else None,
        "duplicate_of": duplicate_of,
        "preview": preview if row.has_preview else None,
        "preview_after": f"{preview}?which=after" if row.state == "awaiting_confirmation" else None,
        "report": row.report,
    }


def _state(files: Iterable[Original]) -> str:
    """empty, working (the machine is busy), waiting (a person is), done."""
    states = {row.state for row in files}
    if not states:
        return "empty"
    if states & set(WORKING):
        return "working"
    return "waiting" if states & set(WAITING) else "done"
