"""The list of cases over REST: the search itself is tested beside its code."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imagebank.catalog import projection
from imagebank.catalog.models import Case
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


def test_a_broken_query_is_told_with_its_place(world: World) -> None:
    answer = get(None, q="effusion AND finding:nothing")
    told = answer.json()
    assert (answer.status_code, told["code"], told["type"]) == (422, "query", "/help/problems/query")
    assert told["errors"]["q"].startswith("Character 14: ")
    assert get(None, q="effusion AND").status_code == 200


def test_cases_beside_a_case(world: World, published: list[str]) -> None:
    told = Client().get(f"{CASES}{published[0]}/similar/").json()
    assert set(told) == {"same_finding", "other_habitus", "normal_view", "mimics", "look_alike"}
    assert published[0] not in str(told["same_finding"])


def test_terms_while_one_types(world: World) -> None:
    told = Client().get("/api/v1/suggest/", {"q": "épanch", "lang": "fr"}).json()["results"]
    assert any("panchement" in term["label"] for term in told)
    assert all(term["count"] >= 0 and "épanch" in term["q"].lower() for term in told)


def test_an_answer_that_the_caller_has_is_not_sent_again(world: World, published: list[str]) -> None:
    first = get(facets=1)
    held = {"If-None-Match": first.headers["ETag"]}
    with CaptureQueriesContext(connection) as queries:
        again = Client().get(f"{CASES}?facets=1", headers=held)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Authorization" in again.headers["Vary"]
    assert not [one for one in queries if "document" in one["sql"]]
    assert Client().get(f"{CASES}?facets=1&lang=fr", headers=held).status_code == 200


def test_another_answer_has_another_tag(world: World, published: list[str]) -> None:
    tags = [get(order="newest").headers["ETag"]]
    projection.hide(Case.objects.get(pk=published[0]), hidden=True)
    tags.append(get(order="newest").headers["ETag"])
    projection.hide(Case.objects.get(pk=published[0]), hidden=False)
    assert get(order="newest").headers["ETag"] == tags[0]
    case = Case.objects.get(pk=published[1])
    case.title = {"en": "Another title"}
    case.save()
    projection.project(case)
    tags.append(get(order="newest").headers["ETag"])
    assert len(set(tags)) == 3


def test_a_list_takes_few_queries(world: World, published: list[str]) -> None:
    get(facets=1)
    with CaptureQueriesContext(connection) as queries:
        get(facets=1)
    read = [one["sql"] for one in queries if one["sql"].startswith("SELECT") and "core_cache" not in one["sql"]]
    assert len(read) <= 3, read
