"""The pages of collections as a browser without scripts reads and uses them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imagebank.accounts.models import User
from imagebank.catalog.services import create_case
from imagebank.collections.models import Collection
from imagebank.review.services import publish
from imagebank.review.withdrawal import withdraw
from tests.factories import World, acting, case_data, session
from tests.web.test_pages import INLINE

from .conftest import published_collection

ATOM = "{http://www.w3.org/2005/Atom}"


def text_of(client: Client, address: str, status: int = 200, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, address
    assert INLINE.search(answer.content.decode()) is None
    return unescape(answer.content.decode())


def built(world: World, client: Client) -> str:
    """Begun by its title; the address of the builder."""
    answer: Any = client.post("/curate/collections/", {"title": "Free fluid"})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_an_empty_list_says_what_to_do(world: World) -> None:
    assert "No collection yet" in text_of(Client(), "/collections/")


def test_a_long_list_has_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page begins after the one before, also when a collection comes between two looks."""
    monkeypatch.setattr("imagebank.web.collections.reading.LISTED", 2)
    case = world.published(world.stored())
    for number in range(5):
        published_collection(world, case, title={"en": f"Number {number}"})
    pages, address = [text_of(Client(), "/collections/?q=number")], ""
    for _ in range(2):
        (address,) = re.findall(r'href="(/collections/[^"]*cursor=[^"]*)" rel="next"', pages[-1])
        assert "q=number" in address
        published_collection(world, case, title={"en": "Between"})
        pages.append(text_of(Client(), address))
    found = [re.findall(r">(Number \d)<", text) for text in pages]
    assert [len(one) for one in found] == [2, 2, 1]
    assert len({name for one in found for name in one}) == 5
    assert 'rel="next"' not in pages[-1]
    assert 'href="/collections/?q=number">To the newest' in pages[-1]
    for strange in ("0", "x_y", "9999-99-99_1"):
        answer: Any = Client().get(f"/collections/?q=number&cursor={strange}")
        assert answer.headers["Location"] == "/collections/?q=number"


def test_the_list_is_searched_by_words_and_by_question(world: World) -> None:
    effusion = world.published(world.stored())
    closed = world.published(world.stored(rights={"audience": "registered"}))
    published_collection(world, effusion, title={"en": "Wet lungs", "de": "Nasse Lungen"}, credit="Ward 7")
    other = create_case(actor=acting(world.contributor), data=case_data(world.stored(), indication="chest-pain"))
    other = publish(actor=acting(world.curator), case=world.accepted_draft(other))
    published_collection(world, other, title={"en": "Bare"}, description={"en": "100 % empty_words"})
    published_collection(world, closed, title={"en": "For members"})

    def listed(query: str, client: Client | None = None) -> list[str]:
        return re.findall(
            r'<h2><a href="/collections/[^"]*">([^<]*)', text_of(client or Client(), f"/collections/?{query}")
        )

    assert len(listed("")) == 3
    for words in ("wet", "LUNGEN nasse", "ward wet", "trace wet"):
        assert listed(f"q={words}") == ["Wet lungs"], words
    assert listed("q=100+%25") == listed("q=empty_w") == ["Bare"]
    assert listed("q=de") == [], "the name of a language is no word"
    assert listed("q=wet+bare") == listed("q=%00zebra") == []
    question = f"indication={effusion.indication_id}"
    assert listed(question) == ["Wet lungs"]
    assert sorted(listed(question, session(world.trainee))) == ["For members", "Wet lungs"]
    assert listed("indication=chest-pain") == ["Bare"]
    assert listed(f"{question}&q=bare") == listed("indication=syncope") == []
    page = text_of(Client(), f"/collections/?{question}&q=bare")
    assert "No collection fits" in page
    assert f'href="/cases/?{question}&q=bare"' in page
    assert f'<option value="{effusion.indication_id}" selected>' in page
    withdraw(actor=acting(world.contributor), case=effusion, reason="privacy")
    assert listed(question) == []


def test_a_reader_sees_order_notes_and_the_line_to_cite(world: World) -> None:
    cases = [world.published(world.stored()) for _ in range(2)]
    items = [{"case": case.pk, "note": {"en": f"Look {n}", "fr": f"Voyez {n}"}} for n, case in enumerate(cases)]
    published_collection(world, items=items)
    text = text_of(Client(), "/collections/effusions/")
    assert text.index("Look 0") < text.index("Look 1")
    assert 'data-copy="cite-text"' in text
    assert "Effusions (version 1). POCUS image bank." in text
    assert "Draft for expert review" in text
    assert "Voyez 1" in text_of(Client(), "/collections/effusions/versions/1/", accept_language="fr")
    assert "/collections/effusions/" in text_of(Client(), "/collections/")


def test_a_download_is_offered_to_whoever_has_accepted_the_terms(world: World) -> None:
    published_collection(world, world.published(world.stored()))
    address = "/collections/effusions/"
    assert "archive.zip" in text_of(session(world.trainee), address)
    assert "archive.zip" not in text_of(Client(), address)
    User.objects.filter(pk=world.trainee.pk).update(accepted_terms="")
    assert "archive.zip" not in text_of(session(world.trainee), address)


