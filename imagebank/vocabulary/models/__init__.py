"""Tables of the vocabulary room."""

from imagebank.vocabulary.models.facets import Facet, Release
from imagebank.vocabulary.models.links import IndicationFinding, IndicationView, QualityItem, Synonym
from imagebank.vocabulary.models.small import (
    Artefact,
    Certainty,
    Choice,
    DeviceVendor,
    Laterality,
    Licence,
    Mode,
    PatientAttribute,
    Probe,
    QualityLevel,
    ReferenceStandard,
    Setting,
)
from imagebank.vocabulary.models.terms import FindingTerm, Indication, PracticeSheet, SeverityScale, View

__all__ = [
    "Artefact",
    "Certainty",
    "Choice",
    "DeviceVendor",
    "Facet",
    "FindingTerm",
    "Indication",
    "IndicationFinding",
    "IndicationView",
    "Laterality",
    "Licence",
    "Mode",
    "PatientAttribute",
    "PracticeSheet",
    "Probe",
    "QualityItem",
    "QualityLevel",
    "ReferenceStandard",
    "Release",
    "Setting",
    "SeverityScale",
    "Synonym",
    "View",
]
