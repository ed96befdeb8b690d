"""A verdict that counts: the case moves on, its author is told."""

from __future__ import annotations

from typing import Final

from imagebank.accounts.notifying import notify
from imagebank.catalog import history
from imagebank.catalog.models import Case
from imagebank.core.actor import Actor

TOLD: Final = {"accept": "case_accepted", "changes": "changes_asked", "refuse": "case_refused"}
"""What the author is told of a verdict."""


def conclude(case: Case, verdict: str, actor: Actor) -> None:
    """In the transaction of the caller."""
    history.move(case, verdict, actor=actor, changes={"claimed_by_id": None})
    notify(case.author, TOLD[verdict], address=f"/contribute/case/{case.pk}/")
