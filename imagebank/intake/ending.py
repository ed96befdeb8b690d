"""An institution that has ended may order its keys destroyed (privacy.md 2): nobody can join anything to it then."""

from __future__ import annotations

from django.db import transaction

from imagebank.accounts.models import Institution
from imagebank.core import keys
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Conflict

from .models import Original


@transaction.atomic
def destroy_keys(*, actor: Actor, institution: Institution) -> None:
    """For good, and safe to repeat. Conflict unless the institution has ended and nothing of it waits in quarantine."""
    if institution.state != "ended":
        raise Conflict("wrong_state", "The institution has not ended: it may still give, and needs its keys.")
    if Original.objects.filter(institution=institution, sealed=True).exists():
        raise Conflict("wrong_state", "Something of the institution waits in quarantine: confirm or discard it first.")
    record(actor, "destroy_keys", institution, action="D")
    transaction.on_commit(lambda: keys.destroy_institution(institution.pk))
