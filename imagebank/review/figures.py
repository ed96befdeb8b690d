"""What reading comes to: how much, how long, how far readers agree. Shown, never a target."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Final
from uuid import UUID

from django.db.models import DateTimeField, OuterRef, Subquery

from imagebank.core.actor import Actor
from imagebank.core.models import AuditEvent

from .models import Planted, Review

LOOKED_AT: Final = 500
"""Newest readings that the time is taken from."""


@dataclass(frozen=True, slots=True)
class Own:
    """Of one reader. `seconds`: median from taking a case to the verdict, None before the first; `planted`: how many
    planted cases were read, of them `caught` noticed."""

    readings: int
    seconds: int | None
    planted: int
    caught: int


def own(actor: Actor) -> Own:
    """Of this reader; what a later revision carried over is no reading."""
    mine = Review.objects.filter(reviewer_id=actor.user_id).exclude(items__has_key="carried_from")
    newest = mine.filter(seconds__isnull=False).order_by("-created_at").values_list("seconds", flat=True)
    seconds = [value for value in newest[:LOOKED_AT] if value is not None]
    planted = Planted.objects.filter(reading__reviewer_id=actor.user_id)
    caught = planted.filter(caught=True).count()
    return Own(mine.count(), round(median(seconds)) if seconds else None, planted.count(), caught)


def hours_to_decision(institution_id: UUID) -> float | None:
    """Median hours from handing in a case to its first verdict, of the newest LOOKED_AT; None before the first."""
    handed = AuditEvent.objects.filter(
        object_type="case", object_id=OuterRef("case_id"), event="submit", recorded_at__lte=OuterRef("created_at")
    ).order_by("-recorded_at")
    read = Review.objects.filter(case__institution_id=institution_id).exclude(items__has_key="carried_from")
    pairs = read.annotate(handed=Subquery(handed.values("recorded_at")[:1], output_field=DateTimeField()))
    newest = pairs.filter(handed__isnull=False).order_by("-created_at").values_list("created_at", "handed")
    hours = [(at - since).total_seconds() / 3600 for at, since in newest[:LOOKED_AT]]
    return median(hours) if hours else None
