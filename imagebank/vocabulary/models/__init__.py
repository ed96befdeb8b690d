"""Tables of the vocabulary room."""

from imagebank.vocabulary.models.editions import Change, Comment, Release, SourceTable
from imagebank.vocabulary.models.facets import Facet
from imagebank.vocabulary.models.links import IndicationFinding, IndicationView, QualityItem, Synonym
from imagebank.vocabulary.models.small import (
    Artefact,
    Certainty,
    Choice,
    ConsentKind,
    DeviceVendor,
    Laterality,
    LegalBasis,
    Licence,
    LicenceClause,
    Mode,
    PatientAttribute,
    Probe,
    QualityLevel,
    ReferenceStandard,
    Setting,
    WithdrawalReason,
)
from imagebank.vocabulary.models.terms import FindingTerm, Indication, SeverityScale, View

__all__ = [
    "Artefact",
    "Certainty",
    "Change",
    "Choice",
    "Comment",
    "ConsentKind",
    "DeviceVendor",
    "Facet",
    "FindingTerm",
    "Indication",
    "IndicationFinding",
    "IndicationView",
    "Laterality",
    "LegalBasis",
    "Licence",
    "LicenceClause",
    "Mode",
    "PatientAttribute",
    "Probe",
    "QualityItem",
    "QualityLevel",
    "ReferenceStandard",
    "Release",
    "Setting",
    "SeverityScale",
    "SourceTable",
    "Synonym",
    "View",
    "WithdrawalReason",
]
