"""What reviewers and curators find waiting, and what was said of a case."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from imagebank.accounts.permissions import allowed
from imagebank.catalog.models import Case
from imagebank.catalog.selectors import with_documents
from imagebank.core.actor import Actor
from imagebank.core.errors import Missing

from . import second
from .models import Review


def reads(actor: Actor) -> bool:
    """Whether cases of others are the actor's to read: reviewers and curators."""
    return bool(actor.roles & {"reviewer", "curator"})


def queue(actor: Actor) -> QuerySet[Case]:
    """Cases of others that wait for a reading, the oldest first; those that somebody else reads are left out."""
    waiting = Q(state="submitted") | Q(state="in_review", claimed_by_id=actor.user_id)
    rows = _cases(actor, "case.review").filter(waiting).exclude(pk__in=second.read_by(actor))
    return rows.order_by("state_since", "id")


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


def curated(actor: Actor, pk: uuid.UUID) -> Case:
    """The case for a curator to look at; Missing for what the actor may not publish and for what is not there."""
    row = _cases(actor, "case.publish").filter(pk=pk).first()
    if row is None:
        raise Missing()
    return row


def last_word(case: Case) -> Review | None:
    """The newest reading of the case that counts; one that a second reader must not know of is nobody's to see."""
    return _told(case).first()


def readings(case: Case) -> list[Review]:
    """All readings of the case that count, the newest first."""
    return list(_told(case))


def dissent(case: Case) -> list[Review]:
    """The two readings that differ, for the third reader; empty for all others."""
    row = second.open_for(case)
    return [row.first, row.second] if row and row.second else []


def _told(case: Case) -> QuerySet[Review]:
    return second.without_kept_back(case.reviews.select_related("reviewer")).order_by("-created_at")


def _cases(actor: Actor, act: str) -> QuerySet[Case]:
    return with_documents(allowed(actor, act, Case.objects.all()))
