"""Clinical questions as a reader comes with them: the indications in groups, by what brings the patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Question:
    """A group of indications under the words of the bedside."""

    id: str
    name: Promise | str
    indications: tuple[str, ...]


QUESTIONS: Final = (
    Question(
        "breathless", _("Breathless patient"),
        ("dyspnoea", "pneumonia-suspected", "pleural-effusion-suspected", "pneumothorax-suspected",
         "heart-failure-suspected", "viral-pneumonia-monitoring"),
    ),
    Question(
        "shock", _("Shock, trauma, cardiac arrest"),
        ("undifferentiated-shock", "cardiac-arrest", "thoracic-trauma-efast", "fluid-status", "venous-congestion-vexus",
         "fever-unknown-source"),
    ),
    Question(
        "chest", _("Chest pain, syncope, murmur"),
        ("chest-pain", "syncope", "pericardial-effusion-suspected", "pulmonary-embolism-suspected", "murmur-valve",
         "aortic-dissection-suspected"),
    ),
    Question(
        "abdomen", _("Abdominal pain"),
        ("ruq-pain", "jaundice", "appendicitis-suspected", "bowel-obstruction-suspected", "ascites-suspected",
         "aaa-suspected", "aaa-screening", "intussusception-suspected", "abdominal-wall-hernia"),
    ),
    Question(
        "kidney", _("Kidneys, bladder, scrotum"),
        ("flank-pain", "acute-kidney-injury", "urinary-retention", "haematuria", "scrotal-pain"),
    ),
    Question("leg", _("Swollen or painful leg"), ("dvt-suspected", "superficial-phlebitis")),
    Question(
        "pregnancy", _("Pregnancy and pelvis"),
        ("early-pregnancy-pain-bleeding", "late-pregnancy-assessment", "pelvic-pain-nonpregnant", "iud-localisation"),
    ),
    Question(
        "limbs", _("Skin, joints, bones"),
        ("soft-tissue-infection", "soft-tissue-lump", "foreign-body-suspected", "lymphadenopathy", "joint-swelling",
         "limping-child", "suspected-fracture", "shoulder-pain", "tendon-injury"),
    ),
    Question(
        "head", _("Head, neck, airway"),
        ("visual-loss-flashes", "raised-icp-suspected", "neck-lump-thyroid", "airway-confirmation"),
    ),
    Question(
        "procedures", _("Procedures"),
        ("vascular-access", "nerve-block", "thoracentesis-guidance", "paracentesis-guidance", "gastric-content"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with what the bank holds for it."""

    question: Question
    count: int
    picture: Mapping[str, Any] | None
    """A clip of one of its cases."""


def entries(counts: Mapping[str, int], cases: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """Every question; `counts` of cases by indication, `cases` to take a picture from."""
    return [_entry(question, counts, cases) for question in QUESTIONS]


def _entry(question: Question, counts: Mapping[str, int], cases: Sequence[Mapping[str, Any]]) -> Entry:
    total = sum(counts.get(slug, 0) for slug in question.indications)
    asked = (case for case in cases if case["indication"]["id"] in question.indications)
    pictures = (case["clips"][0] for case in asked if case["clips"])
    return Entry(question, total, next(pictures, None))
