"""What of a case may be told: the k-check over subjects (privacy.md 10), in the bank, not in the population."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Q

from .models import Case

K: Final = 5
K_CHILD: Final = 10
CHILD_BANDS: Final = frozenset({"neonate", "infant", "child", "adolescent"})
ADULT: Final = "adult"
CHILD: Final = "child-any"
UNKNOWN_SEX: Final = "sex-unknown"


@dataclass(frozen=True, slots=True)
class Told:
    """The coarsened values; empty means withheld."""

    age_band: str
    sex: str
    country: str
    bmi_class: str = ""
    setting: str = ""
    institution: str = ""
    credit: str = ""


def everything(case: Case) -> Told:
    """Nothing withheld."""
    return Told(
        age_band=case.age_band,
        sex=case.sex,
        country=case.institution.country,
        bmi_class=case.bmi_class,
        setting=case.setting,
        institution=case.institution.slug,
        credit=case.credit,
    )


def coarsen(case: Case) -> Told:
    """What the public is told. Synthetic cases are exempt."""
    full = everything(case)
    if not case.institution.named_in_public:
        full = replace(full, institution="")
    if case.synthetic:
        return full
    return _withhold_for_terms(case, _own_cells(case, _demography(case, full)))


def _demography(case: Case, told: Told) -> Told:
    """Age becomes child or adult, then sex and country are withheld, until the cell has enough subjects."""
    k = K_CHILD if case.age_band in CHILD_BANDS else K
    bands = _wide_band(case.age_band)
    wide = CHILD if case.age_band in CHILD_BANDS else ADULT
    steps = [
        (told, Q(age_band=case.age_band, sex=case.sex, institution__country=told.country)),
        (replace(told, age_band=wide), Q(age_band__in=bands, sex=case.sex, institution__country=told.country)),
        (
            replace(told, age_band=wide, sex="", country=told.country),
            Q(age_band__in=bands, institution__country=told.country),
        ),
    ]
    for candidate, cell in steps:
        if _subjects(case, cell) >= k:
            return candidate
    return replace(told, age_band=wide, sex="", country="")


def _own_cells(case: Case, told: Told) -> Told:
    """Every other field only when its own cell has enough subjects."""
    cells = {
        "bmi_class": Q(bmi_class=case.bmi_class),
        "setting": Q(setting=case.setting),
        "institution": Q(institution=case.institution),
        "credit": Q(credit=case.credit),
    }
    hidden = {name: "" for name, cell in cells.items() if _subjects(case, cell) < K}
    return replace(told, **hidden)


def _withhold_for_terms(case: Case, told: Told) -> Told:
    """Rare and sensitive terms hide institution, credit and country."""
    terms = case.findings.filter(retired=False, superseded_by__isnull=True).exclude(term__disclosure="ordinary")
    return replace(told, institution="", credit="", country="") if terms.exists() else told


def _subjects(case: Case, cell: Q) -> int:
    """Published subjects in the cell, this one included."""
    published = Case.objects.filter(cell, live_revision__isnull=False, synthetic=False).exclude(state="withdrawn")
    others = published.exclude(subject_id=case.subject_id).values("subject_id").distinct().count()
    return others + 1


def _wide_band(band: str) -> list[str]:
    if band in CHILD_BANDS:
        return sorted(CHILD_BANDS)
    return ["adult-18-39", "adult-40-64", "adult-65-79", "adult-80-plus", "age-unknown"]
