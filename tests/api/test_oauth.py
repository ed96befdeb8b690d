"""OAuth 2.0 client credentials (RFC 6749, 4.4) at /oauth/token/."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core import signing
from django.test import Client

from api.oauth import FORM
from imagebank.accounts import granting
from imagebank.accounts.models import ApiToken
from tests.factories import World, bearer, make_token

ASKED = {"grant_type": "client_credentials"}


def ask(said: Any, **headers: str) -> Any:
    body = said if isinstance(said, str) else urlencode(said)
    return Client(enforce_csrf_checks=True).post("/oauth/token/", body, content_type=FORM, headers=headers)


def basic(client: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{quote(client)}:{quote(secret)}".encode()).decode()


def test_a_client_is_given_a_token_for_an_hour(world: World) -> None:
    secret = make_token(world.service, "read", "deposit", "withdraw")
    client = str(ApiToken.objects.get().pk)
    given = ask({**ASKED, "client_id": client, "client_secret": secret, "scope": "deposit read"})
    told = given.json()
    assert (given.status_code, told["token_type"], told["expires_in"]) == (200, "Bearer", 3600)
    assert (told["scope"], given.headers["Cache-Control"]) == ("deposit read", "no-store")
    me = bearer(told["access_token"]).get("/api/v1/me/").json()
    assert (me["email"], me["scopes"], me["via"]) == ("pacs@bank.example", ["deposit", "read"], "token")
    by_header = ask(ASKED, Authorization=basic("PACS@bank.example", secret)).json()
    assert by_header["scope"] == "deposit read withdraw"
    ApiToken.objects.update(revoked=True)
    assert bearer(told["access_token"]).get("/api/v1/me/").status_code == 401


def test_it_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = make_token(world.service, "read")
    token = ask({**ASKED, "client_id": "pacs@bank.example", "client_secret": secret}).json()["access_token"]
    assert bearer(token[:-1] + ("A" if token[-1] != "A" else "B")).get("/api/v1/me/").status_code == 401
    monkeypatch.setattr(granting, "SECONDS", -1)
    assert bearer(token).get("/api/v1/me/").status_code == 401
    assert signing.TimestampSigner(sep="~").sign_object(1) and bearer("iba.x").get("/api/v1/me/").status_code == 401


def test_what_is_refused(world: World) -> None:
    secret = make_token(world.service, "read")
    client = {"client_id": "pacs@bank.example", "client_secret": secret}
    header = basic("pacs@bank.example", secret)
    given = ask({**ASKED, **client}).json()["access_token"]
    refused = [
        (ask({**ASKED, **client, "client_id": "north@bank.example"}), 401, "invalid_client"),
        (ask({**ASKED, "client_id": client["client_id"]}), 401, "invalid_client"),
        (ask({**ASKED, **client, "client_secret": given}), 401, "invalid_client"),
        (ask(ASKED, Authorization="Basic %%%"), 401, "invalid_client"),
        (ask(ASKED, Authorization=f"Bearer {secret}"), 401, "invalid_client"),
        (ask({**ASKED, **client}, Authorization=header), 400, "invalid_request"),
        (ask(client), 400, "invalid_request"),
        (ask({**client, "grant_type": "password"}), 400, "unsupported_grant_type"),
        (ask({**ASKED, **client, "scope": "read deposit"}), 400, "invalid_scope"),
        (ask(urlencode({**ASKED, **client}) + "&scope=read&scope=read"), 400, "invalid_request"),
        (ask(urlencode({**ASKED, **client, "x": "y" * 5000})), 400, "invalid_request"),
    ]
    assert [(answer.status_code, answer.json()["error"]) for answer, *_ in refused] == [told[1:] for told in refused]
    assert refused[0][0].headers["WWW-Authenticate"].startswith("Basic")
    assert Client().post("/oauth/token/", ASKED).json()["error"] == "invalid_request"
    wrong = Client().get("/oauth/token/")
    assert (wrong.status_code, "POST" in wrong.headers["Allow"]) == (405, True)


def test_too_many(world: World, settings: Any) -> None:
    settings.LIMITS = type(settings.LIMITS)(reads_per_minute_address=1)
    answer = next(found for found in (ask(ASKED) for _ in range(4)) if found.status_code == 429)
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_server_tells_of_itself(world: World) -> None:
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert told["token_endpoint"].endswith("/oauth/token/") and told["grant_types_supported"] == ["client_credentials"]
