"""Indications, views and findings: what a clip is tagged with."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from imagebank.vocabulary.models.base import Coded, Entry, Replaceable, Term
from imagebank.vocabulary.models.small import Probe, Setting

POLARITIES = ("normal", "abnormal", "variant", "artefact", "indeterminate")
THREATS = ("no", "potential", "yes", "organ")
DISCLOSURES = ("ordinary", "sensitive", "rare")


class SeverityScale(Entry):
    """Levels of a finding; a scale without levels asks nothing. Labels of levels: Choice of kind scale_level."""

    id = models.SlugField(primary_key=True, max_length=64)
    levels = ArrayField(models.CharField(max_length=40), default=list)
    meaning_en = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.id


class Indication(Coded, Replaceable, Term):
    """A clinical situation and the question that the scan answers."""

    body_system = models.CharField(max_length=30)
    settings = models.ManyToManyField(Setting, related_name="indications")
    priority = models.CharField(max_length=20)
    clinical_question_en = models.CharField(max_length=300)
    disclosure = models.CharField(max_length=20, choices=[(d, d) for d in DISCLOSURES], default="ordinary")
    """As of a finding."""

    class Meta(Term.Meta):
        constraints = [
            *Coded.Meta.constraints,
            *Term.Meta.constraints,
            models.CheckConstraint(condition=Q(disclosure__in=DISCLOSURES), name="vocabulary_indication_disclosure"),
        ]


class View(Coded, Replaceable, Term):
    """A window and plane."""

    body_region = models.CharField(max_length=30)
    site_sct = models.CharField(max_length=20, blank=True)
    site_meaning = models.CharField(max_length=100, blank=True)
    probes = models.ManyToManyField(Probe, related_name="views")
    plane = models.CharField(max_length=20)
    probe_position_en = models.CharField(max_length=300, blank=True)

    class Meta(Term.Meta):
        constraints = [*Coded.Meta.constraints, *Term.Meta.constraints]


class FindingTerm(Coded, Replaceable, Term):
    """Something to see."""

    body_region = models.CharField(max_length=30)
    polarity = models.CharField(max_length=20, choices=[(p, p) for p in POLARITIES])
    threat = models.CharField(max_length=20, choices=[(t, t) for t in THREATS])
    severity_scale = models.ForeignKey(SeverityScale, on_delete=models.PROTECT, related_name="findings")
    views = models.ManyToManyField(View, related_name="findings")
    note_en = models.CharField(max_length=500, blank=True)
    """A trap to know."""
    broader = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="narrower")
    disclosure = models.CharField(max_length=20, choices=[(d, d) for d in DISCLOSURES], default="ordinary")
    """Sensitive and rare terms hide institution, credit and country of a case (privacy 10)."""
    excludes = models.ManyToManyField("self", symmetrical=True)
    """Findings that cannot both be present in one clip."""

    class Meta(Term.Meta):
        constraints = [
            *Coded.Meta.constraints,
            *Term.Meta.constraints,
            models.CheckConstraint(condition=Q(polarity__in=POLARITIES), name="vocabulary_findingterm_polarity"),
            models.CheckConstraint(condition=Q(threat__in=THREATS), name="vocabulary_findingterm_threat"),
            models.CheckConstraint(condition=Q(disclosure__in=DISCLOSURES), name="vocabulary_findingterm_disclosure"),
            models.CheckConstraint(
                condition=~Q(polarity="normal") | Q(threat="no"), name="vocabulary_findingterm_normal_is_no_threat"
            ),
            models.CheckConstraint(
                condition=Q(broader=None) | ~Q(broader=F("id")), name="vocabulary_findingterm_not_its_own_kind"
            ),
        ]
