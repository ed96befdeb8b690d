"""How different the cases of a page, or of all matches, are from each other. Numbers only (privacy.md 9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, F, Func, QuerySet, Sum, TextField

from imagebank.catalog.models import PublicCase

LEAST_PATIENTS = 5
"""Fewer are not told."""
LEAST_FOR_PLACES = 20
"""Patients from which on places are counted: of a few cases the number would tell where a withheld one comes from."""
Figures = dict[str, int | float | None]


class Elements(Func):
    """One row for each text of a JSON array."""

    function = "jsonb_array_elements_text"
    set_returning = True
    output_field = TextField()


def variety_of(rows: Sequence[PublicCase]) -> Figures:
    """Of the cases of a page."""
    devices = Counter(model for row in rows for model in row.true_values.get("model", ()))
    return _figures(
        clips=sum(row.clips for row in rows),
        patients=len({row.true_subject for row in rows}),
        institutions=list(Counter(row.true_institution for row in rows).values()),
        devices=list(devices.values()),
        countries=_countries(row.true_values.get("country") for row in rows),
    )


def variety_of_all(matches: QuerySet[PublicCase]) -> tuple[int, Figures]:
    """Number of all matches, and their variety."""
    matches = matches.order_by()
    total = matches.aggregate(cases=Count("pk"), clips=Sum("clips"), patients=Count("true_subject", distinct=True))
    sites = list(
        matches.values("true_institution", "true_values__country")
        .annotate(cases=Count("pk"))
        .values_list("true_institution", "true_values__country", "cases")
    )
    by_site: Counter[Any] = Counter()
    for institution, _, cases in sites:
        by_site[institution] += cases
    figures = _figures(
        clips=total["clips"] or 0,
        patients=total["patients"],
        institutions=list(by_site.values()),
        devices=_devices(matches),
        countries=_countries(countries for _, countries, _ in sites),
    )
    return total["cases"], figures


def _devices(matches: QuerySet[PublicCase]) -> list[int]:
    """Cases of each model."""
    grouped = matches.annotate(device=Elements(F("true_values__model"))).values("device").annotate(cases=Count("pk"))
    return list(grouped.values_list("cases", flat=True))


def _countries(lists: Iterable[Sequence[str] | None]) -> int:
    return len({country for countries in lists for country in countries or ()})


def _figures(*, clips: int, patients: int, institutions: list[int], devices: list[int], countries: int) -> Figures:
    places = patients >= LEAST_FOR_PLACES or not patients
    return {
        "clips": clips,
        "patients": patients if patients >= LEAST_PATIENTS else None,
        "institutions": len(institutions) if places else None,
        "devices": len(devices),
        "countries": countries if places else None,
        "effective_institutions": effective(institutions) if places else None,
        "effective_devices": effective(devices),
    }


def effective(counts: Sequence[int]) -> float:
    """Inverse Simpson index: how many equally frequent ones would be as varied; 0 of nothing."""
    total = sum(counts)
    return round(total**2 / sum(count**2 for count in counts), 1) if total else 0.0
