"""The parameters of the interface, and what is refused."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from imagebank.catalog.search import SearchParams
from imagebank.core.errors import Invalid
from tests.catalog.asking import ask


def params(query: str) -> SearchParams:
    return SearchParams.from_query(QueryDict(query), "en")


def test_defaults(bank):
    found = params("")
    assert (found.order, found.limit, found.facets, found.chosen) == ("varied", 24, False, {})


def test_values_are_collected_and_empty_ones_left_out(bank):
    found = params("sex=male&sex=female&sex=&q=&probe=&lang=fr&quality_min=3&limit=1000&order=newest&facets=1")
    assert found.chosen == {"sex": ("female", "male")}
    assert (found.quality_min, found.limit, found.facets) == (3, 1000, True)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("finding=phlogiston", "finding"),
        ("sex=male&sex=mail", "sex"),
        ("country=Denmark", "country"),
        ("institution=a%20b", "institution"),
        ("age_band=old", "age_band"),
        ("findings=gallstones", "findings"),
        ("order=random", "order"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=1001&order=newest", "limit"),
        ("limit=٣", "limit"),
        ("quality_min=6", "quality_min"),
        ("facets=yes", "facets"),
        ("finding=%00", "finding"),
        ("q=%22a%00b+c%22", "q"),
    ],
)
def test_what_is_refused_is_named(bank, query, name):
    with pytest.raises(Invalid) as refused:
        params(query)
    assert set(refused.value.errors) == {name}


def test_values_that_the_bank_never_told_find_nothing(bank):
    """Like those that it withholds: no refusal tells which exist."""
    for query in ("institution=nowhere", "country=ZZ", "vendor=no-such-maker", "age_band=adult"):
        assert ask(query).count == 0


@pytest.mark.parametrize("cursor", ["x", "!!", "é", "A" * 400])
def test_a_strange_cursor_is_refused(bank, cursor):
    with pytest.raises(Invalid) as refused:
        ask(cursor=cursor)
    assert set(refused.value.errors) == {"cursor"}


@pytest.mark.parametrize("order", ["varied", "relevance", "newest"])
def test_a_cursor_belongs_to_its_search(bank, order):
    cursor = ask(f"order={order}").next
    assert cursor
    for other in ("q=pain", "sex=male", "quality_min=3", f"order={'newest' if order == 'varied' else 'varied'}"):
        with pytest.raises(Invalid):
            ask(other if other.startswith("order") else f"{other}&order={order}", cursor=cursor)


def test_a_changed_cursor_is_refused(bank):
    cursor = ask().next
    assert cursor
    for place in (0, len(cursor) // 2):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(Invalid):
            ask(cursor=changed)
