"""Masks that people approved, by device: tried on the next file of the same maker, model, size and layout.

They stay inside the institution. A person still confirms each clip; a mask that somebody draws anew takes the place of
the remembered one.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import F
from django.utils import timezone

from anonymize.policy import Mask, Rectangle, RememberedMask

from .models import DeviceMask, Original

MOST: Final = 200
"""Masks of an institution that travel with a job, the latest approved first."""


def drawn(mask: Mapping[str, Any]) -> Mask:
    """A person's boxes [left, top, right, bottom]."""
    return Mask(*(tuple(Rectangle(*box) for box in mask[part]) for part in ("keep", "blank")))


def recalled(institution_id: uuid.UUID) -> tuple[RememberedMask, ...]:
    """What people of this institution approved before."""
    rows = DeviceMask.objects.filter(institution_id=institution_id).order_by("-approved_at")[:MOST]
    return tuple(
        RememberedMask(
            maker=row.maker,
            model=row.model,
            rows=row.rows,
            columns=row.columns,
            layout=row.layout,
            mask=drawn({"keep": row.keep, "blank": row.blank}),
            approvals=row.approvals,
        )
        for row in rows
    )


def remember(original: Original) -> None:
    """A file was confirmed: keep the mask that a person drew for it, or count one more approval of a remembered one.

    A file without a known maker and model is not remembered.
    """
    report = original.report or {}
    device = _device(original, report.get("facts") or {})
    if device is None:
        return
    if original.mask:
        kept = {"keep": original.mask["keep"], "blank": original.mask["blank"]}
        DeviceMask.objects.update_or_create(**device, defaults={**kept, "approvals": 1, "approved_at": timezone.now()})
    elif was_used(report):
        DeviceMask.objects.filter(**device).update(approvals=F("approvals") + 1, approved_at=timezone.now())


def was_used(report: Mapping[str, Any]) -> bool:
    """Whether the program cleaned by a remembered mask."""
    return any(mask["source"] == "remembered" for mask in report.get("masks") or [])


def _device(original: Original, facts: Mapping[str, Any]) -> dict[str, Any] | None:
    if not (facts.get("maker") and facts.get("model")):
        return None
    named = {name: facts[name] for name in ("maker", "model", "rows", "columns")}
    return {"institution_id": original.institution_id, "layout": facts.get("layout") or "", **named}
