"""A verdict that counts: the case moves on, its authors are told."""

from __future__ import annotations

from typing import Final

from imagebank.catalog import authors, history
from imagebank.catalog.models import Case
from imagebank.core.actor import Actor

TOLD: Final = {"accept": "case_accepted", "changes": "changes_asked", "refuse": "case_refused"}
"""What the authors are told of a verdict."""


def conclude(case: Case, verdict: str, actor: Actor) -> None:
    """In the transaction of the caller."""
    history.move(case, verdict, actor=actor, changes={"claimed_by_id": None})
    authors.tell(case, TOLD[verdict], f"/contribute/case/{case.pk}/")
