"""Signing up asks for the terms; who has not accepted them can do so in the account, and then take DICOM files."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from imagebank.accounts.models import User
from imagebank.accounts.terms import TERMS
from imagebank.core.models import ActorCard, AuditEvent
from tests.factories import World, session

NEW = {"email": "new@bank.example", "password1": "a long and odd word", "password2": "a long and odd word"}


@pytest.mark.parametrize(("tick", "status", "accepted"), [({}, 200, []), ({"terms": "on"}, 302, [TERMS])])
def test_signing_up_asks_for_the_terms(bank_db: None, client: Client, tick: dict, status: int, accepted: list) -> None:
    form = client.get("/account/signup/").content.decode()
    assert 'href="/help/terms/"' in form
    assert re.findall(r'name="(email|password1|password2|terms)"', form) == ["email", "password1", "password2", "terms"]
    assert client.post("/account/signup/", {**NEW, **tick}).status_code == status
    assert [*User.objects.filter(email=NEW["email"]).values_list("accepted_terms", flat=True)] == accepted


def test_the_trail_knows_by_a_commitment_who_signed_up(bank_db: None, client: Client) -> None:
    client.post("/account/signup/", {**NEW, "terms": "on"})
    user = User.objects.get(email=NEW["email"])
    assert ActorCard.objects.get(actor_id=user.pk).email == NEW["email"]
    commitments = set(AuditEvent.objects.filter(actor_id=user.pk).values_list("commitment", flat=True))
    assert len(commitments) == 1
    assert commitments != {""}
    assert NEW["email"] not in str(list(AuditEvent.objects.values()))


def test_the_terms_can_be_accepted_later(world: World) -> None:
    case = world.published(world.stored())
    User.objects.filter(pk=world.trainee.pk).update(accepted_terms="")
    client, file = session(world.trainee), f"/api/v1/clips/{case.clips.get().pk}/dicom"
    assert client.head(file).status_code == 403
    assert "not accepted yet" in client.get("/account/").content.decode()
    assert client.post("/account/terms/").headers["Location"] == "/account/"
    assert client.head(file).status_code == 200
    text = client.get("/account/").content.decode()
    assert "not accepted yet" not in text
    assert "I accept the terms" not in text


def test_a_second_factor_that_was_never_set_up_was_not_used(world: World) -> None:
    text = session(world.trainee).get("/account/").content.decode()
    assert "not set up" in text
    assert "in this session" not in text


def test_one_wording_and_one_form_of_address(bank_db: None, world: World, client: Client) -> None:
    """Pages of allauth say what ours say, and to nobody "contact us" without an address."""
    signed_in = session(world.trainee)
    out = signed_in.get("/account/logout/", headers={"accept-language": "de"}).content.decode()
    assert "Möchten Sie sich wirklich abmelden?" in out
    assert "Anmelden" in client.get("/account/login/", headers={"accept-language": "de"}).content.decode()
    assert "Log in" not in client.get("/account/login/").content.decode()
    for address in ("/account/password/reset/", "/account/password/reset/done/", "/account/confirm-email/"):
        assert "contact us" not in client.get(address).content.decode(), address
