"""HTTP as its standards have it: methods, negotiation, preconditions, rates (RFC 9110, RFC 6750 and others)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from imagebank.catalog.services import revise
from tests.api.test_problems import is_problem
from tests.factories import World, acting, bearer, make_token, session

JSON = "application/json"


def test_options_name_the_methods(world: World) -> None:
    case = f"/api/v1/cases/{world.draft(world.stored()).pk}/"
    for address, methods in (("/api/v1/cases/", "GET, POST, HEAD, OPTIONS"), (case, "GET, PATCH, HEAD, OPTIONS")):
        answer = Client().options(address)
        assert (answer.status_code, answer.content) == (204, b"")
        assert set(answer.headers["Allow"].split(", ")) == set(methods.split(", "))
    assert answer.headers["Accept-Patch"] == JSON


def test_a_strange_address_is_a_problem_for_every_method(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    for method in ("post", "put", "patch", "delete"):
        is_problem(getattr(strict, method)("/api/v1/nothing%0A/"), 404, "not_found")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("text/html", 406),
        ("application/json;q=0", 406),
        ("*/*;q=0, text/plain", 406),
        ("application/json;q=0, */*", 406),
        ("text/html, application/xhtml+xml, */*;q=0.8", 200),
        ("application/*", 200),
        ("*", 200),
        ("a" * 20_000 + ";b=c", 406),
    ],
)
def test_accept(reading: None, accept: str, status: int) -> None:
    answer = Client().get("/api/v1/views/?limit=1", headers={"Accept": accept})
    assert answer.status_code == status
    if status == 406:
        is_problem(answer, 406, "not_acceptable")


def test_pictures_are_asked_for_as_browsers_do(world: World) -> None:
    clip = world.published(world.stored()).clips.get()
    for accept, status in (("image/avif,image/webp,*/*;q=0.8", 200), ("image/*", 200), ("application/json", 406)):
        assert Client().head(f"/api/v1/clips/{clip.pk}/poster.webp", headers={"Accept": accept}).status_code == status


def test_what_is_left_of_the_minute(world: World) -> None:
    told = [Client().get("/api/v1/node/").headers for _ in range(2)]
    left = [int(headers["RateLimit-Remaining"]) for headers in told]
    assert left == [59, 58] and told[0]["RateLimit-Limit"] == "60"
    assert told[0]["RateLimit"].startswith('"minute";r=59;t=') and told[0]["RateLimit-Policy"] == '"minute";q=60;w=60'
    known = bearer(make_token(world.contributor, "read")).get("/api/v1/node/", headers={"If-None-Match": "*"})
    assert (known.status_code, known.headers["RateLimit-Limit"]) == (304, "600")


def test_a_challenge_says_what_is_wrong_with_the_token(world: World) -> None:
    bad = Client().get("/api/v1/me/", headers={"Authorization": "Bearer nothing"})
    assert 'error="invalid_token"' in bad.headers["WWW-Authenticate"]
    weak = bearer(make_token(world.contributor, "withdraw")).get("/api/v1/institutions/")
    assert (weak.status_code, 'error="insufficient_scope"' in weak.headers["WWW-Authenticate"]) == (403, True)
    assert "error" not in Client().get("/api/v1/me/").headers["WWW-Authenticate"]


def test_the_language_is_told_and_asked_for(world: World) -> None:
    client = Client(headers={"Accept-Language": "fr"})
    assert client.get("/api/v1/node/").headers["Content-Language"] == "fr"
    german = client.get("/api/v1/me/?lang=de")
    assert (german.status_code, german.headers["Content-Language"]) == (401, "de")
    assert german.json()["detail"] != client.get("/api/v1/me/").json()["detail"]


def test_what_is_made_has_an_address(world: World) -> None:
    client = session(world.contributor)
    said: dict[str, Any] = {"title": {"en": "Mine"}}
    for path, body in (("lists/", {"name": "Mine"}), ("collections/", said)):
        made = client.post(f"/api/v1/{path}", body, content_type=JSON, headers={"Idempotency-Key": path})
        again = client.post(f"/api/v1/{path}", body, content_type=JSON, headers={"Idempotency-Key": path})
        assert (made.status_code, again.headers["Location"]) == (201, made.headers["Location"])
    assert client.get(made.headers["Location"] + "draft/").status_code == 200
    assert "Location" not in client.post("/api/v1/tokens/", {"name": "t", "scopes": ["read"]}, content_type=JSON)


class TestWritesOnCondition:
    """If-Match and If-None-Match (RFC 9110, 13.1)."""

    def write(self, client: Client, address: str, tag: str, sex: str = "male", **more: str) -> Any:
        return client.patch(address, {"sex": sex}, content_type=JSON, headers={"If-Match": tag, **more})

    def test_who_read_an_older_version_changes_nothing(self, world: World) -> None:
        client, address = session(world.contributor), f"/api/v1/cases/{world.draft(world.stored()).pk}/"
        read = client.get(address).headers["ETag"]
        assert self.write(client, address, read).status_code == 200
        is_problem(self.write(client, address, read, "female"), 412, "precondition")
        assert client.get(address).json()["sex"] == "male"
        assert self.write(client, address, "*").status_code == 200
        is_problem(self.write(client, address, f"W/{read}"), 412, "precondition")
        fresh = client.get(address).headers["ETag"]
        assert client.patch(
            address, {"sex": "female"}, content_type=JSON, headers={"If-None-Match": fresh}
        ).status_code == 412  # fmt: skip

    def test_a_lost_answer_is_given_again(self, world: World) -> None:
        client, address = session(world.contributor), f"/api/v1/cases/{world.draft(world.stored()).pk}/"
        told = {"If-Match": client.get(address).headers["ETag"], "Idempotency-Key": "k"}
        answers = [client.patch(address, {"sex": "male"}, content_type=JSON, headers=told) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]

    def test_steps_and_lists(self, world: World) -> None:
        client, case = session(world.contributor), world.draft(world.stored())
        address = f"/api/v1/cases/{case.pk}/"
        read = client.get(address).headers["ETag"]
        self.write(client, address, read)
        is_problem(client.post(f"{address}submit/", content_type=JSON, headers={"If-Match": read}), 412, "precondition")
        fresh = client.get(address).headers["ETag"]
        assert client.post(f"{address}submit/", content_type=JSON, headers={"If-Match": fresh}).status_code == 200
        kept = client.post("/api/v1/lists/", {"name": "Mine"}, content_type=JSON).headers["Location"]
        assert client.delete(kept, headers={"If-Match": '"x"'}).status_code == 412
        assert client.delete(kept, headers={"If-Match": client.get(kept).headers["ETag"]}).status_code == 204

    def test_the_next_revision_is_what_is_changed(self, world: World) -> None:
        case = revise(actor=acting(world.contributor), case=world.published(world.stored()))
        client, address = session(world.contributor), f"/api/v1/cases/{case.pk}/"
        draft = client.get(f"{address}draft/").headers["ETag"]
        said = {"title": {"en": "Another"}}
        read = client.get(address).headers["ETag"]
        assert client.patch(address, said, content_type=JSON, headers={"If-Match": read}).status_code == 412
        assert client.patch(address, said, content_type=JSON, headers={"If-Match": draft}).status_code == 200
