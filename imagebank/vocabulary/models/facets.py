"""Numbers of facet values for the search's integer arrays."""

from __future__ import annotations

from django.db import models


class Facet(models.Model):
    """A small stable number for a value of a facet; assigned once, never changed, never given again."""

    number = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    slug = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="vocabulary_facet_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.slug}"
