"""What of the vocabulary is given away as a terminology: the tables with ids and labels, each as one code system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from imagebank.vocabulary import models

SYSTEMS: Final = {"SCT": "http://snomed.info/sct", "DCM": "http://dicom.nema.org/resources/ontology/DCM"}
"""Our names of code systems -> their canonical addresses."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A table under the id of its code system; `definition` is the column that says in English what a row means."""

    model: type[Any]
    title: str
    definition: str = ""


SCHEMES: Final[Mapping[str, Scheme]] = {
    "findings": Scheme(models.FindingTerm, "Findings of point-of-care ultrasound", "note_en"),
    "indications": Scheme(models.Indication, "Indications for point-of-care ultrasound", "clinical_question_en"),
    "views": Scheme(models.View, "Views of point-of-care ultrasound", "probe_position_en"),
    "settings": Scheme(models.Setting, "Where the scan was done"),
    "lateralities": Scheme(models.Laterality, "Side of the body"),
    "certainties": Scheme(models.Certainty, "How sure the confirmation is", "definition_en"),
    "reference-standards": Scheme(models.ReferenceStandard, "How the diagnosis was confirmed", "definition_en"),
    "quality-levels": Scheme(models.QualityLevel, "Image quality", "definition_en"),
    "artefacts": Scheme(models.Artefact, "Image artefacts", "mechanism_en"),
    "modes": Scheme(models.Mode, "Imaging modes"),
    "probes": Scheme(models.Probe, "Kinds of transducer", "frequency_note"),
    "licences": Scheme(models.Licence, "Licences"),
    "legal-bases": Scheme(models.LegalBasis, "Legal bases of a deposit", "definition_en"),
    "consent-kinds": Scheme(models.ConsentKind, "Kinds of consent", "definition_en"),
    "withdrawal-reasons": Scheme(models.WithdrawalReason, "Reasons for withdrawal"),
}
CODED: Final = ("findings", "indications", "views")
"""Tables whose codes say how they relate to the term."""


def definition_of(row: Any, scheme: Scheme) -> str:
    """What the row means, in English; empty where nothing is said."""
    return str(getattr(row, scheme.definition)) if scheme.definition else ""


def synonyms_of(kind: str) -> dict[str, list[tuple[str, str]]]:
    """{slug: [(language, synonym)]} of findings, indications or views."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = models.Synonym.objects.filter(kind=kind.removesuffix("s"), retired=False)
    for term, lang, text in rows.values_list("term", "lang", "text"):
        found.setdefault(term, []).append((lang, text))
    return found
