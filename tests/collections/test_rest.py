"""Collections over REST: made, published, read by number, cited, found by their cases."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.test import Client

from imagebank.catalog.models import Case
from imagebank.collections import steps
from tests.api.test_description import document
from tests.factories import World, acting, bearer, make_token, session

from .conftest import DESCRIPTION, TITLE, published_collection

API = "/api/v1/collections/"


def post(client: Client, address: str, body: Any = None, status: int = 200) -> Any:
    answer = client.post(API + address, json.dumps(body or {}), content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def get(client: Client, address: str = "", status: int = 200, **headers: str) -> Any:
    answer = client.get(API + address, headers=headers)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_from_a_search_to_a_version_that_stays(world: World) -> None:
    cases = [world.published(world.stored()) for _ in range(3)]
    curator = session(world.curator)
    made = post(curator, "", {"title": TITLE, "description": DESCRIPTION}, 201)
    assert (made["slug"], made["state"], made["version"]) == ("effusions", "draft", 1)
    assert set(made["missing"]) == {"items"}
    assert post(curator, "effusions/add/", {"search": "finding=pleural-effusion-simple"}) == {"added": 3, "size": 3}
    assert post(curator, "effusions/add/", {"cases": [str(cases[0].pk)]}) == {"added": 0, "size": 3}
    items = [{"case": str(case.pk), "note": {"en": f"Number {n}."}} for n, case in enumerate(cases)]
    changed = curator.patch(f"{API}effusions/", json.dumps({"items": items, "reason": "In order"}), "application/json")
    assert [item["note"] for item in changed.json()["items"]] == ["Number 0.", "Number 1.", "Number 2."]
    assert post(curator, "effusions/publish/") == {"slug": "effusions", "state": "published", "version": 1, "live": 1}
    reader = Client()
    assert [row["slug"] for row in get(reader)["results"]] == ["effusions"]
    assert get(reader, f"?case={cases[1].pk}")["results"][0]["title"] == "Effusions"
    assert get(reader, "effusions/?lang=de")["title"] == "Ergüsse"
    whole = get(reader, "effusions/versions/1/")
    assert [item["case"]["id"] for item in whole["items"]] == [str(case.pk) for case in cases]
    assert get(reader, "effusions/versions/")["results"] == whole["versions"]
    assert get(reader, "effusions/versions/2/", 404)["code"] == "not_found"
    edits = get(curator, "effusions/edits/")["results"]
    assert edits[0]["reason"] == "In order"
    assert {change["what"] for change in edits[0]["changes"]} >= {"note"}


def test_answers_have_the_shape_that_is_described(world: World) -> None:
    case, client = world.published(world.stored()), session(world.curator)
    row = published_collection(world, case)
    steps.revise(actor=acting(world.curator), collection=row)
    post(client, "effusions/comments/", {"text": "Better now."}, 201)
    whole = document()
    for address, path in {
        "": "", "effusions/": "{slug}/", "effusions/draft/": "{slug}/draft/", "effusions/edits/": "{slug}/edits/",
        "effusions/comments/": "{slug}/comments/", "effusions/versions/": "{slug}/versions/",
        "effusions/versions/1/": "{slug}/versions/{number}/",
    }.items():  # fmt: skip
        shape = whole["paths"][f"{API}{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(get(client, address), {**shape, "components": whole["components"]})


def test_reads_answer_304(world: World) -> None:
    published_collection(world, world.published(world.stored()))
    for address in ("", "effusions/", "effusions/versions/1/", "effusions/versions/1/csl.json",
                    "effusions/versions/1/cite.bib"):  # fmt: skip
        first = Client().get(API + address)
        assert Client().get(API + address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_no_answer_tells_a_moment(world: World) -> None:
    """Days are public, hours are not (privacy.md 11), nor inside a cursor."""
    from base64 import urlsafe_b64decode

    for _ in range(2):
        published_collection(world, world.published(world.stored()))
    answer = Client().get(f"{API}?limit=1")
    cursor = answer.json()["next"].split(":")[0]
    assert b"T" not in urlsafe_b64decode(cursor.lstrip(".") + "==").replace(b"T00:00:00", b"")
    assert len(get(Client(), f"?limit=1&cursor={answer.json()['next']}")["results"]) == 1
    assert "Last-Modified" not in answer.headers


def test_an_idempotency_key_makes_one(world: World) -> None:
    client = session(world.trainee)
    body = json.dumps({"title": TITLE})
    told = [
        client.post(API, body, content_type="application/json", headers={"Idempotency-Key": "once"}).json()["slug"]
        for _ in range(2)
    ]
    assert told == ["effusions", "effusions"]


def test_a_program_reads_and_makes_none(world: World) -> None:
    published_collection(world, world.published(world.stored()))
    program = bearer(make_token(world.curator, "read", "tag"))
    assert get(program, "effusions/")["slug"] == "effusions"
    assert post(program, "", {"title": TITLE}, 403)["code"] == "person"
    assert post(program, "effusions/revise/", None, 403)["code"] == "denied"


@pytest.mark.parametrize("name", ["csl.json", "cite.bib"])
def test_citations_are_files_of_the_version(world: World, name: str) -> None:
    row = published_collection(world, world.published(world.stored()), credit="Müller & Hansen {EM}")
    answer = Client().get(f"{API}effusions/versions/1/{name}?lang=de")
    text = answer.content.decode()
    assert f'filename="effusions-v1-{name}"' in answer.headers["Content-Disposition"]
    assert "Ergüsse" in json.loads(text)[0]["title"] if name == "csl.json" else r"Müller \& Hansen \{EM\}" in text
    assert "/collections/effusions/versions/1/" in text
    assert str(row.published_on and row.published_on.year) in text


def test_a_case_of_another_audience_is_a_gap_for_anyone(world: World) -> None:
    closed: Case = world.published(world.stored(rights={"audience": "registered"}))
    published_collection(world, closed)
    [gap] = get(Client(), "effusions/")["items"]
    assert (gap["gap"], gap["case"]) == ("registered", None)
    assert str(closed.pk) not in json.dumps(get(Client(), "effusions/"))
    assert get(session(world.trainee), "effusions/")["items"][0]["case"]["id"] == str(closed.pk)
