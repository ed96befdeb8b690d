"""The list of cases over REST: the search itself is tested beside its code."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories import World, bearer, make_token, session

CASES = "/api/v1/cases/"


@pytest.fixture
def published(world: World) -> list[str]:
    return [str(world.published(world.stored()).pk) for _ in range(5)]


def get(client: Client | None = None, **params: Any) -> Any:
    return (client or Client()).get(CASES, params)


def test_the_answer_has_everything(world: World, published: list[str]) -> None:
    told = get(facets=1, q="pleural effusion").json()
    assert told["count"] == 5
    assert {row["id"] for row in told["results"]} == set(published)
    assert told["understood"][0]["facet"] == "finding"
    assert {"clips", "patients", "institutions", "devices", "countries"} <= set(told["variety"])
    assert {"id": "pleural-effusion-suspected", "label": "Suspected pleural effusion", "count": 5} in told["facets"][
        "indication"
    ]


@pytest.mark.parametrize("order", ["varied", "newest", "relevance"])
def test_cursors_walk_through_without_repeating(world: World, published: list[str], order: str) -> None:
    seen, cursor, first = [], "", None
    while True:
        answer = get(order=order, limit=2, q="effusion", cursor=cursor)
        page = answer.json()
        seen += [row["id"] for row in page["results"]]
        first = first or page
        if not page["next"]:
            break
        assert f"cursor={page['next']}" in answer.headers["Link"]
        cursor = page["next"]
    assert sorted(seen) == sorted(published)
    back = get(order=order, limit=2, q="effusion", cursor=page["previous"]).json()
    assert [row["id"] for row in back["results"]] == seen[2:4]


def test_registered_cases_are_found_with_an_account(world: World) -> None:
    world.published(world.stored(rights={"audience": "registered"}))
    assert get().json()["count"] == 0
    assert get(session(world.trainee)).json()["count"] == 1
    assert get(bearer(make_token(world.service, "read"))).json()["count"] == 1


def test_drafts_are_found_by_nobody(world: World) -> None:
    world.submitted(world.stored())
    for user in (None, world.contributor, world.reviewer):
        assert get(session(user)).json()["count"] == 0


@pytest.mark.parametrize(
    "params",
    [{"finding": "nothing"}, {"order": "best"}, {"limit": "0"}, {"limit": "101"}, {"cursor": "x"}, {"offset": "7"}],
)
def test_what_is_unknown_is_named(world: World, params: dict[str, str]) -> None:
    answer = get(None, **params)
    assert answer.status_code == 422
    assert set(params) <= set(answer.json()["errors"])


def test_cases_beside_a_case(world: World, published: list[str]) -> None:
    told = Client().get(f"{CASES}{published[0]}/similar/").json()
    assert set(told) == {"same_finding", "normal_view"}
    assert published[0] not in str(told["same_finding"])


def test_terms_while_one_types(world: World) -> None:
    told = Client().get("/api/v1/suggest/", {"q": "épanch", "lang": "fr"}).json()["results"]
    assert any("panchement" in term["label"] for term in told)
