"""Saved searches: one's own, what is new in them, told once."""

from __future__ import annotations

import uuid

import pytest
from django.http import QueryDict
from django.test import Client

from imagebank.accounts.actors import actor_for_token
from imagebank.accounts.erasing import ask, erase_due
from imagebank.accounts.models import ApiToken, Erasure, Notification
from imagebank.accounts.personal import kept, told
from imagebank.catalog.models import Case, Clip
from imagebank.catalog.search import SearchParams, search
from imagebank.catalog.search.arrivals import arrived, newest
from imagebank.catalog.services import create_case
from imagebank.core.actor import ANONYMOUS
from imagebank.core.errors import BankError
from imagebank.review.services import publish
from imagebank.shelf import searches
from imagebank.shelf.models import Search
from tests.factories import World, acting, case_data, make_token, session

FOUND = [{"term": "pleural-effusion-simple", "presence": "present"}]
FORM = {"name": "Effusions", "query": "q=pleural+effusion&facets=1&order=newest&cursor=x", "tell": "1"}


def shown(world: World, clip: Clip, **said: object) -> Case:
    draft = create_case(actor=acting(world.contributor), data=case_data(clip, **said))
    return publish(actor=acting(world.curator), case=world.accepted_draft(draft))


def saved(world: World, **changes: str) -> Search:
    form = FORM | changes
    session(world.trainee).post("/account/saved/searches/", form)
    return Search.objects.get(owner=world.trainee, name=form["name"])


QUERIES = """
q=effusion q=effusion+NOT+sliding q=%22a+week%22+OR+zebra q=zebra q=breathless+zebra q=(effusion+OR+sliding)+NOT+zebra
finding=pleural-effusion-simple finding_absent=pleural-effusion-simple quality_min=3 country=DK&indication=dyspnoea
"""


def test_the_newest_rows_are_found_as_the_index_finds_them(world: World) -> None:
    """All rows are above 0, so both count the whole bank."""
    shown(world, world.stored(), title={"en": "Breathless for a week"}, findings=FOUND)
    shown(world, world.stored(), findings=[{"term": "lung-sliding-present", "presence": "present"}], title={})
    shown(world, world.stored(rights={"audience": "registered"}), findings=FOUND, indication="chest-pain")
    found = {}
    for query in ["", *QUERIES.split()]:
        params = SearchParams.from_query(QueryDict(query), "en")
        for reader, actor in (("trainee", acting(world.trainee)), ("nobody", ANONYMOUS)):
            found[query, reader] = arrived(params, actor, 0)
            assert found[query, reader] == search(params, actor).count, (query, reader)
            assert arrived(params, actor, newest()) == 0
    assert (found["", "trainee"], found["", "nobody"]) == (3, 2)
    assert found["q=effusion+NOT+sliding", "trainee"] == found["finding=pleural-effusion-simple", "trainee"] == 2
    assert found["q=%22a+week%22+OR+zebra", "nobody"] == 1


def test_a_search_is_kept_from_its_page_and_opens_it_again(world: World) -> None:
    client = session(world.trainee)
    page = client.get("/cases/?q=zebra&order=newest").content.decode()
    assert 'name="query" value="q=zebra&amp;order=newest&amp;facets=1"' in page, "also where nothing fits"
    assert "Save this search" not in Client().get("/cases/?q=zebra").content.decode()
    row = saved(world)
    assert (row.query, row.tell, row.found) == ("q=pleural+effusion", True, 0)
    assert client.get(f"/account/saved/searches/{row.pk}/")["Location"] == "/cases/?q=pleural+effusion"
    shelf = client.get("/account/saved/").content.decode()
    assert "http://testserver/cases/?q=pleural+effusion" in shelf
    assert "Effusions" in client.get("/").content.decode()
    assert "Saved searches" not in Client().get("/").content.decode()
    assert Client().get("/").status_code == 200
    assert session(world.reviewer).get(f"/account/saved/searches/{row.pk}/").status_code == 404


def test_new_cases_are_told_once_until_the_search_is_opened(world: World) -> None:
    shown(world, world.stored(), findings=FOUND)
    row, client = saved(world), session(world.trainee)
    saved(world, name="Unasked", tell="")
    assert searches.look() == 0, "what was there is not new"
    for number in (1, 2):
        shown(world, world.stored(), findings=FOUND)
        shown(world, world.stored(), findings=[{"term": "lung-sliding-present", "presence": "present"}])
        assert searches.look() == (1 if number == 1 else 0)
        row.refresh_from_db()
        assert row.found == number
    assert Notification.objects.filter(account=world.trainee).values_list("event", "when", "address").get() == (
        "search_found", "daily", "/account/saved/",
    )  # fmt: skip
    assert "2 new" in client.get("/").content.decode()
    assert client.get(f"/account/saved/searches/{row.pk}/")["Location"].endswith("&order=newest")
    row.refresh_from_db()
    assert row.found == 0
    assert Search.objects.get(name="Unasked").found == 0
    client.post(f"/account/saved/searches/{row.pk}/tell/")
    shown(world, world.stored(), findings=FOUND)
    assert searches.look() == 0


def test_a_search_that_is_understood_no_more_stops_nothing(world: World) -> None:
    row = saved(world)
    Search.objects.filter(pk=row.pk).update(query="q=zebra+AND+(", looked_to=0)
    other = saved(world, name="Other")
    Search.objects.filter(pk=other.pk).update(looked_to=0)
    shown(world, world.stored(), findings=FOUND)
    assert searches.look() == 1


def test_what_may_be_kept(world: World) -> None:
    saved(world)
    for wrong in ({}, {"name": " "}, {"name": "x", "query": "q=zebra+AND+("}, {"name": "x", "query": "sex=unheard"},
                  {"name": "x", "query": "q=" + "a" * 2_001}):  # fmt: skip
        session(world.trainee).post("/account/saved/searches/", FORM | wrong)
    assert Search.objects.count() == 1
    token = ApiToken.objects.get(pk=_token_of(world))
    with pytest.raises(BankError):
        searches.keep(actor=actor_for_token(token), name="By token", query="", tell=False, lang="en")
    for n in range(searches.MOST_SEARCHES):
        Search.objects.get_or_create(owner=world.trainee, name=str(n))
    session(world.trainee).post("/account/saved/searches/", FORM | {"name": "One too many"})
    assert not Search.objects.filter(name="One too many").exists()


def _token_of(world: World) -> uuid.UUID:
    make_token(world.trainee, "read")
    return ApiToken.objects.get(owner=world.trainee).pk


def test_it_is_renamed_and_removed_by_its_owner(world: World) -> None:
    row, client = saved(world), session(world.trainee)
    saved(world, name="Other")
    for name, kept_name in (("Fluid", "Fluid"), ("Other", "Fluid"), ("", "Fluid")):
        client.post(f"/account/saved/searches/{row.pk}/rename/", {"name": name})
        row.refresh_from_db()
        assert row.name == kept_name
    assert client.post(f"/account/saved/searches/{row.pk}/eat/").status_code == 404
    client.post(f"/account/saved/searches/{row.pk}/remove/")
    assert [one.name for one in Search.objects.all()] == ["Other"]


def test_it_is_in_the_export_and_goes_with_the_account(world: World) -> None:
    row = saved(world)
    (key,) = [key for key in kept() if key.name == "shelf.search.owner"]
    assert key.own
    assert told(row, own=True)["query"] == "q=pleural+effusion"
    ask(actor=acting(world.trainee), account=world.trainee, keep_credit=False)
    Erasure.objects.update(due_at="2026-01-01T00:00:00Z")
    erase_due()
    assert not Search.objects.exists()
