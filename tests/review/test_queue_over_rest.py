"""The reviewer's queue over REST: the same cases as on the page, in the same order, one reader each."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from imagebank.catalog.models import Case
from imagebank.catalog.services import create_case, submit
from imagebank.core.models import AuditEvent
from imagebank.review import selectors
from tests.factories import World, acting, bearer, case_data, make_person, make_token, session

QUEUE = "/api/v1/review/queue/"


@pytest.fixture
def waiting(world: World) -> list[Case]:
    """Three of the contributor, the oldest first."""
    return [world.submitted(world.stored()) for _ in range(3)]


@pytest.fixture
def client(world: World) -> Client:
    return session(world.reviewer)


def pages(client: Client, limit: int) -> list[str]:
    """Ids over all pages."""
    found: list[str] = []
    address: str | None = f"{QUEUE}?limit={limit}"
    while address:
        told = client.get(address).json()
        found += [row["id"] for row in told["results"]]
        address = f"{QUEUE}?limit={limit}&cursor={told['next']}" if told["next"] else None
    return found


def take(client: Client, **said: str) -> Any:
    return client.post(QUEUE, said, content_type="application/json")


def test_the_oldest_first_over_pages_and_as_the_page_lists_them(
    world: World, waiting: list[Case], client: Client
) -> None:
    told = client.get(QUEUE).json()
    assert [row["id"] for row in told["results"]] == [str(row.pk) for row in waiting]
    assert [row.pk for row in selectors.queue(acting(world.reviewer))] == [row.pk for row in waiting]
    assert pages(client, 2) == pages(client, 1) == [row["id"] for row in told["results"]]
    first = told["results"][0]
    assert (first["taken"], first["revision"], first["case"]["state"]) == (False, 1, "submitted")
    back = client.get(f"{QUEUE}?limit=1&cursor={client.get(f'{QUEUE}?limit=1').json()['next']}").json()["previous"]
    assert client.get(f"{QUEUE}?limit=1&cursor={back}").json()["results"][0]["id"] == first["id"]


def test_take_the_oldest_give_it_back_take_another(world: World, waiting: list[Case], client: Client) -> None:
    other = session(make_person("other", role="reviewer"))
    taken = take(client).json()
    assert (taken["id"], taken["taken"]) == (str(waiting[0].pk), True)
    assert take(client, case=taken["id"]).json()["id"] == taken["id"]
    assert pages(other, 9) == [str(row.pk) for row in waiting[1:]]
    assert take(other, case=taken["id"]).json()["code"] == "wrong_state"
    assert other.delete(f"{QUEUE}{taken['id']}/").json()["code"] == "not_claimed"
    assert client.delete(f"{QUEUE}{taken['id']}/").status_code == 204
    assert take(other, case=str(waiting[2].pk)).json()["id"] == str(waiting[2].pk)
    events = AuditEvent.objects.filter(object_id=waiting[0].pk, actor_id=world.reviewer.pk)
    assert list(events.order_by("recorded_at").values_list("event", flat=True)) == ["claim", "release"]


def test_nothing_waits(client: Client) -> None:
    assert take(client).status_code == 204
    assert client.get(QUEUE).json()["results"] == []


def test_never_ones_own_never_without_a_second_factor_never_by_token(world: World, waiting: list[Case]) -> None:
    both = make_person("both", world.north, "contributor", "reviewer")
    own = create_case(actor=acting(both), data=case_data(world.stored(giver=both)))
    submit(actor=acting(both), case=own)
    assert str(own.pk) not in pages(session(both), 9)
    assert take(session(both), case=str(own.pk)).status_code == 404
    assert take(session(world.reviewer, second_factor=False)).json()["code"] == "second_factor"
    assert bearer(make_token(world.reviewer, "read")).get(QUEUE).json()["code"] == "person"
