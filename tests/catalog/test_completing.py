"""Completion of what is being typed, with the cases that it would give."""

from __future__ import annotations

import pytest

from imagebank.catalog.search import suggest
from imagebank.core.actor import ANONYMOUS
from tests.catalog.asking import ask
from tests.catalog.test_search import READER


def test_terms_are_offered(bank) -> None:
    offered = suggest("hydron", "en", ANONYMOUS, 3)
    assert offered[0]["facet"] == "finding"
    assert set(offered[0]) == {"text", "label", "facet", "id", "q", "count"}
    assert len(suggest("a", "en", ANONYMOUS, 3)) == 3
    assert suggest("", "en", ANONYMOUS) == suggest("!!", "en", ANONYMOUS) == []


@pytest.mark.parametrize(
    ("typed", "lang", "completed"),
    [
        ("gallst", "en", "gallstones"),
        ("no gallst", "en", "no gallstones"),
        ("no pleural e", "en", "no pleural effusion"),
        ("dvt OR gallst", "en", "dvt OR gallstones"),
        ("(dvt OR gallst", "en", "(dvt OR gallstones"),
        ("child -gallst", "en", "child -gallstones"),
        ("quality>=3 finding:gallst", "en", "quality>=3 finding:gallstones"),
        ("Gallenst", "de", "Gallensteine"),
    ],
)
def test_the_end_is_completed(bank, typed: str, lang: str, completed: str) -> None:
    assert completed in [offer["q"] for offer in suggest(typed, lang, ANONYMOUS)]


@pytest.mark.parametrize("actor", [ANONYMOUS, READER], ids=["anonymous", "account"])
def test_the_count_is_what_the_reader_gets(bank, actor) -> None:
    offered = suggest("no g", "en", actor) + suggest("child pleur", "en", actor)
    assert offered
    for offer in offered:
        assert offer["count"] == ask(q=offer["q"], actor=actor).count, offer["q"]


def test_what_finds_nothing_comes_last(bank) -> None:
    counts = [bool(offer["count"]) for offer in suggest("a", "en", ANONYMOUS)]
    assert counts == sorted(counts, reverse=True)
    assert True in counts
