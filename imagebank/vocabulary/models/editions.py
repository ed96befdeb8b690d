"""The tables as they were loaded, what each loading changed and who said why, and what people say about a term."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from imagebank.accounts.models import User


class Release(models.Model):
    """A loading that changed something. The newest one's number is the version that caches are kept by."""

    number = models.AutoField(primary_key=True)
    digest = models.CharField(max_length=64)
    """SHA-256 of all tables read."""
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    """Null when the tables came with the product. Known by id alone: a release outlives the accounts."""
    reason = models.CharField(max_length=200, blank=True)
    loaded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"


class SourceTable(models.Model):
    """A table of the newest release, cell by cell in its order: what is exported, and compared with at an import."""

    name = models.CharField(primary_key=True, max_length=40)
    columns = ArrayField(models.CharField(max_length=40))
    rows = models.JSONField()
    """Lists of cells, in the order of `columns`."""

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """One cell that a release changed; the whole row was added or taken out where `column` is empty."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="changes")
    table = models.CharField(max_length=40)
    key = ArrayField(models.CharField(max_length=200))
    """Of the row (tables.KEYS)."""
    column = models.CharField(max_length=40, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering = ("-release", "id")
        indexes = [models.Index(fields=["table", "key"], name="vocabulary_change_of")]

    def __str__(self) -> str:
        return f"{self.table} {'/'.join(self.key)} {self.column}"


class Comment(models.Model):
    """A word about a term, for those with an account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    table = models.CharField(max_length=40)
    term = models.CharField(max_length=64)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=2000)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("created_at", "id")
        indexes = [models.Index(fields=["table", "term"], name="vocabulary_comment_on")]

    def __str__(self) -> str:
        return f"{self.table} {self.term}"
