"""Asking for a role, deciding on it, and who is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from imagebank.accounts.models import Membership, NodeRole, Notification, RoleRequest
from tests.factories import World, session

ASKED = {"role": "contributor", "institution": "south", "words": "I scan every day."}


@pytest.fixture
def asked(world: World) -> Iterator[RoleRequest]:
    answer = session(world.trainee).post("/account/roles/", ASKED)
    assert answer.headers["Location"] == "/account/roles/"
    yield RoleRequest.objects.get()


def decide(client: Client, request: RoleRequest, act: str, answer: str = "") -> str:
    """What the page says afterwards."""
    told = client.post(f"/account/requests/{request.pk}/", {"act": act, "answer": answer}, follow=True)
    return f"{told.status_code} {told.content.decode()}"


def test_the_steward_gives_the_role_and_the_person_is_told(world: World, asked: RoleRequest) -> None:
    (told,) = Notification.objects.filter(event="role_asked").values_list("account__email", flat=True)
    assert told == world.stranger.email
    desk = session(world.stranger).get("/account/requests/").content.decode()
    assert "I scan every day." in desk
    assert decide(session(world.stranger), asked, "grant").startswith("200")
    assert Membership.objects.filter(user=world.trainee, institution=world.south, role="contributor").exists()
    assert Notification.objects.filter(account=world.trainee, event="role_granted").exists()
    assert "given" in session(world.trainee).get("/account/roles/").content.decode()


def test_a_refusal_needs_a_reason_that_the_person_reads(world: World, asked: RoleRequest) -> None:
    assert "Say why." in decide(session(world.stranger), asked, "refuse")
    decide(session(world.stranger), asked, "refuse", "Ask after your course.")
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by, Membership.objects.filter(user=world.trainee).count()) == (
        "refused", world.stranger, 0,
    )  # fmt: skip
    assert "Ask after your course." in session(world.trainee).get("/account/roles/").content.decode()


def test_an_administrator_acts_for_an_institution_with_a_reason(world: World, asked: RoleRequest) -> None:
    assert "Say why." in decide(session(world.admin), asked, "grant")
    decide(session(world.admin), asked, "grant", "The steward is away.")
    assert Membership.objects.filter(user=world.trainee).exists()


def test_deciding_needs_a_second_factor(world: World, asked: RoleRequest) -> None:
    assert decide(session(world.stranger, second_factor=False), asked, "grant").startswith("403")
    assert not Membership.objects.filter(user=world.trainee).exists()


def test_nobody_else_sees_or_decides(world: World, asked: RoleRequest) -> None:
    for person in (world.steward, world.curator, world.trainee):
        assert decide(session(person), asked, "grant").startswith("404"), person
    assert "I scan" not in session(world.steward).get("/account/requests/").content.decode()
    assert session(world.curator).get("/account/requests/").status_code == 403


def test_administrators_make_reviewers_and_nobody_themselves(world: World) -> None:
    for person in (world.contributor, world.admin):
        session(person).post("/account/roles/", {"role": "reviewer"})
    mine, own = RoleRequest.objects.get(account=world.contributor), RoleRequest.objects.get(account=world.admin)
    assert decide(session(world.admin), own, "grant").startswith("404")
    decide(session(world.admin), mine, "grant")
    assert [*NodeRole.objects.filter(role="reviewer").values_list("user__name", flat=True)] == [
        "reviewer",
        "contributor",
    ]


@pytest.mark.parametrize(
    ("typed", "status", "word"),
    [
        ({"role": "admin"}, 422, ""),
        ({"role": "contributor"}, 422, "Choose an institution."),
        ({"role": "contributor", "institution": "north"}, 422, "Choose an institution."),
        (ASKED, 409, "You have asked for this already"),
    ],
    ids=["unknown", "nowhere", "unlisted", "twice"],
)
def test_what_cannot_be_asked(world: World, asked: RoleRequest, typed: dict, status: int, word: str) -> None:
    answer = session(world.trainee).post("/account/roles/", typed)
    assert (answer.status_code, word in answer.content.decode()) == (status, True)
    assert RoleRequest.objects.count() == 1


def test_it_can_be_taken_back_and_asked_again(world: World, asked: RoleRequest) -> None:
    assert session(world.stranger).post(f"/account/roles/{asked.pk}/recall/").status_code == 404
    session(world.trainee).post(f"/account/roles/{asked.pk}/recall/")
    assert "not possible" in decide(session(world.stranger), asked, "grant")
    session(world.trainee).post("/account/roles/", ASKED)
    assert [*RoleRequest.objects.order_by("asked_at").values_list("state", flat=True)] == ["recalled", "open"]
