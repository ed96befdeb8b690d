"""Questions about the catalog that every door asks in the same way."""

from __future__ import annotations

import uuid

from imagebank.core.errors import Gone

from .models import Case, Finding, Tombstone


def refuse_withdrawn(pk: uuid.UUID) -> None:
    """Gone for a case or clip that has a tombstone."""
    if Tombstone.objects.filter(pk=pk).exists():
        raise Gone()


def standing_findings(case: Case) -> list[Finding]:
    """Neither superseded nor retired."""
    rows = case.findings.filter(retired=False, superseded_by__isnull=True)
    return list(rows.select_related("term").order_by("asserted_at", "id"))
