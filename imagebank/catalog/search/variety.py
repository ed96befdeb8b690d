"""How different the cases of a page, or of all matches, are from each other. Numbers only (privacy.md 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from .index import Generation, View
from .index.generation import COUNTED
from .index.postings import slots_of
from .tree import Node

LEAST_PATIENTS: Final = 5
"""Fewer are not told."""
LEAST_FOR_PLACES: Final = 20
"""Patients from which on places are counted: of a few cases the number would tell where a withheld one comes from."""
NARROW: Final = 5_000
Figures = Mapping[str, int | float | None]


def variety_of_all(node: Node, view: View) -> Figures:
    """Of all that match."""
    key = ("variety", view.audiences, node)
    return view.generation.kept.get(key, lambda: variety_of(view.matching(node), view.generation))


def variety_of(cases: BitMap, generation: Generation) -> Figures:
    """Of these cases."""
    slots = slots_of(cases)
    counts = _one_by_one(cases, generation) if len(cases) <= NARROW else _at_once(cases, generation)
    return _figures(
        clips=int(generation.of("clips", slots).sum(dtype=np.int64)),
        patients=_patients(slots, generation),
        institutions=counts["institution"],
        devices=counts["model"],
        countries=len(counts["country"]),
    )


def _patients(slots: NDArray[np.uint32], generation: Generation) -> int:
    """How many different ones."""
    numbers = generation.of("subject", slots)
    if len(slots) <= NARROW:
        return len(np.unique(numbers))
    met = np.zeros(generation.patients, dtype=np.bool_)
    met[numbers] = True
    return int(np.count_nonzero(met))


def _one_by_one(cases: BitMap, generation: Generation) -> dict[str, list[int]]:
    """{name: cases of each value met}."""
    counted = np.bincount(generation.lists("values", slots_of(cases)).flat, minlength=len(generation.codes.known))
    return {name: [int(counted[n]) for n in numbers if counted[n]] for name, numbers in generation.counted.items()}


def _at_once(cases: BitMap, generation: Generation) -> dict[str, list[int]]:
    found = {name: map(generation.values.__getitem__, generation.counted[name]) for name in COUNTED}
    met = {name: [cases.intersection_cardinality(value) for value in values] for name, values in found.items()}
    return {name: [count for count in counts if count] for name, counts in met.items()}


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
