"""The change feed: dense, chained, numbered after commit."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Change(models.Model):
    """One change of a public object, in the node's one sequence."""

    seq = models.BigIntegerField(primary_key=True)
    operation = models.CharField(max_length=10)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField(db_index=True)
    revision = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    numbered_at = models.DateTimeField(db_default=Now())
