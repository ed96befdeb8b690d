"""Second readings, doubts of readers, privacy incidents."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from imagebank.accounts.models import Institution, User
from imagebank.catalog.models import Case, Clip
from imagebank.core.states import choices, in_table

from .states import DOUBT, INCIDENT

VERDICTS = ["accept", "changes", "refuse"]
FAULTS = ["name", "tag"]
"""Of planted cases: a name in the picture, a finding that is not there."""
KINDS = ["content", "privacy"]
"""Of doubts: "This is not right", "Somebody could be recognised"."""


class Review(models.Model):
    """One reading of one revision by another person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reviews")
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, default="content", choices=[("privacy", "privacy"), ("content", "content")])
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=10, choices=[(v, v) for v in VERDICTS])
    items = models.JSONField(default=dict)
    """Answers of the checklist, {"text": true, "content": true ...}, and what was seen of the findings (seen.py)."""
    comment = models.TextField(blank=True)
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, null=True, related_name="+")
    """What the comment points at, with `frame` (from 1) and `point` ([x, y], 0 to 1 of the picture)."""
    frame = models.PositiveIntegerField(null=True)
    point = models.JSONField(null=True)
    seconds = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="review_review_verdict_known"),
            models.CheckConstraint(
                condition=Q(clip__isnull=True, frame__isnull=True, point__isnull=True)
                | Q(clip__isnull=False, frame__gte=1),
                name="review_review_frame_of_a_clip",
            ),
        ]


class SecondRead(models.Model):
    """A case that two people read who know nothing of each other; where they differ a third reads it too."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="second_reads")
    history = models.PositiveIntegerField()
    """Number of the newest change of the case: what was taken back or changed since is not what was read."""
    first = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="+")
    second = models.OneToOneField(Review, on_delete=models.PROTECT, null=True, related_name="+")
    third = models.OneToOneField(Review, on_delete=models.PROTECT, null=True, related_name="+")
    asked = models.BooleanField(default=False)
    """The first reader asked for it; otherwise the lot drew it."""
    drawn_at = models.DateTimeField(db_default=Now())
    done = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(done=False), name="review_secondread_one_open"),
            models.CheckConstraint(
                condition=Q(third__isnull=True) | Q(second__isnull=False), name="review_secondread_in_order"
            ),
        ]


class Planted(models.Model):
    """A synthetic case with a fault in it, laid into the queue to see whether it is noticed. A trigger keeps it from
    ever being accepted or published."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="planted")
    fault = models.CharField(max_length=10, choices=[(f, f) for f in FAULTS])
    planted_at = models.DateTimeField(db_default=Now())
    next_after = models.PositiveIntegerField()
    """How many cases are handed in before the next one, drawn by lot so that nobody can count."""
    reading = models.OneToOneField(Review, on_delete=models.PROTECT, null=True, related_name="planted")
    caught = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fault__in=FAULTS), name="review_planted_fault_known"),
            models.CheckConstraint(
                condition=Q(reading__isnull=True, caught__isnull=True) | Q(reading__isnull=False, caught__isnull=False),
                name="review_planted_read_whole",
            ),
        ]


class Incident(models.Model):
    """Somebody fears that a patient could be recognised (privacy.md 14). Closed by a person with a decision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="incidents")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default=INCIDENT.initial, choices=choices(INCIDENT))
    state_since = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()
    """When the clock of 72 hours runs out; what is not hidden by then is hidden."""
    hid = models.BooleanField(default=False)
    """Whether the case was hidden for it; otherwise a steward looks first."""
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    """Why it was decided so; for those who decide on incidents. Erasable."""

    class Meta:
        constraints = [
            in_table(INCIDENT),
            models.UniqueConstraint(fields=["case"], condition=Q(state="open"), name="review_incident_one_open"),
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True) | ~Q(state="open") & Q(decided_by__isnull=False),
                name="review_incident_decided_by_a_person",
            ),
        ]


class Doubt(models.Model):
    """A reader says that a published case is not right, or that somebody could be recognised. Never public."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="doubts")
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, null=True, related_name="+")
    """Which of its clips was on the stage."""
    revision = models.PositiveIntegerField()
    """What the reader saw."""
    kind = models.CharField(max_length=10, choices=[(k, k) for k in KINDS])
    raiser = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="doubts")
    """Null for readers without an account."""
    at_once = models.BooleanField(default=False)
    """A doubt about privacy that hides the case before anybody has looked."""
    text = models.TextField(blank=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="doubts")
    state = models.CharField(max_length=10, default=DOUBT.initial, choices=choices(DOUBT))
    state_since = models.DateTimeField(db_default=Now())
    raised_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            in_table(DOUBT),
            models.CheckConstraint(
                condition=Q(kind="content", incident__isnull=True, raiser__isnull=False, at_once=False)
                | Q(kind="privacy", incident__isnull=False),
                name="review_doubt_privacy_has_an_incident",
            ),
            models.CheckConstraint(
                condition=Q(at_once=False) | Q(raiser__isnull=False), name="review_doubt_at_once_by_an_account"
            ),
            models.UniqueConstraint(
                fields=["case", "raiser", "kind"],
                condition=Q(state="open", raiser__isnull=False),
                name="review_doubt_open_once",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="open"), name="review_doubt_waiting")]  # fmt: skip
