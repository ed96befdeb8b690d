"""Pages of a search: orders, cursors, who sees what."""

from __future__ import annotations

import gc
import uuid
from itertools import pairwise

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from imagebank.accounts.models import User
from imagebank.catalog.models import PublicCase
from imagebank.catalog.search import SearchParams, newest, opened, relevance, tag_of, warm
from imagebank.catalog.search.index import forget, view, wording
from imagebank.catalog.search.visible import visible_to
from imagebank.core.actor import ANONYMOUS, Actor
from imagebank.vocabulary import selectors
from imagebank.vocabulary.selectors import facet_numbers
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


def test_newest_first_by_the_orders_that_are_kept(scratch, monkeypatch):
    """Not sorted anew for each question: those of the sorted rows, and those of the ones that changed since."""
    expected = [case for page in walk("order=newest&limit=7") for case in ids(page)]
    monkeypatch.setattr(newest, "NARROW", 0)
    for changed in (0, 150):
        PublicCase.objects.filter(pk__in=[row.pk for row in scratch[:changed]]).update(hidden=False)
        pages = list(walk("order=newest&limit=7"))
        assert [case for page in pages for case in ids(page)] == expected
        for before, page in pairwise(pages):
            assert ids(ask("order=newest&limit=7", cursor=page.previous)) == ids(before)


def test_relevance_puts_the_term_first_meant_before_what_is_also_meant(scratch):
    answer = ask("q=effusion&limit=100")
    first = facet_numbers([("finding", answer.understood[0]["id"])])[0]
    lacking = [row for row in map(_row, ids(answer)) if first not in row.terms]
    *others, row = lacking
    row.terms = sorted({*row.terms, first})
    row.save(update_fields=["terms"])
    order = ids(ask("order=relevance&q=effusion&limit=100"))
    assert others
    assert order.index(str(row.case_id)) < min(order.index(str(other.case_id)) for other in others)


def _row(case: str) -> PublicCase:
    return PublicCase.objects.get(case__pk=case)


def test_the_cap_of_the_ranked_pool_is_told(bank, monkeypatch):
    assert ask("order=relevance&q=pain").ranked == ask("q=pain").count
    monkeypatch.setattr(relevance, "POOL", 30)
    answer = ask("order=relevance&q=pain")
    assert (answer.ranked, answer.count > 30) == (30, True)
    assert sum(len(page.results) for page in walk("order=relevance&q=pain")) == 30


@pytest.mark.parametrize("looked", [4_096, 10], ids=["at-once", "by-its-index"])
def test_the_cap_of_a_words_cases_is_told(bank, monkeypatch, looked):
    """However they are looked for, the newest are found."""
    monkeypatch.setattr(wording, "LOOKED", looked)
    forget()
    whole = ask("q=pain")
    assert (whole.count > 30, whole.cut) == (True, False)
    monkeypatch.setattr(view, "MOST_FOUND", 30)
    forget()
    answer = ask("q=pain&limit=100&order=newest")
    assert (answer.count, answer.cut) == (30, True)
    newest = sorted((row.pk for row in bank if "pain" in row.document["title"]["en"].split()), reverse=True)[:30]
    assert set(ids(answer)) == {str(row.case_id) for row in bank if row.pk in newest}
    forget()


@pytest.mark.parametrize("actor", [ANONYMOUS, READER], ids=["anonymous", "reader"])
@pytest.mark.parametrize("order", ORDERS)
def test_the_tag_alone_is_that_of_the_answer(scratch, order, actor):
    """Also when it was asked for before something changed."""
    queries = [f"order={order}&limit=20", f"order={order}&q=pain&facets=1", f"order={order}&sex=female"]
    tags = {query: tag(query, actor) for query in queries}
    assert len(set(tags.values())) == 3
    assert tags == {query: tag(query, actor) for query in queries}
    assert tags == {query: ask(query, actor=actor).etag for query in queries}
    PublicCase.objects.filter(pk=scratch[0].pk).update(hidden=True)
    later = {query: tag(query, actor) for query in queries}
    assert later == {query: ask(query, actor=actor).etag for query in queries}
    assert later[queries[0]] != tags[queries[0]]


def test_what_somebody_opened_changes_their_tag_alone(scratch):
    account = User.objects.create(email="reader@example.org")
    reader = Actor(user_id=account.pk)
    before = tag("limit=20", reader), tag("limit=20")
    opened.note(reader, uuid.UUID(ids(ask("limit=20", actor=reader))[0]))
    assert tag("limit=20", reader) == ask("limit=20", actor=reader).etag != before[0]
    assert tag("limit=20") == before[1]


def tag(query, actor=ANONYMOUS):
    return tag_of(SearchParams.from_query(QueryDict(query), "en"), actor)


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
    PublicCase.objects.filter(case=row.case_id).update(audience="registered")
    assert ask().count == len(scratch) - 1
    assert ask(actor=READER).count == len(scratch)
    assert tag("order=newest") != tag("order=newest", READER)
    assert visible_to(Actor(user_id=READER.user_id, via="token", scopes=frozenset({"deposit"}))).count() == (
        visible_to(ANONYMOUS).count()
    )


def test_results_are_cases_of_the_interface(bank):
    case = ask("limit=1", lang="fr").results[0]
    assert {"id", "state", "title", "indication", "findings", "clips", "confirmed", "licence", "credit"} <= set(case)
    assert set(case["indication"]) == {"id", "label"}
    assert case["findings"][0]["label"]
    assert not {name for name in case if name.startswith("true_")}


def test_a_process_made_ready_reads_nothing_more_of_the_vocabulary(bank):
    selectors.forget()
    forget()
    try:
        warm()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
    with CaptureQueriesContext(connection) as queries:
        ask("q=effusion&facets=1", lang="da")
    assert [one["sql"] for one in queries if "vocabulary_" in one["sql"]] == []
