"""Many at once: every case of a search as NDJSON, many drafts tagged, and the trail of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from api.v1 import exporting
from imagebank.catalog.models import Case
from imagebank.catalog.selectors import standing_findings
from tests.factories import World, bearer, make_token, session

JSON = "application/json"
EXPORT = "/api/v1/cases/export.ndjson"


def test_every_case_of_a_search_is_exported(world: World, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.BASE_URL = "https://bank.example/"
    monkeypatch.setattr(exporting, "PAGE", 2)
    cases = {str(world.published(world.stored()).pk) for _ in range(3)}
    client = bearer(make_token(world.service, "read"))
    answer = client.get(f"{EXPORT}?indication=pleural-effusion-suspected")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    told = [json.loads(line) for line in text.splitlines()]
    assert answer.headers["Content-Type"] == "application/x-ndjson" and text.endswith("\n")
    assert {case["id"] for case in told} == cases and len(told) == 3
    assert {case["url"] for case in told} == {f"https://bank.example/api/v1/cases/{pk}/" for pk in cases}
    assert told[0]["clips"][0]["dicom"].startswith("https://bank.example/api/v1/clips/")
    assert client.get(f"{EXPORT}?indication=nothing").json()["errors"]["indication"]
    assert client.head(EXPORT).content == b""


def test_the_export_asks_for_an_account_and_its_terms(world: World) -> None:
    assert Client().get(EXPORT).json()["code"] == "sign_in"
    world.trainee.accepted_terms = ""
    world.trainee.save()
    assert session(world.trainee).get(EXPORT).json()["code"] == "terms"


def test_many_drafts_are_tagged_at_once(world: World) -> None:
    mine, published = world.draft(world.stored()), world.published(world.stored())
    absent = "00000000-0000-4000-8000-000000000000"
    finding = {"term": "pleural-effusion-simple", "presence": "absent"}
    said = {
        "cases": [
            {"id": str(mine.pk), "findings": [finding], "sex": "male"},
            {"id": str(published.pk), "sex": "male"},
            {"id": absent, "sex": "male"},
            {"id": str(mine.pk), "findings": [{**finding, "term": "no-such-term"}]},
        ]
    }
    client = bearer(make_token(world.contributor, "tag"))
    answers = [
        client.post("/api/v1/cases/tags/", said, content_type=JSON, headers={"Idempotency-Key": "k"}) for _ in range(2)
    ]
    told = answers[0].json()["results"]
    assert [one["status"] for one in told] == [200, 409, 404, 422]
    assert [(one["problem"] or {}).get("code") for one in told] == [None, "wrong_state", "not_found", "invalid"]
    assert answers[1].json() == answers[0].json()
    row = Case.objects.get(pk=mine.pk)
    assert (row.sex, [finding.presence for finding in standing_findings(row)]) == ("male", ["absent"])
    over = {"cases": [{"id": str(mine.pk)}] * 101}
    assert client.post("/api/v1/cases/tags/", over, content_type=JSON).status_code == 422


def test_the_trail_of_ones_own_acts(world: World) -> None:
    case = world.published(world.stored())
    client = session(world.contributor)
    first = client.get("/api/v1/audit/?limit=2").json()
    assert len(first["results"]) == 2 and first["next"]
    published = client.get("/api/v1/audit/?event=publish").json()["results"]
    assert (str(case.pk), False, "") in [(act["object_id"], act["own"], act["who"]) for act in published]
    assert {act["event"] for act in published} == {"publish"}
    assert client.get("/api/v1/audit/?institution=nowhere").status_code == 404
    assert Client().get("/api/v1/audit/").status_code == 401
