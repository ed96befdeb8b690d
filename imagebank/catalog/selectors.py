"""Questions about the catalog that every door asks in the same way."""

from __future__ import annotations

import uuid

from django.db.models import Prefetch, QuerySet

from imagebank.core.errors import Gone

from .marks import in_order
from .models import Case, Clip, Finding, Mark, Tombstone


def refuse_withdrawn(pk: uuid.UUID) -> None:
    """Gone for a case or clip that has a tombstone."""
    if Tombstone.objects.filter(pk=pk).exists():
        raise Gone()


def standing(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """Neither superseded nor retired."""
    return findings.filter(retired=False, superseded_by__isnull=True)


def standing_findings(case: Case) -> list[Finding]:
    """What is said of the case now, the earliest first."""
    held: list[Finding] | None = getattr(case, "held_findings", None)
    return list(_in_order(case.findings.all())) if held is None else held


def with_documents(rows: QuerySet[Case]) -> QuerySet[Case]:
    """A list of cases with everything that their documents are made of (projection.py), in five queries."""
    clips = Clip.objects.order_by("position", "id").prefetch_related("renditions")
    findings = Prefetch("findings", _in_order(Finding.objects.all()), to_attr="held_findings")
    marks = Prefetch("marks", in_order(Mark.objects.all()), to_attr="held_marks")
    rows = rows.select_related("indication", "institution", "rights", "origin")
    return rows.prefetch_related(Prefetch("clips", clips), findings, marks)


def _in_order(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    return standing(findings).select_related("term").order_by("asserted_at", "id")
