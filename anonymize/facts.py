"""What may be said of the patient in the report: bands, never a value finer than the vocabulary's classes."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from pydicom.dataset import Dataset

_SEX: Final = {"F": "female", "M": "male", "O": "other"}
_DAYS: Final = {"D": 1.0, "W": 7.0, "M": 30.4375, "Y": 365.25}
_BANDS: Final = (
    (28, "neonate"),
    (365.25, "infant"),
    (12 * 365.25, "child"),
    (18 * 365.25, "adolescent"),
    (40 * 365.25, "adult-18-39"),
    (65 * 365.25, "adult-40-64"),
    (80 * 365.25, "adult-65-79"),
)
_OLDEST: Final = 130 * 365.25


def patient_facts(dataset: Dataset) -> dict[str, str]:
    """`age_band` and `sex`, ids of the vocabulary."""
    return {
        "age_band": age_band(
            text_of(dataset, "PatientAge"), text_of(dataset, "PatientBirthDate"), text_of(dataset, "StudyDate")
        ),
        "sex": _SEX.get(text_of(dataset, "PatientSex").upper()[:1], "sex-unknown"),
    }


def age_band(age: str, birth: str, study: str) -> str:
    """Band of an age such as `045Y`, or of the days between two dates `YYYYMMDD`."""
    days = _age_days(age)
    if days is None:
        days = _between(birth, study)
    if days is None or not 0 <= days <= _OLDEST:
        return "age-unknown"
    return next((band for limit, band in _BANDS if days < limit), "adult-80-plus")


def _age_days(age: str) -> float | None:
    found = re.fullmatch(r"(\d{1,3})([DWMY])", age.strip().upper())
    return int(found[1]) * _DAYS[found[2]] if found else None


def _between(birth: str, study: str) -> float | None:
    try:
        return (_day(study) - _day(birth)).days
    except ValueError:
        return None


def _day(text: str) -> date:
    return date.fromisoformat(text.strip()[:8])


def text_of(dataset: Dataset, keyword: str) -> str:
    """The value as text; nothing when there is none or it cannot be decoded."""
    try:
        return str(dataset.get(keyword, "") or "").strip()
    except Exception:  # pydicom raises whatever its decoders raise
        return ""
