"""A case before it is published, as its readers will see it."""

from __future__ import annotations

from typing import Any

from imagebank.catalog.models import Case
from imagebank.catalog.projection import draft_document
from imagebank.catalog.search.present import case_json

from ..pages.marks import described
from ..presenting import heading, sorted_findings


def as_published(row: Case, lang: str) -> dict[str, Any]:
    """{row, case, heading, findings, marks, question}, for review/facts.html."""
    shown = case_json(draft_document(row), lang)
    return {
        "row": row,
        "case": shown,
        "heading": heading(shown),
        "findings": sorted_findings(shown),
        "marks": described(shown),
        "question": row.indication.clinical_question_en,
    }
