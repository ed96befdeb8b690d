"""Counts of matches and facets under random combinations, against a naive reading of the same documents."""

from __future__ import annotations

import random
from collections import Counter
from urllib.parse import urlencode

import pytest

from imagebank.catalog.models import PublicCase
from imagebank.catalog.search.params import FACETS
from tests.catalog.asking import ask, ids, recorded

Carried = dict[str, set[str]]


def carried(document: dict) -> Carried:
    """Facet -> values of a case, as interface.md means them: clip-level values of any clip."""
    found: Carried = {facet: set() for facet in FACETS}
    for facet, name in (
        ("bmi", "bmi_class"),
        *((f, f) for f in ("indication", "setting", "age_band", "sex", "country", "licence")),
    ):
        found[facet] = {document[name]}
    found["institution"] = {document["institution"]["slug"]}
    found["confirmed"] = {document["confirmed"]["method"]}
    for facet in ("view", "probe", "vendor", "quality"):
        found[facet] = {str(clip[facet]) for clip in document["clips"]}
    by_presence = {"present": "finding", "absent": "finding_absent", "uncertain": "finding_uncertain"}
    for presence, term in recorded(document):
        found[by_presence[presence]].add(term)
    present = [finding for finding in document["findings"] if finding["presence"] == "present"]
    found["polarity"] = {finding["polarity"] for finding in present}
    found["threat"] = {finding["threat"] for finding in present}
    return found


def fits(case: Carried, chosen: dict[str, set[str]], quality_min: int, ignoring: str = "") -> bool:
    wanted = all(case[facet] & values for facet, values in chosen.items() if facet != ignoring)
    return wanted and (ignoring == "quality" or any(int(q) >= quality_min for q in case["quality"]))


@pytest.fixture(scope="module")
def cases(bank: list[PublicCase]) -> list[Carried]:
    return [carried(row.document) for row in bank]


def chosen_at_random(cases: list[Carried], chance: random.Random) -> dict[str, set[str]]:
    """Values of a few facets; mostly some that a case has together."""
    model = chance.choice(cases)
    chosen = {}
    for facet in chance.sample(FACETS, chance.randint(0, 3)):
        every = sorted(set().union(*(case[facet] for case in cases)))
        wanted = {*sorted(model[facet])[:1], *chance.sample(every, min(len(every), chance.randint(0, 3)))}
        if wanted:
            chosen[facet] = wanted
    return chosen


@pytest.mark.parametrize("seed", range(60))
def test_counts_are_exact(cases, seed):
    chance = random.Random(seed)
    chosen, quality_min = chosen_at_random(cases, chance), chance.choice((0, 0, 4))
    pairs = [(facet, value) for facet, values in chosen.items() for value in sorted(values)]
    answer = ask(urlencode([*pairs, ("quality_min", quality_min), ("facets", 1)]))
    assert answer.count == sum(fits(case, chosen, quality_min) for case in cases)
    for facet in FACETS:
        matching = [case for case in cases if fits(case, chosen, quality_min, ignoring=facet)]
        expected = Counter(value for case in matching for value in case[facet])
        told = {value["id"]: value["count"] for value in answer.facets[facet] if value["count"]}
        assert told == expected, facet


def test_counts_hold_beside_words(bank, cases):
    """What the words mean always holds, also in the counts of its own facet."""
    answer = ask("q=pain&facets=1&sex=male")
    fitting = [case for row, case in zip(bank, cases, strict=True) if "pain" in row.document["title"]["en"].split()]
    expected = Counter(value for case in fitting for value in case["sex"])
    assert {value["id"]: value["count"] for value in answer.facets["sex"]} == expected
    assert answer.count == expected["male"]


def test_chosen_value_is_told_even_when_nothing_has_it(bank):
    answer = ask("facets=1&country=NZ")
    assert answer.count == 0
    assert {"id": "NZ", "label": "NZ", "count": 0} in answer.facets["country"]
    assert sum(value["count"] for value in answer.facets["country"]) == len(bank)
    assert answer.facets["sex"] == []


def test_facets_have_labels_in_the_readers_language_and_commonest_first(bank):
    facets = ask("facets=1", lang="fr").facets
    assert {"female": "Femme"}.items() <= {v["id"]: v["label"] for v in facets["sex"]}.items()
    assert facets["institution"][0]["label"].startswith("Centre ")
    for values in facets.values():
        assert [v["count"] for v in values] == sorted((v["count"] for v in values), reverse=True)


def test_facets_only_when_asked_for(bank):
    assert ask().facets == {}


def test_several_values_are_any_of(bank, cases):
    found = ask("sex=male&sex=female&limit=1000&order=newest")
    assert set(ids(found)) == {
        str(row.case_id) for row, case in zip(bank, cases, strict=True) if case["sex"] & {"male", "female"}
    }
