"""Second readings."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from imagebank.accounts.models import User
from imagebank.catalog.models import Case

VERDICTS = ["accept", "changes", "refuse"]


class Review(models.Model):
    """One reading of one revision by another person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reviews")
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, default="content", choices=[("privacy", "privacy"), ("content", "content")])
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=10, choices=[(v, v) for v in VERDICTS])
    items = models.JSONField(default=dict)
    """Answers of the checklist: {"privacy": true, "findings": true ...}."""
    comment = models.TextField(blank=True)
    seconds = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="review_review_verdict_known")]
