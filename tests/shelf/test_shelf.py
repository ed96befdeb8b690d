"""Stars, lists, what was opened: one's own, in order, each case by the rights of whoever reads it."""

from __future__ import annotations

import re
import uuid

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imagebank.catalog.models import Case, OpenedCase
from imagebank.review.services import suspend
from imagebank.shelf import selectors, services
from imagebank.shelf.models import Saved, Shelf
from tests.factories import World, acting, bearer, make_token, session


def cases(world: World, count: int) -> list[Case]:
    return [world.published(world.stored(synthetic=True)) for _ in range(count)]


def order(shelf: Shelf) -> list[uuid.UUID]:
    return list(shelf.saved.values_list("case_id", flat=True))


def pressed(client: Client, address: str) -> list[str]:
    return re.findall(r'aria-pressed="(true|false)" title="Star"', client.get(address).content.decode())


def test_a_star_is_one_form_and_shows_on_card_and_case(world: World) -> None:
    (case,) = cases(world, 1)
    client, page = session(world.trainee), f"/cases/{case.pk}/"
    assert pressed(client, "/cases/") == ["false"]
    form = {"case": str(case.pk), "on": "1", "next": page}
    assert client.post("/account/saved/star/", form).headers["Location"] == page
    assert pressed(client, "/cases/") == pressed(client, "/account/saved/") == ["true"]
    assert client.post("/account/saved/star/", {**form, "next": "https://evil.example/"}).headers["Location"] == (
        "/account/saved/"
    )
    assert (
        client.post("/account/saved/star/", {"case": str(case.pk)}, headers={"accept": "application/json"}).content
        == b""
    )
    assert pressed(client, page) == ["false"]
    assert pressed(Client(), "/cases/") == []
    assert not Client().get("/cases/").cookies


def test_stars_of_a_page_are_one_query(world: World) -> None:
    def asked(client: Client) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/cases/")
        return sum("shelf_saved" in one["sql"] for one in queries)

    cases(world, 3)
    assert (asked(session(world.trainee)), asked(Client())) == (1, 0)


def test_a_list_is_ordered_renamed_and_removed(world: World) -> None:
    first, second, third = (case.pk for case in cases(world, 3))
    client = session(world.trainee)
    client.post("/account/saved/put/", {"case": first, "name": " Lung   sliding "})
    shelf = Shelf.objects.get()

    def change(act: str, **form: object) -> None:
        client.post(f"/account/saved/{shelf.pk}/{act}/", form)

    for case in (second, third, second):
        client.post("/account/saved/put/", {"case": case, "list": shelf.pk})
    assert (shelf.name, order(shelf)) == ("Lung sliding", [first, second, third])
    change("move", case=third, way="up")
    assert order(shelf) == [first, third, second]
    change("move", case=second, way="down")
    change("take", case=first)
    assert order(shelf) == [third, second]
    assert "You have a list or a search of this name already." in client.post(
        "/account/saved/new/", {"name": "Lung sliding"}, follow=True
    ).content.decode()  # fmt: skip
    change("rename", name="B-lines")
    assert "B-lines" in client.get(f"/account/saved/{shelf.pk}/").content.decode()
    change("remove")
    assert not Shelf.objects.exists()
    assert Case.objects.filter(pk=first, state="published").exists()


def test_a_list_is_private_until_it_is_shared_and_then_by_the_rights_of_the_reader(world: World) -> None:
    (open_case,) = cases(world, 1)
    registered = world.published(world.stored(rights={"audience": "registered"}))
    owner = acting(world.trainee)
    shelf = services.make(actor=owner, name="Both")
    for case in (open_case, registered):
        services.put(actor=owner, shelf=shelf, case_id=case.pk)
    services.share(actor=owner, shelf=shelf, on=True)
    address = f"/lists/{shelf.shared_as}/"
    everybody, member = Client().get(address).content.decode(), session(world.reviewer).get(address).content.decode()
    assert (str(open_case.pk) in everybody, str(registered.pk) in everybody) == (True, False)
    assert str(registered.pk) in member
    assert world.trainee.name not in everybody
    assert 'content="noindex"' in everybody
    services.share(actor=owner, shelf=shelf, on=False)
    assert Client().get(address).status_code == 404
    services.share(actor=owner, shelf=shelf, on=True)
    assert address != f"/lists/{shelf.shared_as}/"


def test_what_is_hidden_is_a_gap_and_what_may_not_be_seen_cannot_be_saved(world: World) -> None:
    (case,) = cases(world, 1)
    draft = world.draft(world.stored())
    client = session(world.trainee)
    assert client.post("/account/saved/star/", {"case": draft.pk, "on": "1"}).status_code == 404
    client.post("/account/saved/star/", {"case": case.pk, "on": "1"})
    suspend(actor=acting(world.curator), case=case)
    page = client.get("/account/saved/").content.decode()
    assert "1 case that you saved is not shown any more" in page
    assert str(case.pk) not in page
    assert Saved.objects.count() == 1


def test_continue_where_i_was_and_the_switch(world: World) -> None:
    older, newer, third = (case.pk for case in cases(world, 3))
    client = session(world.trainee)
    for pk in (older, newer):
        client.get(f"/cases/{pk}/")
    home = client.get("/").content.decode()
    lately = home[home.index('id="lately"') : home.index('id="questions"')]
    assert lately.index(str(newer)) < lately.index(str(older))
    assert str(third) not in lately
    assert "Continue where you were" not in session(world.reviewer).get("/").content.decode()
    client.post("/account/history/switch/")
    assert not OpenedCase.objects.exists()
    client.get(f"/cases/{third}/")
    assert not OpenedCase.objects.exists()
    assert "nothing is noted" in client.get("/account/history/").content.decode()
    client.post("/account/history/switch/", {"on": "1"})
    client.get(f"/cases/{third}/")
    assert str(third) in client.get("/account/history/").content.decode()
    assert selectors.lately(acting(world.reviewer), 9, "en") == []


def test_rest(world: World) -> None:
    (case,) = cases(world, 1)
    client = session(world.trainee)
    made = client.post("/api/v1/lists/", {"name": "L"}, content_type="application/json").json()
    address = f"/api/v1/lists/{made['id']}/"
    put = client.post(f"{address}cases/", {"case": str(case.pk)}, content_type="application/json")
    assert put.status_code == 204
    services.star(actor=acting(world.trainee), case_id=case.pk, on=True)
    listed = bearer(make_token(world.trainee, "read")).get("/api/v1/lists/").json()["results"]
    assert {(one["name"], one["starred"], one["size"]) for one in listed} == {("", True, 1), ("L", False, 1)}
    shared = client.patch(address, {"shared": True}, content_type="application/json").json()["shared"]
    assert Client().get(shared).status_code == 200
    assert client.get(address).json()["cases"] == [str(case.pk)]
    assert client.delete(f"{address}cases/{case.pk}/").status_code == 204
    assert client.get(address).json()["cases"] == []
    assert client.post("/api/v1/lists/", {"name": "L"}, content_type="application/json").json()["code"] == "list_exists"
    assert client.delete(address).status_code == 204
