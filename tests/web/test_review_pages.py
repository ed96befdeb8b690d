"""The reviewer's and the curator's pages: own material stays away, the checks are asked, publishing is one press."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imagebank.accounts.models import NodeRole
from imagebank.catalog.models import Case
from imagebank.catalog.services import change_case, submit
from imagebank.web.reviewing import curating
from tests.factories import World, acting, session

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
    assert case.reviews.get().items.items() >= {"text": True, "person": True, "content": True}.items()


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


def test_a_published_case_is_revised_from_its_page_and_read_before_readers_see_it(world: World) -> None:
    case = world.published(world.stored())
    page, act = f"/cases/{case.pk}/", f"/contribute/case/{case.pk}/revise/"
    assert f'action="{act}"' in session(world.curator).get(page).content.decode()
    for other in (session(), session(world.reviewer), session(world.stranger)):
        assert f'action="{act}"' not in other.get(page).content.decode()
    assert session(world.curator).post(act, {"reason": "The side is wrong"}).headers["Location"] == page
    author, address = session(world.contributor), f"/contribute/case/{case.pk}/"
    text = author.get(address).content.decode()
    assert "Readers see the last published revision" in text
    assert "The side is wrong" in text
    assert f'action="{act}"' not in author.get(page).content.decode()
    assert f'action="{address}drop/"' not in author.get("/contribute/").content.decode()
    case.refresh_from_db()
    change_case(actor=acting(world.contributor), case=case, data={"title": {"en": "Left side"}})
    submit(actor=acting(world.contributor), case=case)
    reviewer = session(world.reviewer)
    reviewer.post(f"/review/{case.pk}/claim/")
    assert "<ins>Left side</ins>" in reviewer.get(f"/review/{case.pk}/").content.decode()
    assert "Left side" not in session().get(page).content.decode()
    reviewer.post(f"/review/{case.pk}/", {"act": "accept", **CHECKED})
    session(world.curator).post(f"/curate/{case.pk}/publish/")
    assert "Left side" in session().get(page).content.decode()


def test_a_longer_list_takes_no_more_questions_to_the_database(world: World) -> None:
    curator = session(world.curator)
    counts = []
    for _ in range(2):
        world.published(world.stored())
        with CaptureQueriesContext(connection) as asked:
            curator.get("/curate/?state=published")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_curator_finds_cases_by_where_they_stand_and_by_words(world: World) -> None:
    curator = session(world.curator)
    shown, waiting = world.published(world.stored()), world.accepted(world.stored())

    def listed(query: str) -> list[bool]:
        text = curator.get(f"/curate/?{query}").content.decode()
        return [str(case.pk) in text for case in (shown, waiting)]

    assert listed("") == [False, True]
    for query in ("", "&q=breathless", "&q=effusion", "&q=north"):
        assert listed(f"state=published{query}") == [True, False], query
    assert listed("state=published&q=gallstones") == [False, False]
    assert curator.get("/curate/?state=draft").status_code == 404
    hidden = curator.post(f"/curate/{shown.pk}/suspend/", {"back": "published"})
    assert hidden.headers["Location"] == "/curate/?state=published"
    assert listed("state=suspended") == [True, False]


def test_a_long_list_comes_in_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curating, "PAGE", 1)
    cases = [world.published(world.stored()) for _ in range(2)]
    client = session(world.curator)
    pages = [client.get(f"/curate/?state=published&page={n}").content.decode() for n in (1, 2)]
    assert sorted(str(case.pk) in page for case in cases for page in pages) == [False, False, True, True]
    assert "page=2" in pages[0]
    assert "Page 2 of 2" in pages[1]
