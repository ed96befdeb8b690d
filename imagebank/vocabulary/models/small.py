"""Short lists: settings, devices, attributes of a patient, how a case was confirmed, licences."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from imagebank.vocabulary.models.base import Entry, Labelled, Term


class Setting(Term):
    """Where the scan was done."""


class Laterality(Term):
    """Side of the body a clip shows."""

    code_system = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=20, blank=True)


class Certainty(Term):
    """How sure the confirmation is."""

    definition_en = models.CharField(max_length=300)


class ReferenceStandard(Term):
    """How the diagnosis was confirmed."""

    strength = models.CharField(max_length=12)
    definition_en = models.CharField(max_length=300)


class Artefact(Term):
    """An image artefact and its mechanism."""

    mechanism_en = models.CharField(max_length=300)
    where_seen_en = models.CharField(max_length=300, blank=True)


class Mode(Term):
    """Imaging mode, with its DICOM code."""

    code_system = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=20, blank=True)


class Probe(Term):
    """Kind of transducer, with its DICOM code."""

    code_system = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=20, blank=True)
    frequency_note = models.CharField(max_length=100, blank=True)


class QualityLevel(Term):
    """A level of the 1-5 image quality scale."""

    score = models.PositiveSmallIntegerField(unique=True)
    meets_minimum = models.BooleanField()
    definition_en = models.CharField(max_length=300)


class Licence(Labelled):
    """A licence by its SPDX identifier. What is not revocable may be chosen only where the rights cover it."""

    id = models.CharField(primary_key=True, max_length=64)
    revocable = models.BooleanField()
    commercial = models.BooleanField()
    derivatives = models.BooleanField()
    address = models.URLField(blank=True)

    def __str__(self) -> str:
        return self.id


class LicenceClause(Entry):
    """A numbered paragraph of the text of a licence, heading and words in each language; a draft for counsel."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="clauses")
    number = models.PositiveSmallIntegerField()
    headings = models.JSONField()
    texts = models.JSONField()
    """`{language: text}`, as the headings."""

    class Meta(Entry.Meta):
        constraints = [models.UniqueConstraint(fields=["licence", "number"], name="vocabulary_licenceclause_once")]

    def __str__(self) -> str:
        return f"{self.licence_id} {self.number}"


class LegalBasis(Term):
    """On which ground a deposit is lawful (privacy.md 5)."""

    definition_en = models.CharField(max_length=300)


class ConsentKind(Term):
    """What a patient agreed to. Only what is irrevocable covers a licence that cannot be taken back."""

    irrevocable = models.BooleanField()
    definition_en = models.CharField(max_length=300)


class WithdrawalReason(Labelled):
    """Why something was withdrawn."""

    id = models.CharField(primary_key=True, max_length=40)
    told_as = models.CharField(max_length=20)
    """The class that readers are told: not who asked."""

    def __str__(self) -> str:
        return self.id


class PatientAttribute(Labelled):
    """A coarse value of age band, sex, BMI class, ventilation or pregnancy."""

    attribute = models.CharField(max_length=20)
    slug = models.SlugField(max_length=40)
    definition_en = models.CharField(max_length=200)

    class Meta(Labelled.Meta):
        constraints = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(fields=["attribute", "slug"], name="vocabulary_patientattribute_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attribute} {self.slug}"


class Choice(Labelled):
    """Label of a value that code fixes: presence, polarity, threat, role, need, priority, level of a scale."""

    kind = models.CharField(max_length=20)
    slug = models.SlugField(max_length=40)

    class Meta(Labelled.Meta):
        constraints = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(fields=["kind", "slug"], name="vocabulary_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}"


class DeviceVendor(Entry):
    """A maker of devices, by the name of its own in all languages."""

    id = models.SlugField(primary_key=True, max_length=64)
    name = models.CharField(max_length=100)
    form = ArrayField(models.CharField(max_length=20), default=list)
    verified = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.id
