"""Numbers of facet values for the search's integer arrays, and the versions of the tables that were loaded."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Facet(models.Model):
    """A small stable number for a value of a facet; assigned once, never changed, never given again."""

    number = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    slug = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="vocabulary_facet_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.slug}"


class Release(models.Model):
    """A loading that changed something. The newest one's number is the version that caches are kept by."""

    number = models.AutoField(primary_key=True)
    digest = models.CharField(max_length=64)
    """SHA-256 of all files read."""
    loaded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"
