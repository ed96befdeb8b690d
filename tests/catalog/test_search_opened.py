"""What a learner has opened comes last, and what it showed counts less. Theirs alone, and erasable."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.test import Client

from imagebank.accounts.models import User
from imagebank.catalog.models import OpenedCase, PublicCase
from imagebank.catalog.search import opened
from imagebank.core.actor import ANONYMOUS, Actor
from tests.catalog.asking import ask, ids


@pytest.fixture
def learner(scratch) -> Actor:
    return Actor(user_id=User.objects.create_user("learner@bank.example", None).pk)


def test_what_was_opened_comes_last(scratch, learner):
    kept = [row.pk for row in scratch[:60]]
    PublicCase.objects.exclude(pk__in=kept).delete()
    PublicCase.objects.update(true_subject=uuid.uuid4())  # one patient: one case a page, in the order of the list
    seen = {str(row.case_id) for row in scratch[:20]}
    for case in seen:
        opened.note(learner, uuid.UUID(case))
    shown, answer = [], ask("limit=1", actor=learner)
    while answer.next:
        shown += ids(answer)
        answer = ask("limit=1", actor=learner, cursor=answer.next)
    shown += ids(answer)
    assert len(shown) == 60
    assert set(shown[:40]).isdisjoint(seen)
    assert ids(ask("limit=1")) == ids(ask("limit=1", actor=ANONYMOUS))


def test_values_that_were_seen_count_less(scratch, learner):
    """After cases of the commonest device alone, the first page has fewer of them."""
    models = [next(iter(row.true_values["model"])) for row in scratch]
    common = max(set(models), key=models.count)
    before = [share(ask(f"limit=24&seed={seed}", actor=learner), common) for seed in range(6)]
    for row in [row for row in scratch if row.true_values["model"] == [common]][:40]:
        opened.note(learner, row.case_id)
    after = [share(ask(f"limit=24&seed={seed}", actor=learner), common) for seed in range(6)]
    assert sum(after) < sum(before)


def share(answer, model: str) -> int:
    return sum(model in {f"{clip['vendor']} {clip['model']}" for clip in case["clips"]} for case in answer.results)


def test_what_is_opened_meanwhile_does_not_shift_the_pages(scratch, learner):
    first = ask("limit=20", actor=learner)
    second = ask("limit=20", actor=learner, cursor=first.next)
    for case in (*ids(first), *ids(second)[:5]):
        opened.note(learner, uuid.UUID(case))
    assert ask("limit=20", actor=learner, cursor=first.next) == second
    assert ids(ask("limit=20", actor=learner)) != ids(first)


def test_programs_and_strangers_leave_nothing(scratch, learner):
    for actor in (ANONYMOUS, Actor(user_id=learner.user_id, via="token", scopes=frozenset({"read"}))):
        opened.note(actor, scratch[0].case_id)
    assert not OpenedCase.objects.exists()


def test_opening_twice_is_one_row_and_forgetting_takes_only_ones_own(scratch, learner):
    other = Actor(user_id=User.objects.create_user("other@bank.example", None).pk)
    for actor in (learner, learner, other):
        opened.note(actor, scratch[0].case_id)
    assert OpenedCase.objects.count() == 2
    opened.forget(learner)
    assert list(OpenedCase.objects.values_list("user_id", flat=True)) == [other.user_id]


def test_after_two_years_it_is_gone(scratch, learner):
    for row in scratch[:2]:
        opened.note(learner, row.case_id)
    OpenedCase.objects.filter(case=scratch[0].case_id).update(on=dt.date(2020, 1, 1))
    opened.forget_old()
    assert [row.case_id for row in OpenedCase.objects.all()] == [scratch[1].case_id]


def test_the_page_of_a_case_notes_it_and_the_account_page_forgets(scratch):
    user = User.objects.create_user("reader@bank.example", None)
    client = Client()
    client.force_login(user)
    assert client.get(f"/cases/{scratch[0].case_id}/").status_code == 200
    assert OpenedCase.objects.get(user=user).case_id == scratch[0].case_id
    assert "/account/opened/" in client.get("/account/").content.decode()
    client.post("/account/opened/")
    assert not OpenedCase.objects.exists()
