"""The two looks have lists of their own; what the cleaner may keep, the second look knows, or good files would stop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from anonymize.profile import ALLOWED, Entry, tables
from anonymize.verify import allowed, concepts, rules
from anonymize.verify.allowed import Items


@pytest.mark.parametrize(
    ("table", "rule"),
    [("vendors", rules.MAKER), ("models", rules.MODEL), ("probes", rules.PROBE)],
    ids=lambda one: one if isinstance(one, str) else None,
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


def levels(
    kept: dict[int, Entry], allowed: allowed.Table, path: str = ""
) -> Iterator[tuple[str, Entry, rules.Rule | allowed.Items | None]]:
    """Every entry of the cleaner beside what the second look has in its place."""
    for tag, entry in kept.items():
        other = allowed.get(tag)
        yield f"{path}{entry.keyword}", entry, other
        if isinstance(other, Items):
            yield from levels(entry.children, other.table, f"{path}{entry.keyword}/")


@pytest.mark.parametrize(
    ("path", "entry", "other"),
    list(levels(ALLOWED, allowed.ROOT)),
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_the_ends_of_every_range_and_every_term_pass_the_second_look(path: str, entry: Entry, other: object):
    assert other is not None, path
    name, _, argument = entry.spec.partition(" ")
    if name in ("int", "ints", "float", "floats"):
        assert isinstance(other, rules.Rule)
        whole = name.startswith("int")
        limits, *further = argument.split()
        most = next((text for text in further if text.isdigit()), "1")
        ends = [int(float(end)) if whole else float(end) for end in limits.split("..")]
        text = entry.vr in ("IS", "DS")
        assert [end for end in ends if not other.check((str(end) if text else end,))] == []
        assert other.check((ends[0],) * int(most))
    elif name in ("enum", "enums"):
        assert isinstance(other, rules.Rule)
        terms = argument.split("|") if "|" in argument else argument.split()
        assert [term for term in terms if not other.check((term,))] == []
    elif name == "image_type":
        assert isinstance(other, rules.Rule)
        assert [term for term in argument.split("|") if not other.check(("ORIGINAL", "PRIMARY", term))] == []


@pytest.mark.parametrize("text", ["VividE95", "Vivid E97N Pro", "Philips Lumify", "MyLabX8", "HERA W11"])
def test_models_beside_the_listed_ones_pass_both(text: str):
    assert tables.known_name("models", text) == text
    assert rules.MODEL.check((text,))


def test_names_of_people_and_places_are_not_known():
    strangers = ("Rossi", "Schwarzenbach", "Okafor", "Mayo", "Lindqvist", "Charité", "Guy's")
    for rule in (rules.MAKER, rules.MODEL, rules.PROBE, rules.DESCRIPTION, rules.VERSION):
        assert [name for name in strangers if rule.check((name,))] == []


@pytest.mark.parametrize("number", ["48213377", "482133", "4821-3377", "48.21.33.77"])
def test_long_numbers_are_no_names_of_devices(number: str):
    for rule in (rules.MAKER, rules.MODEL, rules.PROBE, rules.DESCRIPTION):
        assert not rule.check((number,))
