"""How varied a collection is, and what it still lacks to be fair to learners. Numbers only (privacy.md 9)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from imagebank.catalog.models import PublicCase
from imagebank.catalog.search.variety import LEAST_FOR_PLACES, LEAST_PATIENTS, effective
from imagebank.vocabulary.selectors import labels

from .selectors import Shown

FAIR: Final = {"patients": 20, "institutions": 3, "devices": 3}
"""Fewer than this and a learner may learn the patient, the hospital or the machine instead of the finding."""
UNTOLD: Final = ("", "bmi-unknown")
Spread = list[dict[str, Any]]


@dataclass(slots=True)
class _Held:
    """A case with those of its clips that are in the collection."""

    row: PublicCase
    clips: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def findings(self) -> list[Mapping[str, Any]]:
        """Present in the case, or in a clip that is shown."""
        told = self.row.document["findings"]
        return [f for f in told if f["presence"] == "present" and (f["clip"] is None or f["clip"] in self.clips)]

    @property
    def devices(self) -> set[tuple[str, str]]:
        return {(clip["vendor"], clip["model"]) for clip in self.clips.values() if clip["vendor"] or clip["model"]}


def balance(items: Sequence[Shown], lang: str, *, places: bool = True) -> dict[str, Any]:
    """Figures, spread and what is missing, over what the reader sees. A case counts once, whatever shows of it.

    `places`: whether sites and countries may be counted. Whoever may put any cases together could else ask of each
    where it comes from, by counting with and without it.
    """
    held = _held(items)
    patients = len({one.row.true_subject for one in held})
    figures = _figures(held, patients, places=places and (patients >= LEAST_FOR_PLACES or not patients))
    return {
        "items": len(items),
        "gaps": sum(item.gap is not None for item in items),
        **figures,
        "spread": _spread(held, lang),
        "missing": [_missing(name, need, figures, patients) for name, need in FAIR.items()],
    }


def _held(items: Iterable[Shown]) -> list[_Held]:
    found: dict[Any, _Held] = {}
    for item in items:
        if item.row is not None:
            one = found.setdefault(item.row.case_id, _Held(item.row))
            one.clips.update({clip["id"]: clip for clip in item.clips})
    return list(found.values())


def _figures(held: Sequence[_Held], patients: int, *, places: bool) -> dict[str, Any]:
    sites = Counter(site for one in held for site in one.row.true_values["institution"])
    devices = Counter(device for one in held for device in one.devices)
    countries = {country for one in held for country in one.row.true_values.get("country", ())}
    return {
        "cases": len(held),
        "clips": sum(len(one.clips) for one in held),
        "patients": patients if patients >= LEAST_PATIENTS else None,
        "institutions": len(sites) if places else None,
        "countries": len(countries) if places else None,
        "devices": len(devices),
        "effective_institutions": effective(list(sites.values())) if places else None,
        "effective_devices": effective(list(devices.values())),
    }


def _missing(name: str, need: int, figures: Mapping[str, Any], patients: int) -> dict[str, Any]:
    """{what, have, need, state}: `untold` where the number would tell too much."""
    have = patients if name == "patients" else figures[name]
    state = "untold" if have is None else "met" if have >= need else "missing"
    return {"what": name, "have": figures[name], "need": need, "state": state}


def _spread(held: Sequence[_Held], lang: str) -> dict[str, Spread]:
    """{facet: [{id, label, count}]}: in how many cases; the most frequent first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in held:
        counts["finding"].update({f["term"] for f in one.findings})
        counts["severity"].update({f["severity"] for f in one.findings if f["severity"]})
        counts["device"].update({" ".join(device).strip() for device in one.devices})
        habitus = one.row.document["bmi_class"]
        counts["habitus"].update(["" if habitus in UNTOLD else habitus])
    names = {
        "finding": labels("finding", lang), "severity": labels("scale_level", lang), "device": {},
        "habitus": labels("bmi", lang),
    }  # fmt: skip
    return {facet: _rows(counts[facet], names[facet]) for facet in names}


def _rows(counts: Counter[str], names: Mapping[str, str]) -> Spread:
    ordered = sorted(counts.items(), key=lambda pair: (not pair[0], -pair[1], pair[0]))
    return [{"id": key, "label": names.get(key, key), "count": count} for key, count in ordered]
