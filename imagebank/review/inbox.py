"""Doubts and incidents as those see them whom they concern."""

from __future__ import annotations

import uuid
from typing import Final

from django.db.models import QuerySet

from imagebank.accounts.permissions import allowed
from imagebank.catalog.authors import written_by
from imagebank.core.actor import Actor
from imagebank.core.errors import Missing

from .models import Doubt, Incident

SHOWN: Final = 100


def doubts(actor: Actor) -> QuerySet[Doubt]:
    """All that the actor may see."""
    return allowed(actor, "doubt.see", Doubt.objects.select_related("case__indication", "raiser"))


def raised(actor: Actor) -> QuerySet[Doubt]:
    """One's own, the newest first."""
    return doubts(actor).filter(raiser_id=actor.user_id).order_by("-raised_at", "id")[:SHOWN]


def about_mine(actor: Actor) -> QuerySet[Doubt]:
    """Of readers about the content of one's own cases, the newest first."""
    mine = doubts(actor).filter(written_by(actor.known_id, "case__"), kind="content")
    return mine.order_by("-raised_at", "id")[:SHOWN]


def to_answer(actor: Actor) -> QuerySet[Doubt]:
    """Open ones about the content of others' cases, the one that is due first first."""
    rows = Doubt.objects.select_related("case__indication").filter(state="open")
    return allowed(actor, "doubt.answer", rows).order_by("due_at", "id")[:SHOWN]


def incidents(actor: Actor) -> QuerySet[Incident]:
    """Open ones of one's institutions, the one that is due first first."""
    rows = Incident.objects.select_related("case__indication").prefetch_related("doubts").filter(state="open")
    return allowed(actor, "incident.see", rows).order_by("due_at", "id")[:SHOWN]


def one_doubt(actor: Actor, pk: uuid.UUID) -> Doubt:
    """Missing for what the actor may not see."""
    row = doubts(actor).select_related("case__author", "raiser").filter(pk=pk).first()
    if row is None:
        raise Missing()
    return row


def one_incident(actor: Actor, pk: uuid.UUID) -> Incident:
    """Missing for what the actor may not see."""
    rows = Incident.objects.select_related("case__author", "case__institution", "case__rights")
    row = allowed(actor, "incident.see", rows).filter(pk=pk).first()
    if row is None:
        raise Missing()
    return row
