"""The reviewer's and the curator's pages: own material stays away, the checks are asked, publishing is one press."""

from __future__ import annotations

from django.test import Client

from imagebank.accounts.models import NodeRole
from imagebank.catalog.models import Case
from tests.factories import World, session

CHECKED = {"check-text": "yes", "check-person": "yes", "check-content": "yes"}


def test_only_editors_get_in(world: World) -> None:
    assert session(world.contributor).get("/review/").status_code == 403
    assert session(world.reviewer).get("/curate/").status_code == 403
    assert session(world.curator).get("/curate/").status_code == 200


def test_own_material_is_neither_listed_nor_taken(world: World) -> None:
    NodeRole.objects.create(user=world.contributor, role="reviewer")
    case, client = world.submitted(world.stored()), session(world.contributor)
    assert str(case.pk) not in client.get("/review/").content.decode()
    assert client.post(f"/review/{case.pk}/claim/").status_code == 404


def test_accepting_asks_for_the_checks(world: World) -> None:
    case, client = taken(world)
    assert client.post(f"/review/{case.pk}/", {"act": "accept", "check-text": "yes"}).status_code == 422
    assert client.post(f"/review/{case.pk}/", {"act": "accept", **CHECKED}).status_code == 302
    case.refresh_from_db()
    assert case.state == "accepted"
    assert case.reviews.get().items == {"text": True, "person": True, "content": True}


def test_changes_need_a_comment(world: World) -> None:
    case, client = taken(world)
    assert client.post(f"/review/{case.pk}/", {"act": "changes"}).status_code == 422
    client.post(f"/review/{case.pk}/", {"act": "changes", "comment": "The side is missing."})
    case.refresh_from_db()
    assert case.state == "changes_requested"
    page = session(world.contributor).get(f"/contribute/case/{case.pk}/").content.decode()
    assert "The side is missing." in page


def test_skipping_gives_it_back_and_takes_the_next(world: World) -> None:
    case, client = taken(world)
    other = world.submitted(world.stored())
    answer = client.post(f"/review/{case.pk}/", {"act": "skip"})
    assert answer.headers["Location"] == f"/review/{other.pk}/"
    case.refresh_from_db()
    assert case.state == "submitted"


def test_publish_hide_and_show_again(world: World) -> None:
    case, client = world.accepted(world.stored()), session(world.curator)
    for act, state in (("publish", "published"), ("suspend", "suspended"), ("restore", "published")):
        client.post(f"/curate/{case.pk}/{act}/")
        case.refresh_from_db()
        assert case.state == state


def test_the_curator_sees_what_is_to_be_published(world: World) -> None:
    case, client = world.submitted(world.stored()), session(world.reviewer)
    client.post(f"/review/{case.pk}/claim/")
    client.post(f"/review/{case.pk}/", {"act": "accept", "comment": "A clear effusion.", **CHECKED})
    curator, address = session(world.curator), f"/curate/{case.pk}/"
    assert f'href="{address}"' in curator.get("/curate/").content.decode()
    text = curator.get(address).content.decode()
    clip = case.clips.get()
    for part in (f"/api/v1/clips/{clip.pk}/playback.mp4", "Pleural effusion", "CT", "A clear effusion.", "Accepted"):
        assert part in text, part
    assert curator.head(f"/api/v1/clips/{clip.pk}/playback.mp4").status_code == 200
    assert f'action="{address}publish/"' in text


def taken(world: World) -> tuple[Case, Client]:
    """A case that the reviewer has taken."""
    case, client = world.submitted(world.stored()), session(world.reviewer)
    assert client.post(f"/review/{case.pk}/claim/").headers["Location"] == f"/review/{case.pk}/"
    return case, client
