"""Versions of practice sheets, how they came about, what experts say of them, and what others propose."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from imagebank.accounts.models import User
from imagebank.core.revisions import Revision
from imagebank.core.states import choices, in_table
from imagebank.vocabulary.models import Indication

from .states import AGREED_ON, IN_WORK, PROPOSAL, SHEET

VERDICTS = ("agree", "disagree")


class SheetVersion(models.Model):
    """One numbered state of an indication's sheet. Triggers keep what experts judge and what was published as it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    indication = models.ForeignKey(Indication, on_delete=models.PROTECT, related_name="sheet_versions")
    number = models.PositiveIntegerField()
    document = models.JSONField(default=dict)
    """As `document.cleaned` makes it."""
    state = models.CharField(max_length=20, default=SHEET.initial, choices=choices(SHEET))
    state_since = models.DateTimeField(db_default=Now())
    round = models.PositiveIntegerField(default=0)
    """How often experts were asked; only votes of the last time count."""
    published_on = models.DateField(null=True)

    class Meta:
        constraints = [
            in_table(SHEET),
            models.UniqueConstraint(fields=["indication", "number"], name="sheets_version_once"),
            models.UniqueConstraint(
                fields=["indication"], condition=Q(state__in=IN_WORK), name="sheets_one_version_in_work"
            ),
            models.UniqueConstraint(
                fields=["indication"], condition=Q(state="published"), name="sheets_one_version_published"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="sheets_version_from_1"),
            models.CheckConstraint(
                condition=~Q(state__in=AGREED_ON) | Q(published_on__isnull=False),
                name="sheets_version_published_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*IN_WORK, "dropped"]) | Q(published_on__isnull=True),
                name="sheets_version_not_yet_published",
            ),
        ]


class Edit(Revision):
    """One change of a version in work."""

    version = models.ForeignKey(SheetVersion, on_delete=models.PROTECT, related_name="edits")

    class Meta(Revision.Meta):
        pass


class Vote(models.Model):
    """What an expert says of a version. Shown with name and day, so it keeps the name that was shown."""

    version = models.ForeignKey(SheetVersion, on_delete=models.PROTECT, related_name="votes")
    round = models.PositiveIntegerField()
    expert = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    verdict = models.CharField(max_length=10, choices=[(v, v) for v in VERDICTS])
    comment = models.TextField(blank=True)
    voted_on = models.DateField()

    class Meta:
        ordering = ["voted_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "round", "expert"], name="sheets_vote_once"),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="sheets_vote_verdict"),
            models.CheckConstraint(condition=~Q(name=""), name="sheets_vote_named"),
            models.CheckConstraint(condition=Q(verdict="agree") | ~Q(comment=""), name="sheets_dissent_has_a_reason"),
        ]


class Proposal(models.Model):
    """A change that somebody proposes: the text before and after it. A curator takes it over or declines."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(SheetVersion, on_delete=models.PROTECT, related_name="proposals")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    before = models.JSONField()
    after = models.JSONField()
    state = models.CharField(max_length=20, default=PROPOSAL.initial, choices=choices(PROPOSAL))
    state_since = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            in_table(PROPOSAL),
            models.CheckConstraint(condition=~Q(reason=""), name="sheets_proposal_has_a_reason"),
        ]


class Comment(models.Model):
    """A word in the discussion of a version; never public."""

    version = models.ForeignKey(SheetVersion, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["created_at", "id"]
