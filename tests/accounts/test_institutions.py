"""A steward runs the institution; an administrator enters what it agreed with the node."""

from __future__ import annotations

import csv
import datetime as dt
import html
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from imagebank.accounts import institutions
from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import Agreement, ApiToken, Institution, Membership, Notification, User
from imagebank.accounts.services import agreement_is_current, find_token
from imagebank.catalog.rights import rights_for, write_defaults
from imagebank.core.audit import record, write_card
from imagebank.core.errors import Conflict, Denied, Invalid, SecondFactorFirst
from imagebank.core.models import AuditEvent
from tests.factories import World, acting, make_person, session

TODAY = timezone.now().date()
AGREED = {"version": "2", "signatories": ["Ann Nord"], "signed_on": TODAY, "ends_on": None}


def test_without_a_current_agreement_nothing_is_given(world: World) -> None:
    admin = acting(world.admin)
    (old,) = world.north.agreements.all()
    institutions.end_agreement(actor=admin, agreement=old, on=TODAY)
    assert agreement_is_current(world.north.pk)  # until the day is over
    Agreement.objects.filter(pk=old.pk).update(signed_on=dt.date(2020, 1, 1), ends_on=TODAY - dt.timedelta(days=1))
    assert not agreement_is_current(world.north.pk)
    page = session(world.steward).get("/institution/north/").content.decode()
    assert "No agreement is current" in page
    institutions.sign(actor=admin, institution=world.north, said=AGREED)
    assert agreement_is_current(world.north.pk)
    assert Agreement.objects.count() >= 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"version": ""}, "version"), ({"signatories": []}, "signatories"), ({"signatories": [" "]}, "signatories"),
        ({"signed_on": None}, "signed_on"), ({"ends_on": TODAY - dt.timedelta(days=1)}, "ends_on"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_agreement_is_told(world: World, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as told:
        institutions.sign(actor=acting(world.admin), institution=world.north, said={**AGREED, **wrong})
    assert set(told.value.errors) == {field}


def test_an_institution_keeps_a_steward(world: World) -> None:
    actor, other = acting(world.steward), make_person("second")
    (own,) = Membership.objects.filter(institution=world.north, role="steward")
    with pytest.raises(Conflict) as told:
        institutions.remove_member(actor=actor, membership=own)
    assert told.value.code == "last_steward"
    institutions.add_member(actor=actor, institution=world.north, email="SECOND@bank.example ", role="steward")
    assert list(Notification.objects.filter(account=other).values_list("event", flat=True)) == ["member_added"]
    institutions.remove_member(actor=acting(other), membership=own)
    assert not acting(world.steward).institutions("steward")
    assert list(AuditEvent.objects.filter(event="remove_steward").values_list("object_id", "institution_id")) == [
        (world.steward.pk, world.north.pk)
    ]


def test_an_administrator_names_stewards_and_nobody_else(world: World) -> None:
    actor, other = acting(world.admin), make_person("second")
    institutions.add_member(actor=actor, institution=world.north, email=other.email, role="steward")
    with pytest.raises(Denied):
        institutions.add_member(actor=actor, institution=world.north, email=other.email, role="contributor")


def test_a_service_account_is_made_used_and_ended(world: World) -> None:
    actor = acting(world.steward)
    service = institutions.add_service(actor=actor, institution=world.north, name="Ward PACS")
    assert (service.email, service.kind, service.has_usable_password()) == ("ward-pacs@north.invalid", "service", False)
    with pytest.raises(Conflict):
        institutions.add_service(actor=actor, institution=world.north, name="ward PACS")
    page = session(world.steward).post(
        "/institution/north/systems/",
        {"act": "token", "service": str(service.pk), "name": "night", "scopes": ["read", "deposit"], "days": "30"},
    )
    secret = page.content.decode().split('class="secret">')[1].split("<")[0]
    assert (page.status_code, page["Cache-Control"]) == (201, "no-store")
    found = find_token(secret)
    assert found is not None
    assert (found.owner, found.scopes) == (service, ["deposit", "read"])
    assert secret not in session(world.steward).get("/institution/north/systems/").content.decode()
    institutions.end_service(actor=actor, service=service)
    assert find_token(secret) is None
    assert ApiToken.objects.get(pk=found.pk).revoked


def test_only_the_steward_of_its_institution_makes_a_services_token(world: World) -> None:
    said = {"act": "token", "service": str(world.service.pk), "name": "x", "scopes": ["read"], "days": "30"}
    for person, status in ((world.stranger, 404), (world.contributor, 403), (world.admin, 403)):
        assert session(person).post("/institution/north/systems/", said).status_code == status
    assert session(world.stranger).post("/institution/south/systems/", said).status_code == 404


def test_a_steward_without_a_second_factor_changes_nothing(world: World) -> None:
    actor = actor_for(world.steward)
    with pytest.raises(SecondFactorFirst):
        institutions.write_record(actor=actor, institution=world.north, said={"jurisdiction": "Danish law"})
    assert Institution.objects.get(pk=world.north.pk).jurisdiction == ""


def test_the_record_is_written_whole_or_not_at_all(world: World) -> None:
    client, address = session(world.steward), "/institution/north/record/"
    wrong = {"part": "record", "jurisdiction": "Danish law", "delay_days_least": "9", "delay_days_most": "3"}
    answer = client.post(address, wrong)
    assert answer.status_code == 422
    assert "The longest delay cannot be shorter than the shortest." in answer.content.decode()
    assert Institution.objects.get(pk=world.north.pk).jurisdiction == ""
    assert client.post(address, {**wrong, "delay_days_most": "12"}).status_code == 302
    assert Institution.objects.get(pk=world.north.pk).jurisdiction == "Danish law"


def test_new_deposits_begin_with_the_institutions_rights(world: World) -> None:
    before = rights_for(world.north, {}, attester=world.contributor)
    said = {"policy_version": "2027-1", "evidence_place": "archive, room 4"}
    write_defaults(actor=acting(world.steward), institution=world.north, said=said)
    after = rights_for(world.north, {}, attester=world.contributor)
    assert (after.policy_version, after.evidence_place) == ("2027-1", "archive, room 4")
    before.refresh_from_db()
    assert before.policy_version != "2027-1"
    with pytest.raises(Invalid):
        write_defaults(actor=acting(world.steward), institution=world.north, said={"licence": "CC-BY-4.0"})


def test_the_trail_tells_what_was_done_and_not_who_reviewed(world: World) -> None:
    for person in (world.contributor, world.steward, world.reviewer):
        write_card(person.pk, person.name, person.email)
    case = world.published(world.stored())
    mine = rows(session(world.contributor).get("/account/trail/?format=csv"))
    done = {row["event"]: row for row in mine if row["object_id"] == str(case.pk)}
    assert {"create", "submit", "claim", "accept", "publish"} <= set(done)
    assert (done["submit"]["actor"], done["accept"]["actor"]) == (world.contributor.name, "")
    assert "reviewer" in done["accept"]["roles"]
    stranger = rows(session(world.stranger).get("/account/trail/?format=csv"))
    assert str(case.pk) not in {row["object_id"] for row in stranger}
    steward = rows(session(world.steward).get("/institution/north/trail/?format=csv"))
    told = {row["event"]: row["actor"] for row in steward if row["object_id"] == str(case.pk)}
    assert (told["submit"], told["accept"]) == (world.contributor.name, "")


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(streamed(answer).splitlines()))


def streamed(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def test_a_name_is_no_formula(world: World) -> None:
    User.objects.filter(pk=world.contributor.pk).update(name="=1+1")
    write_card(world.contributor.pk, "=1+1", world.contributor.email)
    world.draft(world.stored())
    text = streamed(session(world.contributor).get("/account/trail/?format=csv"))
    assert ",'=1+1," in text


def test_the_trail_is_read_page_by_page(world: World) -> None:
    for _ in range(60):
        record(acting(world.contributor), "update", world.contributor)
    client, seen, address = session(world.contributor), 0, "?event=update"
    while address:
        text = client.get(f"/account/trail/{address}").content.decode()
        seen += text.count("<time ")
        following = re.search(r'rel="next" href="([^"]*)"', text)
        address = html.unescape(following[1]) if following else ""
    assert seen == 60


def test_an_anonymous_reader_is_sent_to_the_login(bank_db: None, client: Client) -> None:
    assert "/account/login/" in client.get("/institution/").headers["Location"]
