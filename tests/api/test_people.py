"""Who calls, tokens, institutions, the node."""

from __future__ import annotations

from typing import Any

from django.test import Client

from imagebank.accounts.models import ApiToken
from imagebank.core.models import AuditEvent, IdempotencyKey
from tests.factories import World, bearer, make_token, session

TOKENS = "/api/v1/tokens/"
WANTED = {"name": "sync", "scopes": ["read", "deposit"]}


def make(client: Client, said: Any = WANTED, **headers: str) -> Any:
    return client.post(TOKENS, said, content_type="application/json", headers=headers)


def test_who_i_am(world: World) -> None:
    told = session(world.contributor).get("/api/v1/me/").json()
    assert (told["email"], told["via"], told["second_factor"]) == ("contributor@bank.example", "session", True)
    assert told["memberships"] == [{"institution": "north", "name": "North", "roles": ["contributor"]}]
    by_token = bearer(make_token(world.service, "deposit")).get("/api/v1/me/").json()
    assert (by_token["via"], by_token["scopes"], by_token["kind"]) == ("token", ["deposit"], "service")


def test_a_token_is_told_once_and_works_until_revoked(world: World) -> None:
    client = session(world.contributor)
    made = make(client)
    assert made.status_code == 201
    token = made.json()["token"]
    assert bearer(token).get("/api/v1/deposits/").status_code == 200
    (listed,) = client.get(TOKENS).json()["results"]
    assert "token" not in listed
    assert not ApiToken.objects.filter(digest=token).exists()
    address = f"{TOKENS}{listed['id']}/"
    assert session(world.steward).delete(address).status_code == 404
    assert client.delete(address).status_code == 204
    assert bearer(token).get("/api/v1/deposits/").status_code == 401
    assert client.get(TOKENS).json()["results"] == []
    assert AuditEvent.objects.filter(event="revoke", object_type="apitoken").count() == 1


def test_the_secret_is_not_kept_for_the_idempotency_key(world: World) -> None:
    client = session(world.contributor)
    token = make(client, **{"Idempotency-Key": "k"}).json()["token"]
    again = make(client, **{"Idempotency-Key": "k"})
    assert (again.status_code, again.json()["token"], ApiToken.objects.count()) == (201, None, 1)
    assert token not in str(IdempotencyKey.objects.get().body)


def test_making_tokens_needs_a_person_with_a_second_factor(world: World) -> None:
    weak = make(session(world.contributor, second_factor=False))
    assert (weak.status_code, weak.json()["code"]) == (403, "second_factor")
    by_token = bearer(make_token(world.contributor, "read", "deposit", "tag"))
    assert make(by_token).json()["code"] == "token_by_person"
    assert by_token.get(TOKENS).status_code == 403
    assert make(Client()).status_code == 401
    assert make(session(world.contributor), {"name": "x", "scopes": ["publish"]}).status_code == 422
    assert make(session(world.contributor), {"name": "x", "scopes": ["read"], "days": 9999}).status_code == 422


def test_institutions_show_only_who_wants_to_be_named(world: World) -> None:
    assert Client().get("/api/v1/institutions/").json()["results"] == [
        {"slug": "south", "name": "South", "country": "DK"}
    ]
    own = session(world.contributor).get("/api/v1/institutions/").json()["results"]
    assert [row["slug"] for row in own] == ["south", "north"]


def test_the_node(world: World) -> None:
    told = Client().get("/api/v1/node/").json()
    assert told["languages"] == ["en", "fr", "de", "es", "da"]
    assert told["limits"]["file_bytes"] == 1 << 30
    assert told["demo"] is False


def test_no_cookie_for_anonymous_readers(world: World) -> None:
    for address in ("node/", "cases/", "findings/", "schema/", "docs/"):
        assert not Client().get(f"/api/v1/{address}").cookies, address
