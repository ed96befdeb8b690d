"""Why something that is named elsewhere is not shown now: a class, and nothing else of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Final

from imagebank.core.actor import Actor

from .models import PublicCase, Tombstone
from .search.visible import visible_to

REASONS: Final = {
    "patient_request": "consent",
    "consent_ended": "consent",
    "privacy": "privacy",
    "wrong_content": "content",
    "duplicate": "content",
    "institution": "institution",
}
"""Reason of a tombstone -> the class that readers are told: not who asked."""
GAPS: Final = ("consent", "privacy", "content", "institution", "other", "registered", "hidden")
"""The class of its withdrawal, only for accounts, or not shown at present."""


def gaps(cases: Collection[uuid.UUID], actor: Actor) -> dict[uuid.UUID, str]:
    """{case: class} of those that this reader is not shown now."""
    seen = set(visible_to(actor).filter(case_id__in=cases).values_list("case_id", flat=True))
    gone = dict(Tombstone.objects.filter(object_id__in=cases).values_list("object_id", "reason"))
    closed = set(PublicCase.objects.filter(case_id__in=cases, hidden=False).values_list("case_id", flat=True))
    return {
        case: REASONS.get(gone[case], "other") if case in gone else "registered" if case in closed else "hidden"
        for case in cases
        if case in gone or case not in seen
    }
