"""The two looks have lists of their own; what the cleaner may keep, the second look knows, or good files would stop."""

from __future__ import annotations

import pytest

from anonymize.profile import tables
from anonymize.verify import concepts, rules


@pytest.mark.parametrize(
    ("table", "rule"), [("vendors", rules.MAKER), ("models", rules.MODEL), ("probes", rules.PROBE)], ids=str
)
def test_every_name_of_a_device_that_may_stay_is_known(table: str, rule: rules.Rule):
    names = list(tables.names(table).values())
    assert len(names) > 100
    assert [name for name in names if not rule.check((name,))] == []


def test_every_word_of_a_description_that_may_stay_is_known():
    assert [word for word in tables.words() if not rules.DESCRIPTION.check((word,))] == []


def test_every_coded_concept_that_may_stay_is_the_standards():
    known = concepts.meanings()
    rows = tables.lines("codes.tsv")
    assert len(rows) > 1_000
    assert [row for row in rows if row[3].casefold() not in known.get((row[1], row[2]), ())] == []


def test_names_of_people_and_places_are_not_known():
    strangers = ("Rossi", "Schwarzenbach", "Okafor", "Mayo", "Lindqvist", "Charité", "Guy's")
    for rule in (rules.MAKER, rules.MODEL, rules.PROBE, rules.DESCRIPTION, rules.VERSION):
        assert [name for name in strangers if rule.check((name,))] == []


@pytest.mark.parametrize("number", ["48213377", "482133", "4821-3377", "48.21.33.77"])
def test_long_numbers_are_no_names_of_devices(number: str):
    for rule in (rules.MAKER, rules.MODEL, rules.PROBE, rules.DESCRIPTION):
        assert not rule.check((number,))
