"""A differencing attacker: readers who combine every answer they get, before and after, and know the rules.

What a reader can learn is what differs between two banks. So the solver makes other banks that differ in a withheld
value, or in a case that the reader may not see, asks everything of each, and compares. Where all answers are the same,
no filter, count, figure, order, neighbour, history or ETag can tell which of the two banks it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from imagebank.catalog import projection
from imagebank.catalog.models import Case
from imagebank.catalog.search import index
from imagebank.review.services import suspend
from imagebank.review.withdrawal import withdraw
from tests.catalog.tiny import AWAY, BANK, FIELDS, OLD, VALUES, fill, give, published_again, told
from tests.catalog.world import people, world
from tests.factories import World, acting, session

__all__ = ["people", "world"]
READERS: dict[str, Callable[[World], Client]] = {
    "anonymous": lambda _: Client(),
    "registered": lambda world: session(world.trainee),
}
SOME = 5
"""Of the questions each fifth in the ordinary run, and all of them in the long one."""
ALL = "/api/v1/cases/?facets=1&limit=100&seed=1"
Answers = dict[str, Any]
pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture(scope="module")
def bank(people: World) -> list[Case]:
    return fill(people)


# --- what a reader asks


def questions(client: Client, cases: list[Case]) -> Iterator[str]:
    """Every value of every facet alone, with those of another facet, and with one case picked by its title."""
    facets = client.get(ALL).json()["facets"]
    values = [(facet, value["id"]) for facet, found in facets.items() for value in found]
    values += [(facet, value) for facet in ("age_band", "sex", "setting") for value in VALUES[facet]]
    values += [("country", code) for code in ("DK", "FR")] + [("institution", slug) for slug in ("north", "south")]
    told_of_patients = sorted({value for value in values if value[0] in (*FIELDS, "bmi")})
    yield from (f"{ALL}&{facet}={value}" for facet, value in sorted(set(values)))
    yield from (f"{ALL}&{a[0]}={a[1]}&{b[0]}={b[1]}" for a, b in combinations(told_of_patients, 2) if a[0] < b[0])
    for case in cases:
        word = case.title["en"].split()[1]
        yield f"{ALL}&q={word}"
        yield from (f"{ALL}&q=country:{code}+OR+{word}" for code in ("DK", "FR"))
        yield from (f"/api/v1/cases/{case.pk}/{what}" for what in ("", "similar/", "history/"))
        yield f"/api/v1/clips/{case.clips.get().pk}/"
    yield from (f"/api/v1/suggest/?q={word}" for word in ("fem", "mal", "adult", "den", "nor", "pat"))
    yield from (f"{ALL}&order={order}" for order in ("newest", "varied", "relevance&q=patient"))
    yield "/api/v1/institutions/"


def answers(client: Client, asked: list[str]) -> Answers:
    """Status, ETag and body of each; cursors are opaque and bound to what was asked."""
    index.forget()
    found = {}
    for question in asked:
        cache.clear()
        reply = client.get(question)
        body = reply.json() if reply["Content-Type"].endswith("json") else None
        found[question] = (reply.status_code, reply.headers.get("ETag"), body)
    return found


def differing(one: Answers, other: Answers) -> list[str]:
    return [question for question in one if one[question] != other[question]]


# --- a withheld value


def withheld_of(case: Case) -> list[str]:
    shown = told(case)
    return [name for name in VALUES if shown[name] != getattr(case, name)]


@pytest.mark.parametrize(
    ("reader", "every"),
    [("anonymous", SOME), ("registered", SOME), pytest.param("anonymous", 1, marks=pytest.mark.long),
     pytest.param("registered", 1, marks=pytest.mark.long)],
    ids=["anonymous", "registered", "anonymous-everything", "registered-everything"],
)  # fmt: skip
def test_no_answer_depends_on_a_withheld_value(reader: str, every: int, world: World, bank: list[Case]) -> None:
    client = READERS[reader](world)
    asked = list(questions(client, bank))[::every]
    before, tried = answers(client, asked), 0
    for case in (bank[0], bank[BANK.index(OLD)], bank[-1]):
        row = Case.objects.select_related("institution", "rights").get(pk=case.pk)
        changes = {name: next(v for v in VALUES[name] if v != getattr(row, name)) for name in withheld_of(row)}
        with transaction.atomic():
            Case.objects.filter(pk=row.pk).update(**changes)
            projection.project(Case.objects.select_related("institution", "rights").get(pk=row.pk))
            assert differing(before, answers(client, asked)) == []
            transaction.set_rollback(True)
        tried += len(changes)
    assert tried > 5
    index.forget()


def test_the_place_of_a_case_is_in_no_answer(world: World, bank: list[Case]) -> None:
    """The two from the south stand alone there: had they come from the north, every answer would be the same."""
    client = Client()
    asked = list(questions(client, bank))[::SOME]
    before = answers(client, asked)
    case = bank[-1]
    Case.objects.filter(pk=case.pk).update(institution=world.north)
    case.clips.update(institution=world.north)
    projection.project(Case.objects.select_related("institution", "rights").get(pk=case.pk))
    assert differing(before, answers(client, asked)) == []


def test_whoever_knows_the_rule_finds_nobody_among_fewer_than_five(bank: list[Case]) -> None:
    """The bank is published again with other withheld values, one patient changed or two exchanged, to find what all
    banks that would tell the same have in common. What is common to all of them is a cell of five or more."""
    seen = [told(case) for case in bank]
    for place in (0, len(bank) - 1):
        for name in ("age_band", "sex"):
            true = getattr(bank[place], name)
            others = [value for value in VALUES[name] if value != true]
            if not any(same_told(bank, {place: {name: value}}, seen) for value in others):
                cell = [case for case in bank if getattr(case, name) == true]
                assert len({case.subject_id for case in cell}) >= 5


def same_told(bank: list[Case], other: dict[int, dict[str, str]], seen: list[dict[str, Any]]) -> bool:
    """Whether the bank with these values instead tells the same of every case."""
    with transaction.atomic():
        for place, values in other.items():
            Case.objects.filter(pk=bank[place].pk).update(**values)
        found = published_again(bank)
        transaction.set_rollback(True)
    return found == seen


# --- an unseen case


@pytest.mark.parametrize("state", ["draft", "submitted", "accepted", "registered", "suspended"])
def test_no_answer_depends_on_an_unseen_case(state: str, world: World, bank: list[Case]) -> None:
    client = Client()
    asked = list(questions(client, bank))[:: 2 * SOME]
    before = answers(client, asked)
    unseen = make_unseen(world, state)
    assert differing(before, answers(client, asked)) == []
    assert {client.get(f"/api/v1/cases/{unseen.pk}/{what}").status_code for what in ("", "similar/", "history/")} == {
        404
    }
    index.forget()


def make_unseen(world: World, state: str) -> Case:
    """Synthetic, so that nothing is told differently of its neighbours; alone with its finding and device."""
    clip = world.stored(synthetic=True, rights={"audience": "registered"} if state == "registered" else {})
    clip.model = "unseen"
    clip.save()
    if state == "registered":
        return world.published(clip)
    if state == "suspended":
        return suspend(actor=acting(world.curator), case=world.published(clip))
    return {"draft": world.draft, "submitted": world.submitted, "accepted": world.accepted}[state](clip)


def test_of_a_withdrawn_case_readers_keep_the_tombstone_alone(world: World, bank: list[Case]) -> None:
    """Everything is as before it came, and its neighbours' answers do not tell whose it was."""
    client = Client()
    asked = list(questions(client, bank))[::SOME]
    before = answers(client, asked)
    gone = give(world, AWAY, 20)
    assert f"{gone.pk}" in client.get(ALL).content.decode()
    withdraw(actor=acting(world.stranger), case=gone, reason="patient_request")
    assert differing(before, answers(client, asked)) == []
    reply = client.get(f"/api/v1/cases/{gone.pk}/")
    assert reply.status_code == 410
    assert not [word for word in ("patient_request", "south", "FR", "adult") if word in reply.content.decode()]


def test_history_brings_nothing_back_that_is_withheld_since(world: World, bank: list[Case]) -> None:
    """Told in full, then told less: the history of the case says neither that nor what it was."""
    case = bank[BANK.index(AWAY) - 1]
    assert told(case)["sex"] == "female"
    for other in bank[BANK.index(OLD) :][:2]:
        withdraw(actor=acting(world.steward), case=Case.objects.get(pk=other.pk))
    assert told(case)["sex"] == ""
    for reader in READERS.values():
        history = reader(world).get(f"/api/v1/cases/{case.pk}/history/").json()["results"]
        assert [row["changes"] for row in history] == [[]]
