"""The audit trail: who did what to which object. Written in the transaction of the act, chained after commit.

Vocabulary: DICOM PS3.15 A.5 and FHIR AuditEvent (action C, R, U, D, E). No patient identifiers; the actor by id, with
name and e-mail in an erasable card that the chain knows only by a salted commitment.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid

from django.db import models

from .actor import Actor
from .models import ActorCard, AuditEvent


def record(
    actor: Actor,
    event: str,
    row: models.Model,
    *,
    action: str = "U",
    before: str = "",
    after: str = "",
    reason: str = "",
    institution_id: uuid.UUID | None = None,
) -> AuditEvent:
    """Insert one audit row; `reason` is a code, `institution_id` the one concerned where the row does not say it."""
    return AuditEvent.objects.create(
        action=action,
        event=event,
        object_type=row._meta.model_name or "",
        object_id=row.pk,
        state_before=before,
        state_after=after,
        actor_id=actor.user_id,
        actor_roles=sorted(actor.roles),
        institution_id=institution_id or getattr(row, "institution_id", None) or actor.institution_id,
        via=actor.via,
        reason=reason,
        commitment=_commitment(actor.user_id),
    )


def _commitment(user_id: uuid.UUID | None) -> str:
    card = ActorCard.objects.filter(actor_id=user_id).first() if user_id else None
    return card.commitment() if card else ""


def write_card(user_id: uuid.UUID, name: str, email: str) -> ActorCard:
    """Make or renew the card of an actor."""
    card, _ = ActorCard.objects.update_or_create(
        actor_id=user_id,
        defaults={"name": name, "email": email},
        create_defaults={"name": name, "email": email, "salt": secrets.token_hex(16)},
    )
    return card


def erase_card(user_id: uuid.UUID) -> None:
    """Name and e-mail go; the chain still verifies, since it holds only the commitment."""
    ActorCard.objects.filter(actor_id=user_id).update(name="", email="", salt="")


def digest(previous: str, event: AuditEvent) -> str:
    """SHA-256 over the previous link and the canonical row."""
    return hashlib.sha256(f"{previous}\n{event.canonical()}".encode()).hexdigest()
