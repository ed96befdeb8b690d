"""What reviewers and curators find waiting, and what was said of a case."""

from __future__ import annotations

import uuid
from typing import Final

from django.db.models import Q, QuerySet

from imagebank.accounts.permissions import allowed
from imagebank.catalog.models import Case
from imagebank.catalog.selectors import with_documents
from imagebank.core.actor import Actor
from imagebank.core.errors import Missing

from .models import Review

LONGEST: Final = 200


def queue(actor: Actor) -> QuerySet[Case]:
    """Cases of others that wait for a reading, the oldest first; those that somebody else reads are left out."""
    waiting = Q(state="submitted") | Q(state="in_review", claimed_by_id=actor.user_id)
    return _cases(actor, "case.review").filter(waiting).order_by("state_since", "id")


def being_read(actor: Actor) -> int:
    """How many cases somebody else is reading now."""
    rows = allowed(actor, "case.see", Case.objects.filter(state="in_review"))
    return rows.exclude(claimed_by_id=actor.user_id).count()


def own_waiting(actor: Actor) -> int:
    """How many waiting cases the actor may not read because they are the actor's own."""
    seen = allowed(actor, "case.see", Case.objects.filter(state__in=["submitted", "in_review"]))
    return seen.count() - allowed(actor, "case.review", seen).count()


def reading(actor: Actor, pk: uuid.UUID) -> Case:
    """The case for a reading; Missing for own material and for what is not there."""
    row = _cases(actor, "case.review").filter(pk=pk).first()
    if row is None:
        raise Missing()
    return row


def to_curate(actor: Actor, *states: str) -> QuerySet[Case]:
    """Cases in these states that a curator may publish, the oldest first."""
    rows = allowed(actor, "case.publish", Case.objects.filter(state__in=states))
    return with_documents(rows).order_by("state_since", "id")[:LONGEST]


def curated(actor: Actor, pk: uuid.UUID) -> Case:
    """The case for a curator to look at; Missing for what the actor may not publish and for what is not there."""
    row = _cases(actor, "case.publish").filter(pk=pk).first()
    if row is None:
        raise Missing()
    return row


def published(actor: Actor) -> QuerySet[Case]:
    """Cases that readers see and that the actor may suspend, the newest first."""
    rows = allowed(actor, "case.suspend", Case.objects.filter(projection__hidden=False))
    return with_documents(rows).order_by("-state_since", "id")[:LONGEST]


def last_word(case: Case) -> Review | None:
    """The newest reading of the case."""
    return case.reviews.select_related("reviewer").order_by("-created_at").first()


def readings(case: Case) -> list[Review]:
    """All readings of the case, the newest first."""
    return list(case.reviews.select_related("reviewer").order_by("-created_at"))


def _cases(actor: Actor, act: str) -> QuerySet[Case]:
    return with_documents(allowed(actor, act, Case.objects.all()))
