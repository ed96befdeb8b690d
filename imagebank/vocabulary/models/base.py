"""What terms share: labels in five languages, a place in their list, and retirement instead of deletion."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """A row of a table of the vocabulary. Slugs are never reused: what leaves the tables is retired."""

    position = models.PositiveIntegerField(default=0)
    retired = models.BooleanField(default=False)
    draft = models.BooleanField(default=True)
    """Not yet read by a clinician and a native-speaking medical translator."""

    class Meta:
        abstract = True
        ordering = ("position",)


class Labelled(Entry):
    """An entry with a label in each of the five languages."""

    label_en = models.CharField(max_length=200)
    label_fr = models.CharField(max_length=200)
    label_de = models.CharField(max_length=200)
    label_es = models.CharField(max_length=200)
    label_da = models.CharField(max_length=200)

    class Meta(Entry.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~(Q(label_en="") | Q(label_fr="") | Q(label_de="") | Q(label_es="") | Q(label_da="")),
                name="%(app_label)s_%(class)s_labelled",
            )
        ]

    def label(self, lang: str) -> str:
        """Label in one of the five languages."""
        return str(getattr(self, f"label_{lang}"))


class Term(Labelled):
    """A labelled entry with a slug of its own."""

    id = models.SlugField(primary_key=True, max_length=64)

    class Meta(Labelled.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.id


class Replaceable(models.Model):
    """A term that another one may take the place of."""

    successor = models.SlugField(max_length=64, blank=True)
    """Slug of the term to use instead of this retired one; empty when there is none."""

    class Meta:
        abstract = True


class Coded(models.Model):
    """A code of a terminology; empty where none was found in PS3.16's dictionary."""

    code_system = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=20, blank=True)
    code_meaning = models.CharField(max_length=200, blank=True)
    code_relation = models.CharField(max_length=10, blank=True)
    """exact, close, broader (the code is wider) or related: SKOS exactMatch, closeMatch, broadMatch, relatedMatch."""
    code_verified = models.BooleanField(default=False)
    dicom_cids = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    """Context groups of PS3.16 that hold the code."""

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(code_verified=False) | ~Q(code=""), name="%(app_label)s_%(class)s_verified_code"
            )
        ]
