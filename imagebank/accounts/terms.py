"""The terms of use: which version is in force, and who accepted it (privacy.md 6)."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Denied

from .models import User

TERMS: Final = "draft-1"
"""Version of the page `/help/terms/`. Another version asks everybody again."""


@transaction.atomic
def accept_terms(*, actor: Actor, user: User) -> None:
    """The person itself accepts the terms in force."""
    if not actor.is_person or actor.user_id != user.pk:
        raise Denied("person")
    user.accepted_terms = TERMS
    user.save(update_fields=["accepted_terms"])
    record(actor, "accept_terms", user)
