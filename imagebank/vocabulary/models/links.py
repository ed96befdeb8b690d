"""What belongs to what: findings and views of an indication, synonyms, the items a view's quality is judged by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from imagebank.vocabulary.models.base import Entry
from imagebank.vocabulary.models.terms import FindingTerm, Indication, View

ROLES = ("expected-normal", "target-abnormal", "mimic", "pitfall")
NEEDS = ("core", "one-of", "optional")
"""One-of: any of the views so marked will do (the joint, vessel, nerve or tendon in question)."""


class IndicationFinding(Entry):
    """A finding offered for an indication; it can have more than one role."""

    indication = models.ForeignKey(Indication, on_delete=models.PROTECT, related_name="finding_links")
    finding = models.ForeignKey(FindingTerm, on_delete=models.PROTECT, related_name="indication_links")
    role = models.CharField(max_length=20, choices=[(r, r) for r in ROLES])

    class Meta(Entry.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(role__in=ROLES), name="vocabulary_indicationfinding_role"),
            models.UniqueConstraint(fields=["indication", "finding", "role"], name="vocabulary_indicationfinding_once"),
        ]


class IndicationView(Entry):
    """A view offered for an indication; `position` is its order."""

    indication = models.ForeignKey(Indication, on_delete=models.PROTECT, related_name="view_links")
    view = models.ForeignKey(View, on_delete=models.PROTECT, related_name="indication_links")
    need = models.CharField(max_length=10, choices=[(n, n) for n in NEEDS])

    class Meta(Entry.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(need__in=NEEDS), name="vocabulary_indicationview_need"),
            models.UniqueConstraint(fields=["indication", "view"], name="vocabulary_indicationview_once"),
        ]


class Synonym(Entry):
    """What people type for a finding, indication or view."""

    kind = models.CharField(max_length=20)
    term = models.SlugField(max_length=64)
    lang = models.CharField(max_length=2)
    text = models.CharField(max_length=100)
    normalised = models.CharField(max_length=100, db_index=True)
    """Word keys (folding), joined by a space."""

    class Meta(Entry.Meta):
        constraints = [models.UniqueConstraint(fields=["kind", "term", "lang", "text"], name="vocabulary_synonym_once")]


class QualityItem(Entry):
    """A yes/no item of a view, from which the 1-5 score is derived; `position` is its order."""

    view = models.ForeignKey(View, on_delete=models.PROTECT, related_name="quality_items")
    number = models.PositiveSmallIntegerField()
    text_en = models.CharField(max_length=200)

    class Meta(Entry.Meta):
        constraints = [models.UniqueConstraint(fields=["view", "number"], name="vocabulary_qualityitem_once")]
