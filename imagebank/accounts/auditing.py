"""Reading the audit trail: one's own acts and what was done with one's own, or all of an institution (privacy.md 18).

Who did it is told as far as the reader may know it: oneself and the people of institutions one is steward of by name,
everybody else by what they acted as; so a reviewer stays unknown to the author.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from imagebank.core.actor import Actor
from imagebank.core.models import ActorCard, AuditEvent

from .models import Membership, User
from .permissions import allowed

EXPORTED: Final = 100_000
"""Newest acts in one export."""


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the trail as it is told. `who`: a name, or empty where only `roles` are told; `seq`: its link."""

    id: uuid.UUID
    seq: int | None
    at: dt.datetime
    event: str
    object_type: str
    object_id: uuid.UUID
    before: str
    after: str
    reason: str
    via: str
    own: bool
    who: str
    roles: tuple[str, ...]


def trail(actor: Actor, *, institution: uuid.UUID | None = None) -> QuerySet[AuditEvent]:
    """The newest first: what the actor may read, of one institution where it is said."""
    rows = AuditEvent.objects.select_related("link").order_by("-recorded_at", "-id")
    if institution is not None:
        rows = rows.filter(institution_id=institution)
    return rows.filter(pk__in=allowed(actor, "audit.see", AuditEvent.objects.all()).values("pk"))


def after(rows: QuerySet[AuditEvent], event: AuditEvent) -> QuerySet[AuditEvent]:
    """What is older than `event`."""
    older = Q(recorded_at__lt=event.recorded_at) | Q(recorded_at=event.recorded_at, id__lt=event.pk)
    return rows.filter(older)


def told(actor: Actor, events: Iterable[AuditEvent]) -> Iterator[Act]:
    """The rows with what the reader may know of who acted."""
    listed = list(events)
    names = _names(actor, {event.actor_id for event in listed if event.actor_id})
    for event in listed:
        link = getattr(event, "link", None)
        own = event.actor_id is not None and event.actor_id == actor.user_id
        yield Act(
            id=event.pk, seq=link.seq if link else None, at=event.recorded_at, event=event.event,
            object_type=event.object_type, object_id=event.object_id, before=event.state_before,
            after=event.state_after, reason=event.reason, via=event.via, own=own,
            who="" if event.actor_id is None else names.get(event.actor_id, ""), roles=tuple(event.actor_roles),
        )  # fmt: skip


def _names(actor: Actor, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Of oneself, and of the people and service accounts of the institutions that the reader is steward of."""
    mine = actor.institutions("steward")
    members = Membership.objects.filter(user__in=ids, institution__in=mine).values_list("user_id", flat=True)
    services = User.objects.filter(pk__in=ids, institution__in=mine).values_list("pk", flat=True)
    known = {*members, *services} | (ids & {actor.user_id})
    if "privacy_officer" in actor.roles:
        known = ids
    cards = ActorCard.objects.filter(actor_id__in=known)
    return {card.actor_id: card.name or card.email for card in cards}
