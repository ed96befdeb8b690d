"""Practice sheets over REST: a version at its address, what readers see, tags; the steps to publication."""

from __future__ import annotations

from typing import Any

from django.test import Client

from imagebank.accounts.models import User
from imagebank.core.actor import ANONYMOUS
from imagebank.review.withdrawal import withdraw
from imagebank.sheets import describing, selectors, services
from tests.factories import World, acting, session

from .conftest import DRAFT, SLUG, agreed, indication, published, written_sheet

BASE = f"/api/v1/sheets/{SLUG}/"


def get(address: str, client: Client | None = None, **headers: str) -> Any:
    return (client or Client()).get(address, headers=headers)


def send(client: Client, address: str, body: Any = None, method: str = "post") -> Any:
    return getattr(client, method)(address, body or {}, content_type="application/json")


def test_the_list_tells_of_each_draft_that_it_is_one(drafts: int) -> None:
    told = get("/api/v1/sheets/?lang=de").json()["results"]
    assert len(told) == 12 and all(one["draft"] for one in told)
    assert {one["consensus"]["percent"] for one in told} == {None}
    dyspnoea = next(one for one in told if one["indication"]["id"] == "dyspnoea")
    assert dyspnoea["indication"]["label"] == "Dyspnoe"


def test_a_sheet_tells_its_language_text_by_text_and_is_tagged(world: World) -> None:
    written_sheet(world)
    answer = get(f"{BASE}?lang=da")
    told = answer.json()
    assert (told["question"], told["title"]) == ("Er der væske?", "Fluid in the chest")
    assert [point["language"] for point in told["when_to_scan"]] == ["da", "en"]
    assert told["untranslated"] == 7
    assert told["views"][0]["label"] and told["findings"][0]["finding"]["label"]
    assert get(f"{BASE}?lang=da", **{"If-None-Match": answer["ETag"]}).status_code == 304
    assert get(f"{BASE}?lang=fr", **{"If-None-Match": answer["ETag"]}).status_code == 200


def test_from_a_draft_to_what_readers_see(world: World, experts: list[User]) -> None:
    curator = session(world.curator)
    data = {**DRAFT, "views": ["lung-plaps-right"]}
    assert send(curator, BASE, data).status_code == 201
    assert send(curator, BASE, {"titel": {"en": "x"}}).status_code == 422
    changed = send(curator, BASE, {"sources": ["Newer"], "reason": "Newer"}, "patch")
    assert changed.json()["sources"] == ["Newer"]
    assert send(curator, f"{BASE}ask/").json()["state"] == "consensus"
    early = send(curator, f"{BASE}publish/")
    assert (early.status_code, early.json()["code"]) == (422, "incomplete")
    assert "consensus" in early.json()["errors"]
    for expert in experts[:2]:
        assert send(session(expert), f"{BASE}vote/", {"verdict": "agree"}).status_code == 200
    shown = send(curator, f"{BASE}publish/").json()
    assert (shown["state"], shown["consensus"]["percent"]) == ("published", 100)
    told = get(BASE).json()
    assert (told["draft"], told["version"], len(told["consensus"]["experts"])) == (False, 1, 2)
    history = get(f"{BASE}versions/1/changes/").json()["results"]
    assert {change["what"] for change in history} == {*DRAFT, "views"}


def test_a_token_neither_votes_nor_publishes_and_one_factor_is_not_enough(world: World) -> None:
    written_sheet(world)
    weak = session(world.curator, second_factor=False)
    assert send(weak, f"{BASE}ask/").status_code == 200
    answer = send(weak, f"{BASE}publish/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor")


def test_each_version_stays_at_its_address_with_a_gap_for_what_was_withdrawn(world: World, experts: list[User]) -> None:
    case = world.published(world.stored())
    first = [{**DRAFT["findings"][0], "example": str(case.pk), "counter": None}]
    published(world, experts, findings=first)
    before = get(f"{BASE}versions/1/")
    assert before.json()["findings"][0]["example"]["case"] == str(case.pk)
    newer = services.begin(actor=acting(world.curator), indication=indication(SLUG), data={"title": {"en": "Newer"}})
    assert get(f"{BASE}versions/2/").status_code == 404
    agreed(world, experts, newer)
    after = get(f"{BASE}versions/1/").json()
    assert (after["title"], after["state"]) == (DRAFT["title"]["en"], "superseded")
    assert after["consensus"] == before.json()["consensus"]
    withdraw(actor=acting(world.contributor), case=case, reason="privacy")
    for number, title in ((1, DRAFT["title"]["en"]), (2, "Newer")):
        told = get(f"{BASE}versions/{number}/").json()
        assert told["title"] == title
        assert told["findings"][0]["example"] == {"picked": True, "gap": "privacy", "case": None, "clip": None}
    assert [one["version"] for one in get(f"{BASE}versions/").json()["results"]] == [2, 1]


def test_a_case_for_accounts_is_a_gap_for_the_others(world: World, experts: list[User]) -> None:
    case = world.published(world.stored(rights={"audience": "registered"}))
    published(world, experts, findings=[{**DRAFT["findings"][0], "example": str(case.pk)}])
    assert get(BASE).json()["findings"][0]["example"]["gap"] == "registered"
    assert get(BASE, session(world.trainee)).json()["findings"][0]["example"]["case"] == str(case.pk)


def test_proposals_and_the_discussion(world: World) -> None:
    written_sheet(world)
    trainee, curator = session(world.trainee), session(world.curator)
    body = {"sources": ["Mine"], "reason": "Newer"}
    made = send(trainee, f"{BASE}proposals/", body).json()
    assert made["changes"] == [{"what": "sources", "place": 1, "before": "Volpicelli 2012", "after": "Mine"}]
    assert get(f"{BASE}proposals/", session(world.reviewer)).json()["results"] == []
    assert send(curator, f"/api/v1/sheets/proposals/{made['id']}/accept/").status_code == 200
    assert get(f"{BASE}draft/", trainee).json()["sources"] == ["Mine"]
    newest = get(f"{BASE}edits/", trainee).json()["results"][0]
    assert (newest["author"], newest["reason"]) == (str(world.trainee), "Newer")
    assert send(trainee, f"{BASE}comments/", {"text": "Good."}).status_code == 201
    assert [one["text"] for one in get(f"{BASE}comments/", curator).json()["results"]] == ["Good."]


def test_reading_asks_the_database_as_often_whatever_stands_in_a_sheet(
    world: World, drafts: int, django_assert_max_num_queries: Any
) -> None:
    world.published(world.stored())
    describing.whole(selectors.current("dyspnoea"), ANONYMOUS, "en")
    with django_assert_max_num_queries(7):
        assert len(describing.whole(selectors.current("dyspnoea"), ANONYMOUS, "en")["findings"]) == 7
    with django_assert_max_num_queries(2):
        assert len([describing.listed(one, "en") for one in selectors.shown()]) == 12
