"""The history of a term, cell by cell, and what people say about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Denied, Invalid

from .models import Change, Comment, Release
from .publishing import SCHEMES

LONGEST: Final = 2_000
SOURCES: Final = {"reference-standards": "reference_standards", "quality-levels": "quality_scale",
                  "legal-bases": "legal_bases", "consent-kinds": "consent_kinds",
                  "withdrawal-reasons": "withdrawal_reasons"}  # fmt: skip
"""Schemes whose table has another name."""
LINKED: Final = {
    "findings": ("finding_broader", "finding_disclosure", "finding_exclusions", "finding_signs", "indication_findings"),
    "indications": ("indication_disclosure", "indication_findings", "indication_views"),
    "views": ("indication_views", "view_probe_positions", "view_quality_items"),
}
"""Scheme -> tables whose rows name its terms in their key."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What one release changed of a term."""

    release: Release
    changes: list[Change]


def history(scheme: str, slug: str) -> Iterator[Edit]:
    """The newest first; nothing before the first import."""
    told = Change.objects.filter(table=SOURCES.get(scheme, scheme), key=[slug])
    told |= Change.objects.filter(table__in=LINKED.get(scheme, ()), key__contains=[slug])
    told |= Change.objects.filter(table="synonyms", key__0=scheme, key__1=slug)
    rows = told.select_related("release__author").order_by("-release_id", "id")
    for _, changes in groupby(rows, key=lambda row: row.release_id):
        together = list(changes)
        yield Edit(together[0].release, together)


def comments(scheme: str, slug: str) -> list[Comment]:
    """The oldest first."""
    return list(Comment.objects.filter(table=scheme, term=slug).select_related("author"))


def comment(*, actor: Actor, scheme: str, slug: str, text: str) -> Comment:
    """A word about a term that there is; for persons with an account. `text` has passed the check of typed text."""
    if not actor.is_person:
        raise Denied("person")
    if scheme not in SCHEMES or not SCHEMES[scheme].model.objects.filter(pk=slug).exists():
        raise Invalid(errors={"term": "This is not in the vocabulary."})
    if not text or len(text) > LONGEST:
        raise Invalid(errors={"comment": f"Write something, at most {LONGEST} characters."})
    row = Comment.objects.create(table=scheme, term=slug, author_id=actor.known_id, text=text)
    record(actor, "comment", row, action="C")
    return row