def test_what_is_asked_first_is_not_given_away(world: World) -> None:
    case = world.published(world.stored())
    published_collection(world, items=[{"case": case.pk, "hide": True, "note": {"en": "It is an effusion."}}])
    text = text_of(Client(), "/collections/effusions/")
    before, answer = text.split('<details class="reveal">')
    assert "It is an effusion." in answer
    assert "It is an effusion." not in before
    assert "Breathless for a week" not in text, "the title of the case"
    assert f"/cases/{case.pk}/?hide=1" in before


def test_the_first_frame_leads_to_the_case_at_rest_there(world: World) -> None:
    case = world.published(world.stored())
    published_collection(world, items=[{"case": case.pk, "start_frame": 2}])
    text = text_of(Client(), "/collections/effusions/")
    assert f'href="/cases/{case.pk}/?frame=2"' in text
    assert "/frames/2.webp" in text
    assert 'data-start="2"' in text_of(Client(), f"/cases/{case.pk}/?frame=2")
    for beyond in ("3", "0", "-1", "x", "9" * 30):
        assert "data-start" not in text_of(Client(), f"/cases/{case.pk}/?frame={beyond}")


def test_a_case_names_the_collections_that_hold_it(world: World) -> None:
    case = world.published(world.stored())
    published_collection(world, case)
    assert 'href="/collections/effusions/"' in text_of(Client(), f"/cases/{case.pk}/")
    assert "/collections/effusions/" not in text_of(Client(), f"/cases/{case.pk}/?hide=1"), "it gives the answer away"
    assert "/curate/collect/" in text_of(session(world.trainee), f"/cases/{case.pk}/")
    assert "/curate/collect/" not in text_of(session(world.trainee), "/cases/")
    assert "/curate/collect/" in text_of(session(world.curator), "/cases/")


def test_a_withdrawn_case_is_a_gap_in_every_version(world: World) -> None:
    case, other = (world.published(world.stored()) for _ in range(2))
    published_collection(world, case, other)
    withdraw(actor=acting(world.contributor), case=case, reason="privacy")
    text = text_of(Client(), "/collections/effusions/versions/1/")
    assert "Withdrawn to protect somebody's privacy." in text
    assert str(case.pk) not in text
    assert "1 place is empty" in text


def test_building_without_a_script(world: World) -> None:
    for _ in range(3):
        world.published(world.stored())
    client = session(world.curator)
    address = built(world, client)
    assert "No case yet" in text_of(client, address)
    client.post("/curate/collect/", {"collection": "free-fluid", "search": "finding=pleural-effusion-simple"})
    version = Collection.objects.get().versions.get()
    first, second, third = version.items.all()
    client.post(f"{address}items/{third.pk}/", {"act": "up"})
    client.post(f"{address}items/{first.pk}/", {"act": "out"})
    client.post(f"{address}items/{second.pk}/", {"act": "save", "note-en": "Behind the bladder.", "start_frame": "2"})
    assert [(i.pk, i.note, i.start_frame) for i in version.items.all()] == [
        (third.pk, {}, None), (second.pk, {"en": "Behind the bladder."}, 2),
    ]  # fmt: skip
    client.post(address, {"title-en": "Free fluid", "title-da": "Fri væske", "description-en": "Where to look."})
    client.post(f"{address}comment/", {"text": "Ready?"})
    text = text_of(client, address)
    assert "Ready?" in text
    assert "Behind the bladder." in text
    assert "3 patients" not in text and "Fewer than 5 patients" in text
    assert client.post(f"{address}steps/publish/").headers["Location"] == "/collections/free-fluid/"
    assert "Fri væske" in text_of(Client(), "/collections/free-fluid/", accept_language="da")


def test_what_is_refused_stays_typed(world: World) -> None:
    client = session(world.curator)
    address = built(world, client)
    answer = client.post(address, {"title-en": "Seen on 12.05.2024", "description-en": "Kept words"})
    text = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert 'value="Seen on 12.05.2024"' in text
    assert "Kept words" in text
    assert "it holds a date" in text


def test_what_is_refused_of_an_item_stays_typed(world: World) -> None:
    """Without a script: note, frame and ticks of that item as they were typed, the others as they stand."""
    client = session(world.curator)
    address = built(world, client)
    cases = [world.published(world.stored()) for _ in range(2)]
    client.post("/curate/collect/", {"collection": "free-fluid", "case": [str(case.pk) for case in cases]})
    first, second = Collection.objects.get().versions.get().items.all()
    form = {"note-en": "Seen on 12.05.2024", "note-da": "Se her", "start_frame": "77", "hide": "yes"}
    text = page_of(client, f"{address}items/{first.pk}/", form)
    mine, other = text.split(f'id="item-{second.pk}"')
    for typed in (">Seen on 12.05.2024</textarea>", ">Se her</textarea>", 'value="77"', 'value="yes" checked'):
        assert typed in mine and typed not in other.split("</ol>")[0]
    assert "it holds a date" in mine.split(f'id="item-{first.pk}"')[1]
    assert f'action="{address}"' in other, "the form of the words goes to its own address"
    assert Collection.objects.get().versions.get().items.first().note == {}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("to", "name", "field"),
    [
        ("comment/", "text", "autofocus>Seen on 12.05.2024</textarea>"),
        ("/curate/collections/", "title", 'value="Seen on 12.05.2024"'),
    ],
)
def test_what_is_refused_elsewhere_stays_typed(world: World, to: str, name: str, field: str) -> None:
    client = session(world.curator)
    to = to if to.startswith("/") else built(world, client) + to
    text = page_of(client, to, {name: "Seen on 12.05.2024"})
    assert field in text
    assert "it holds a date" in text


