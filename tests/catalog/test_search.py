"""Pages of a search: orders, cursors, who sees what."""

from __future__ import annotations

import uuid
from itertools import pairwise

import pytest

from imagebank.catalog.models import PublicCase
from imagebank.catalog.search import relevance, suggest
from imagebank.catalog.search.visible import visible_to
from imagebank.core.actor import ANONYMOUS, Actor
from tests.catalog.asking import ask, ids, walk

READER = Actor(user_id=uuid.uuid4())
ORDERS = ["varied", "relevance", "newest"]


@pytest.mark.parametrize("order", ORDERS)
def test_pages_do_not_repeat_and_miss_nothing(bank, order):
    found = [case for page in walk(f"order={order}&limit=17") for case in ids(page)]
    assert len(found) == len(set(found))
    assert set(found) == {str(row.case_id) for row in bank}


@pytest.mark.parametrize("order", ORDERS)
def test_the_same_cursor_gives_the_same_page_and_the_same_cursors(bank, order):
    first = ask(f"order={order}")
    assert first == ask(f"order={order}")
    second = ask(f"order={order}", cursor=first.next)
    assert second == ask(f"order={order}", cursor=first.next)
    assert ids(second) != ids(first)


@pytest.mark.parametrize("order", ORDERS)
def test_previous_leads_back(bank, order):
    pages = []
    for page in walk(f"order={order}&limit=30"):
        pages.append(page)
    assert pages[0].previous is None
    for before, page in pairwise(pages):
        assert ids(ask(f"order={order}&limit=30", cursor=page.previous)) == ids(before)


def test_newest_first(bank):
    days = {str(row.case_id): row.published_on for row in bank}
    found = [days[case] for page in walk("order=newest&limit=50") for case in ids(page)]
    assert found == sorted(found, reverse=True)


def test_relevance_puts_the_term_first_meant_before_what_is_also_meant(bank):
    answer = ask("order=relevance&q=effusion&limit=100")
    first = answer.understood[0]["id"]
    has = [first in {f["term"] for f in case["findings"] if f["presence"] == "present"} for case in answer.results]
    assert any(has) and not all(has)
    assert has == sorted(has, reverse=True)


def test_the_cap_of_the_ranked_pool_is_told(bank, monkeypatch):
    assert ask("order=relevance&q=pain").ranked == ask("q=pain").count
    monkeypatch.setattr(relevance, "POOL", 30)
    answer = ask("order=relevance&q=pain")
    assert (answer.ranked, answer.count > 30) == (30, True)
    assert sum(len(page.results) for page in walk("order=relevance&q=pain")) == 30


def test_hidden_cases_are_in_no_answer(scratch):
    row = scratch[0]
    before = ask("facets=1")
    PublicCase.objects.filter(case=row.case_id).update(hidden=True)
    after = ask("facets=1")
    assert after.count == before.count - 1
    assert sum(v["count"] for v in after.facets["sex"]) == before.count - 1
    assert str(row.case_id) not in {case for page in walk("limit=100") for case in ids(page)}


def test_an_account_also_sees_what_is_registered(scratch):
    row = scratch[0]
    PublicCase.objects.filter(case=row.case_id, audience="open").delete()
    assert ask().count == len(scratch) - 1
    assert ask(actor=READER).count == len(scratch)
    assert visible_to(Actor(user_id=READER.user_id, via="token", scopes=frozenset({"deposit"}))).count() == (
        visible_to(ANONYMOUS).count()
    )


def test_results_are_cases_of_the_interface(bank):
    case = ask("limit=1", lang="fr").results[0]
    assert {"id", "state", "title", "indication", "findings", "clips", "confirmed", "licence", "credit"} <= set(case)
    assert set(case["indication"]) == {"id", "label"}
    assert case["findings"][0]["label"]
    assert not {name for name in case if name.startswith("true_")}


def test_suggestions(vocabulary):
    offered = suggest("hydron", "en", 3)
    assert offered[0]["facet"] == "finding"
    assert set(offered[0]) == {"text", "label", "facet", "id"}
    assert len(suggest("a", "en", 3)) == 3
