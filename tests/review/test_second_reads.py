"""Second readings: unknowing of each other, counted when they agree, decided by a third where they differ."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from imagebank.accounts.models import User
from imagebank.catalog.models import Case
from imagebank.catalog.services import change_case, recall, submit
from imagebank.core.errors import Conflict
from imagebank.review import second, selectors
from imagebank.review.agreement import agreement, of_readings
from imagebank.review.models import Review, SecondRead
from imagebank.review.services import claim, review
from tests.factories import World, acting, make_person, session


@pytest.fixture
def drawn(world: World, settings) -> Case:
    """Handed in while every case is drawn."""
    settings.REVIEW_SECOND_READ_SHARE = 1.0
    return world.submitted(world.stored())


def read(person: User, case: Case, verdict: str = "accept", **said: object) -> str:
    """The state of the case after this verdict."""
    words = "" if verdict == "accept" else f"{person.name} says why."
    row = Case.objects.get(pk=case.pk)
    review(actor=acting(person), case=row, verdict=verdict, comment=words, **said)  # type: ignore[arg-type]
    return Case.objects.get(pk=case.pk).state


def waits_for(person: User, case: Case) -> bool:
    return selectors.queue(acting(person)).filter(pk=case.pk).exists()


def test_two_that_agree_count_and_neither_knows_of_the_other(world: World, drawn: Case) -> None:
    assert read(world.reviewer, drawn, "changes") == "submitted"
    assert not waits_for(world.reviewer, drawn)
    with pytest.raises(Conflict, match="read_already"):
        claim(actor=acting(world.reviewer), case=Case.objects.get(pk=drawn.pk))
    assert waits_for(world.curator, drawn)
    client = session(world.curator)
    client.post(f"/review/{drawn.pk}/claim/")
    page = client.get(f"/review/{drawn.pk}/").content.decode()
    assert "says why" not in page
    assert read(world.curator, drawn, "changes") == "changes_requested"
    assert {one.reviewer for one in selectors.readings(drawn)} == {world.reviewer, world.curator}
    assert SecondRead.objects.get().done


def test_where_they_differ_a_third_sees_both_and_decides(world: World, drawn: Case) -> None:
    third = make_person("third", role="reviewer")
    read(world.reviewer, drawn, "refuse")
    assert read(world.curator, drawn) == "submitted"
    assert [waits_for(person, drawn) for person in (world.reviewer, world.curator, third)] == [False, False, True]
    client = session(third)
    client.post(f"/review/{drawn.pk}/claim/")
    page = client.get(f"/review/{drawn.pk}/").content.decode()
    assert "reviewer says why." in page
    assert read(third, drawn) == "accepted"
    assert agreement([("refuse", "accept")]) == of_readings()[0]


def test_what_was_taken_back_and_changed_is_read_from_the_start(world: World, drawn: Case) -> None:
    read(world.reviewer, drawn)
    author = acting(world.contributor)
    row = recall(actor=author, case=Case.objects.get(pk=drawn.pk))
    change_case(actor=author, case=row, data={"title": {"en": "Another"}})
    submit(actor=author, case=row)
    assert waits_for(world.reviewer, drawn)
    assert read(world.reviewer, drawn, "refuse") == "submitted"
    assert SecondRead.objects.filter(done=False).count() == 1
    assert read(world.curator, drawn, "refuse") == "refused"


def test_the_first_verdict_counts_where_no_second_reader_comes(world: World, drawn: Case) -> None:
    read(world.reviewer, drawn)
    assert second.settle_lonely() == 0
    SecondRead.objects.update(drawn_at=timezone.now() - dt.timedelta(days=8))
    assert second.settle_lonely() == 1
    assert Case.objects.get(pk=drawn.pk).state == "accepted"
    assert of_readings() == (None, [])


def test_a_reader_asks_for_a_second_opinion(world: World) -> None:
    case = world.submitted(world.stored())
    client = session(world.reviewer)
    client.post(f"/review/{case.pk}/claim/")
    client.post(f"/review/{case.pk}/", {"act": "refuse", "comment": "I am not sure.", "second": "yes"})
    assert Case.objects.get(pk=case.pk).state == "submitted"
    assert read(world.curator, case, "refuse") == "refused"
    assert of_readings()[0] is None


def test_agreement_is_cohens_kappa_with_its_interval(world: World) -> None:
    """Fleiss, Levin and Paik, table 18.1: kappa 0.68, standard error 0.087."""
    table = {"aa": 75, "ab": 1, "ac": 4, "ba": 5, "bb": 4, "bc": 1, "cc": 10}
    pairs = [(one[0], one[1]) for one, count in table.items() for _ in range(count)]
    found = agreement(pairs, "abc")
    assert found is not None
    assert (found.pairs, found.observed) == (100, 0.89)
    assert [found.kappa, found.low, found.high] == pytest.approx([0.676, 0.505, 0.848], abs=0.001)
    alike = agreement([("a", "a")] * 30, "abc")
    assert alike is not None
    assert (alike.observed, alike.kappa) == (1, None)


def test_the_page_tells_an_indication_apart_from_20_pairs_on(world: World) -> None:
    case, client = world.submitted(world.stored()), session(world.reviewer)

    def pairs(count: int) -> None:
        for n in range(count):
            first, other = (
                Review.objects.create(case=case, revision=1, reviewer=person, verdict=verdict, seconds=95)
                for person, verdict in ((world.reviewer, ("accept", "refuse")[n % 2]), (world.curator, "accept"))
            )
            SecondRead.objects.create(case=case, history=1, first=first, second=other, done=True)

    pairs(19)
    page = client.get("/review/figures/").content.decode()
    assert page.count('<th scope="row">') == 1
    assert "1 min 35 s" in page
    pairs(1)
    page = client.get("/review/figures/").content.decode()
    assert page.count('<th scope="row">') == 2
    assert "<td>20</td><td>55 %</td>" in page