def page_of(client: Client, address: str, form: dict[str, Any]) -> str:
    """The page that a refused form answers with."""
    answer = client.post(address, form)
    assert answer.status_code == 422
    return unescape(answer.content.decode())


def test_the_desk_lists_what_one_works_on(world: World) -> None:
    trainee, curator = session(world.trainee), session(world.curator)
    address = built(world, trainee)
    for client, seen in ((trainee, True), (curator, True), (session(world.contributor), False)):
        assert (f'href="{address}"' in text_of(client, "/curate/collections/")) is seen
    assert text_of(Client(), "/curate/collections/", 302) == ""


@pytest.mark.parametrize(
    "address", ["/collections/", "/collections/feed.atom", "/api/v1/collections/", "/curate/collections/", "case"]
)
def test_queries_do_not_grow_with_the_collections(world: World, address: str) -> None:
    case, client = world.published(world.stored()), session(world.curator)
    address = f"/cases/{case.pk}/" if address == "case" else address
    counts = []
    for number in (2, 3):
        for _ in range(number):
            published_collection(world, case)
            built(world, client)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        assert (answer.status_code, "effusions" in answer.content.decode()) == (200, True)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_shows_pictures_of_what_a_reader_may_see(world: World) -> None:
    """The first three of them, wherever they stand; a clip that is named alone is the one shown."""
    closed = [world.published(world.stored(rights={"audience": "registered"})) for _ in range(2)]
    shown = [world.published(world.stored()) for _ in range(4)]
    published_collection(world, *closed, *shown)
    pictures = {
        name: re.findall(r"/clips/([\w-]+)/poster", text_of(client, "/collections/"))
        for name, client in (("anyone", Client()), ("account", session(world.trainee)))
    }
    clips = [str(case.clips.get().pk) for case in (*closed, *shown)]
    assert pictures == {"anyone": clips[2:5], "account": clips[:3]}


def test_a_script_is_told_in_place(world: World) -> None:
    client = session(world.curator)
    address = built(world, client)
    case = world.published(world.stored())
    client.post("/curate/collect/", {"collection": "free-fluid", "case": str(case.pk)})
    item = Collection.objects.get().versions.get().items.get()
    for form, status in (({"note-en": "A@b.example"}, 422), ({"note-en": "Fine"}, 200), ({"start_frame": "x"}, 422)):
        answer = client.post(f"{address}items/{item.pk}/", form, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["saved"]) == (status, status == 200)


def test_a_trainee_proposes_and_the_curator_publishes(world: World) -> None:
    case, trainee, curator = world.published(world.stored()), session(world.trainee), session(world.curator)
    address = built(world, trainee)
    trainee.post("/curate/collect/", {"collection": "free-fluid", "case": str(case.pk)})
    trainee.post(address, {"title-en": "Free fluid", "description-en": "Words."})
    assert "steps/publish/" not in text_of(trainee, address)
    trainee.post(f"{address}steps/propose/")
    assert "steps/propose/" not in text_of(trainee, address)
    curator.post(f"{address}comment/", {"text": "Take the second out."})
    curator.post(f"{address}steps/return/")
    assert "Take the second out." in text_of(trainee, address)
    trainee.post(f"{address}steps/propose/")
    curator.post(f"{address}steps/publish/")
    assert Collection.objects.get().state == "published"
    text_of(session(world.contributor), address, 404)


def test_the_feed_is_atom_with_days(world: World) -> None:
    row = published_collection(world, world.published(world.stored()))
    answer = Client().get("/collections/feed.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Effusions"
    assert entry.findtext(f"{ATOM}updated") == f"{row.published_on}T00:00:00+00:00"
    link = entry.find(f"{ATOM}link")
    assert link is not None and link.attrib["href"].endswith("/collections/effusions/versions/1/")
    again = Client().get("/collections/feed.atom", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "da"])
def test_an_empty_feed_has_no_clock(world: World, language: str) -> None:
    texts = [Client().get("/collections/feed.atom", headers={"Accept-Language": language}).content for _ in range(2)]
    assert texts[0] == texts[1]
    assert f'xml:lang="{language}"'.encode() in texts[0]
    assert re.findall(rb"<updated>([^<]+)<", texts[0]) == [b"2026-01-01T00:00:00+00:00"]
