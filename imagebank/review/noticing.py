"""Whether a planted case was noticed. It is made elsewhere (planting.py): by a worker, never where pages are served."""

from __future__ import annotations

import uuid

from .models import Planted, Review


def judge(row: Review) -> bool:
    """Whether this reading was of a planted case; noticed is what was not accepted. In the caller's transaction."""
    planted = Planted.objects.filter(case=row.case, reading=None).first()
    if planted:
        planted.reading, planted.caught = row, row.verdict != "accept"
        planted.save(update_fields=["reading", "caught"])
    return planted is not None


def planted_of(case_id: uuid.UUID) -> Planted | None:
    """What the reader is told right after the verdict; None for every other case."""
    return Planted.objects.filter(case_id=case_id, reading__isnull=False).first()
