"""Signed votes when the expert is to be forgotten (privacy.md 18)."""

from __future__ import annotations

from typing import Final

from imagebank.accounts.models import User

from .models import Vote

NOBODY: Final = "–"
"""Stands where a name stood; the database lets a vote's name become this and nothing else."""


def forget_name(account: User) -> None:
    """What the expert said stays, without the name."""
    Vote.objects.filter(expert=account).update(name=NOBODY)
