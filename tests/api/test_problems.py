"""Every error is a problem (RFC 9457); nothing that is sent makes an answer of 5xx."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories import World, session

JSON = "application/json"


def is_problem(answer: Any, status: int, code: str) -> None:
    body = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/help/problems/{code}")
    assert body["title"] and body["detail"]


def test_no_such_address(world: World) -> None:
    for address in ("/api/v1/", "/api/v1/nothing", "/api/v1/cases", "/api/v1/cases/7/", "/api/v1/clips/x/poster.webp"):
        is_problem(Client().get(address), 404, "not_found")
        is_problem(Client().post(address), 404, "not_found")


def test_no_such_method(world: World) -> None:
    answer = Client().put("/api/v1/cases/", {}, content_type=JSON)
    is_problem(answer, 405, "method")
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_no_such_kind_of_content(world: World) -> None:
    client = session(world.contributor)
    is_problem(client.post("/api/v1/cases/", "<case/>", content_type="text/xml"), 415, "media_type")
    is_problem(client.post("/api/v1/cases/", {"file": "x"}), 415, "media_type")
    is_problem(session(world.trainee).post("/api/v1/cases/", "a=b", content_type="text/plain"), 415, "media_type")
    is_problem(
        client.post("/api/v1/deposits/", "a=b", content_type="application/x-www-form-urlencoded"), 415, "media_type"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[" * 200_000,
        b'{"a": NaN}',
        b'{"indication": "\\u0000"}',
        b'{"indication": "\\ud800"}',
        b"\xff\xfe",
        b'{"\\u0000": 1}',
    ],
)
def test_what_cannot_be_read(world: World, body: bytes) -> None:
    is_problem(session(world.contributor).post("/api/v1/cases/", body, content_type=JSON), 400, "malformed")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"7"])
def test_json_of_another_shape(world: World, body: bytes) -> None:
    for address in ("/api/v1/cases/", "/api/v1/deposits/", "/api/v1/tokens/"):
        is_problem(session(world.contributor).post(address, body, content_type=JSON), 422, "invalid")


def test_a_body_beyond_the_limit(world: World) -> None:
    body = b'{"indication": "' + b"a" * (1 << 20) + b'"}'
    is_problem(session(world.contributor).post("/api/v1/cases/", body, content_type=JSON), 413, "limit_body")


def test_fields_of_a_form_beyond_the_limit(world: World) -> None:
    client = session(world.contributor)
    is_problem(client.post("/api/v1/deposits/", {"rights": "a" * (3 << 20)}), 413, "limit_fields")
    is_problem(client.post("/api/v1/deposits/", {"setting": "a\0b"}), 400, "malformed")


@pytest.mark.parametrize(
    "address", ["cases/?q=%00", "deposits/?cursor=%00", "cases/?lang=%00", "institutions/?limit=٣"]
)
def test_odd_parameters(world: World, address: str) -> None:
    answer = session(world.contributor).get(f"/api/v1/{address}")
    assert answer.status_code in (400, 422)


def test_bad_credentials(world: World) -> None:
    for header in ("Bearer nothing", "Basic eDp5", "Bearer", "Bearer \x7f"):
        answer = Client().get("/api/v1/cases/", headers={"Authorization": header})
        is_problem(answer, 401, "token")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    is_problem(Client().get("/api/v1/me/"), 401, "sign_in")


def test_too_many(world: World, settings: Any) -> None:
    settings.LIMITS = type(settings.LIMITS)(reads_per_minute_address=2, reads_per_minute_token=5)
    answer = next(a for a in (Client().get("/api/v1/node/") for _ in range(9)) if a.status_code == 429)
    is_problem(answer, 429, "too_many")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    elsewhere = Client().get("/api/v1/node/", REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200
    known = session(world.contributor)
    assert [known.get("/api/v1/node/").status_code for _ in range(3)] == [200] * 3


def test_a_stranger_cannot_name_another_address(world: World, settings: Any) -> None:
    settings.LIMITS = type(settings.LIMITS)(reads_per_minute_address=1)
    answers = [Client().get("/api/v1/node/", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(5)]
    assert 429 in answers
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    behind = [Client().get("/api/v1/node/", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(5)]
    assert behind == [200] * 5


def test_media_are_not_counted(world: World, settings: Any) -> None:
    settings.LIMITS = type(settings.LIMITS)(reads_per_minute_address=1)
    clip = world.published(world.stored()).clips.get()
    answers = [Client().head(f"/api/v1/clips/{clip.pk}/poster.webp").status_code for _ in range(5)]
    assert answers == [200] * 5
