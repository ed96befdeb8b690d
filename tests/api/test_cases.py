"""Cases over REST: draft, review by another person, publication, and what strangers see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from imagebank.accounts.models import User
from imagebank.catalog.models import Case, Finding, Tombstone
from tests.factories import World, bearer, case_data, make_person, make_token, session

CASES = "/api/v1/cases/"


def post(client: Client, address: str, data: Any = None, **headers: str) -> Any:
    return client.post(address, data or {}, content_type="application/json", headers=headers)


def patch(client: Client, case: Case | str, data: Any) -> Any:
    return client.patch(f"{CASES}{getattr(case, 'pk', case)}/", data, content_type="application/json")


def test_the_whole_journey(world: World) -> None:
    author, reviewer, curator = session(world.contributor), session(world.reviewer), session(world.curator)
    made = post(author, CASES, case_data(world.stored()))
    assert (made.status_code, made.json()["state"], made.json()["missing"]) == (201, "draft", {})
    case = f"{CASES}{made.json()['id']}/"
    assert post(author, f"{case}submit/").json()["state"] == "submitted"
    assert post(author, f"{case}recall/").json()["state"] == "draft"
    assert post(author, f"{case}submit/").json()["state"] == "submitted"
    assert post(reviewer, f"{case}claim/").json()["state"] == "in_review"
    assert post(curator, f"{case}review/", {"verdict": "accept"}).json()["code"] == "claimed"
    assert post(reviewer, f"{case}release/").json()["state"] == "submitted"
    changes = post(reviewer, f"{case}review/", {"verdict": "changes", "comment": "Which side?"})
    assert changes.json()["state"] == "changes_requested"
    assert patch(author, made.json()["id"], {"vignette": {"en": "Right side."}}).json()["vignette"] == "Right side."
    assert post(author, f"{case}submit/").json()["state"] == "submitted"
    assert (
        post(reviewer, f"{case}review/", {"verdict": "accept", "items": {"privacy": True}}).json()["state"]
        == "accepted"
    )
    assert Client().get(case).status_code == 404
    assert post(curator, f"{case}publish/").json()["state"] == "published"
    assert Client().get(case).json()["state"] == "published"
    assert post(curator, f"{case}suspend/", {"reason": "doubt"}).json()["state"] == "suspended"
    assert Client().get(case).status_code == 404
    assert post(curator, f"{case}restore/").json()["state"] == "published"
    assert post(author, f"{case}revise/", {"reason": "Read again"}).json() == {
        "id": made.json()["id"], "state": "draft", "revision": 2,
    }  # fmt: skip
    assert patch(author, made.json()["id"], {"vignette": {"en": "Left side."}}).json()["vignette"] == "Left side."
    assert author.get(f"{case}draft/").json()["vignette"] == "Left side."
    assert [who.get(case).json()["vignette"] for who in (author, Client())] == ["Right side."] * 2
    assert Client().get(f"{case}draft/").status_code == 404
    assert post(author, f"{case}submit/").json()["state"] == "submitted"
    assert post(reviewer, f"{case}review/", {"verdict": "accept"}).json()["state"] == "accepted"
    assert post(curator, f"{case}publish/").json()["state"] == "published"
    assert Client().get(case).json()["vignette"] == "Left side."
    assert post(author, f"{case}withdraw/", {"reason": "consent_ended"}).json()["state"] == "withdrawn"
    gone = Client().get(case)
    assert (gone.status_code, gone.json()["code"]) == (410, "withdrawn")
    assert Tombstone.objects.count() == 2


def test_what_the_public_sees(world: World) -> None:
    case = world.published(world.stored())
    told = Client().get(f"{CASES}{case.pk}/").json()
    assert told["indication"] == {"id": "pleural-effusion-suspected", "label": "Suspected pleural effusion"}
    assert told["findings"][0] | {"clip": None} == {
        "term": "pleural-effusion-simple",
        "label": "Pleural effusion, simple anechoic",
        "presence": "present",
        "polarity": "abnormal",
        "threat": told["findings"][0]["threat"],
        "severity": "",
        "clip": None,
        "frames": None,
        "region": None,
    }
    (clip,) = told["clips"]
    assert clip["view"] == "lung-plaps-right"
    assert clip["playback"].startswith(f"/api/v1/clips/{clip['id']}/playback.mp4?v=")
    poster: Any = Client().get(clip["poster"])
    assert poster.getvalue() == b"RIFFposter"
    assert Client().get(clip["frame"].replace("{n}", "1")).status_code == 200
    assert told["title"] == "Breathless for a week"
    assert (told["institution"], told["sex"], told["country"]) == (None, "", "")
    hidden = [str(world.north.pk), str(case.subject_id), str(world.contributor.pk), "contributor", "north"]
    assert not [value for value in hidden if value in str(told)]


@pytest.mark.parametrize(
    ("asked", "title", "label"),
    [
        ({"lang": "fr"}, "Essoufflé depuis une semaine", "Épanchement pleural simple (anéchogène)"),
        (
            {"headers": {"Accept-Language": "fr"}},
            "Essoufflé depuis une semaine",
            "Épanchement pleural simple (anéchogène)",
        ),
        ({"lang": "xx"}, "Breathless for a week", "Pleural effusion, simple anechoic"),
    ],
)
def test_labels_in_the_readers_language(world: World, asked: dict[str, Any], title: str, label: str) -> None:
    case = world.published(world.stored())
    told = Client().get(f"{CASES}{case.pk}/", {"lang": asked.get("lang", "")}, headers=asked.get("headers")).json()
    assert told["title"] == title
    assert told["findings"][0]["label"].lower()[:8] == label.lower()[:8]


def test_reading_again_costs_no_body(world: World) -> None:
    address = f"{CASES}{world.published(world.stored()).pk}/"
    first = Client().get(address)
    etag = first.headers["ETag"]
    again = Client().get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert Client().get(address, {"lang": "de"}, headers={"If-None-Match": etag}).status_code == 200
    assert Client().get(address, headers={"If-Match": '"x"'}).json()["code"] == "precondition"
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_hidden_and_absent_answer_alike(world: World) -> None:
    draft = world.draft(world.stored())
    absent = "00000000-0000-4000-8000-000000000000"
    for user in (None, world.trainee, world.stranger, world.reviewer, world.admin):
        client = session(user)
        answers = [client.get(f"{CASES}{pk}/") for pk in (draft.pk, absent)]
        assert [a.status_code for a in answers] == [404, 404]
        assert answers[0].content == answers[1].content
        acts = [post(client, f"{CASES}{pk}/submit/") for pk in (draft.pk, absent)]
        assert {a.status_code for a in acts} == ({404} if user else {401})


@pytest.mark.parametrize(
    "field", ["state", "institution", "licence", "synthetic", "published_at", "author", "revision"]
)
def test_what_is_not_writable_is_refused(world: World, field: str) -> None:
    clip = world.stored()
    assert post(session(world.contributor), CASES, case_data(clip, **{field: "x"})).status_code == 422
    draft = world.draft(clip)
    answer = patch(session(world.contributor), draft, {field: "published"})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


@pytest.mark.parametrize(
    "change",
    [
        {"indication": "nothing"},
        {"age_band": "old"},
        {"clips": []},
        {"clips": "all"},
        {"clips": [{"id": "x", "view": "lung-plaps-right"}]},
        {"clips": [{"id": "00000000-0000-4000-8000-000000000000", "view": "lung-plaps-right"}]},
        {"findings": [{"term": "nothing", "presence": "present"}]},
        {"findings": [{"term": "pleural-effusion-simple", "presence": "perhaps"}]},
        {"findings": [{"term": ["a"], "presence": "present"}]},
        {"findings": {"term": "a"}},
        {"confirmed": {"method": "ct", "certainty": "sure"}},
        {"confirmed": "ct"},
        {"title": {"xx": "No such language"}},
        {"title": {"en": "Seen on 2026-03-01"}},
        {"title": {"en": "Mail me@example.org"}},
        {"title": "text"},
        {"credit": 5 * "long " * 100},
        {"sex": None},
        {"management_changed": "maybe so"},
    ],
)
def test_bad_cases_are_refused_in_words(world: World, change: dict[str, Any]) -> None:
    answer = post(session(world.contributor), CASES, case_data(world.stored(), **change))
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert set(answer.json()["errors"]) <= {*change, "title"}
    assert Case.objects.count() == 0


def test_an_incomplete_case_names_what_is_missing(world: World) -> None:
    client = session(world.contributor)
    made = post(
        client,
        CASES,
        case_data(world.stored(), findings=[], confirmed=None)
        | {"confirmed": {"method": "ct", "certainty": "certain"}},
    )
    answer = post(client, f"{CASES}{made.json()['id']}/submit/")
    assert (answer.status_code, answer.json()["code"], list(answer.json()["errors"])) == (
        422,
        "incomplete",
        ["findings"],
    )


def test_findings_are_superseded_not_deleted(world: World) -> None:
    draft = world.draft(world.stored())
    changed = [{"term": "pleural-effusion-simple", "presence": "uncertain"}]
    told = patch(session(world.contributor), draft, {"findings": changed}).json()
    assert [f["presence"] for f in told["findings"]] == ["uncertain"]
    assert Finding.objects.filter(case=draft).count() == 2


def test_nobody_reviews_own_material(world: World) -> None:
    User.objects.get(pk=world.contributor.pk).node_roles.create(role="reviewer")
    case = world.submitted(world.stored())
    answer = post(session(world.contributor), f"{CASES}{case.pk}/review/", {"verdict": "accept"})
    assert answer.status_code == 403


def test_reviewing_and_publishing_need_the_second_factor(world: World) -> None:
    case = world.submitted(world.stored())
    weak = session(world.reviewer, second_factor=False)
    answer = post(weak, f"{CASES}{case.pk}/review/", {"verdict": "accept"})
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor")


def test_a_token_never_reviews_or_publishes(world: World) -> None:
    both = make_person("both", world.north, "contributor", role="curator")
    client = bearer(make_token(both, "read", "tag", "deposit", "withdraw"))
    submitted, accepted = world.submitted(world.stored()), world.accepted(world.stored())
    assert post(client, f"{CASES}{submitted.pk}/review/", {"verdict": "accept"}).status_code in (403, 404)
    assert post(client, f"{CASES}{accepted.pk}/publish/").status_code in (403, 404)
    clip = world.stored(giver=both)
    assert post(client, CASES, case_data(clip)).status_code == 201
    reader = bearer(make_token(both, "read"))
    assert post(reader, CASES, case_data(world.stored(giver=both))).status_code == 403


def test_clips_of_another_institution_cannot_be_used(world: World) -> None:
    answer = post(session(world.stranger), CASES, case_data(world.stored()))
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["clips"])
    assert post(session(world.trainee), CASES, case_data(world.stored())).status_code == 403


def test_an_act_under_one_key_happens_once(world: World) -> None:
    client, clip = session(world.contributor), world.stored()
    first = post(client, CASES, case_data(clip), **{"Idempotency-Key": "k1"})
    again = post(client, CASES, case_data(clip), **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert Case.objects.count() == 1
    other = post(client, CASES, case_data(clip, sex="male"), **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key")
    mine = post(session(world.steward), CASES, case_data(world.stored()), **{"Idempotency-Key": "k1"})
    assert mine.status_code == 201


def test_a_failed_act_may_be_tried_again_under_its_key(world: World) -> None:
    draft, client = world.draft(world.stored()), session(world.contributor)
    Case.objects.filter(pk=draft.pk).update(setting="")
    key = {"Idempotency-Key": "k2"}
    assert post(client, f"{CASES}{draft.pk}/submit/", **key).status_code == 422
    Case.objects.filter(pk=draft.pk).update(setting="ed")
    assert post(client, f"{CASES}{draft.pk}/submit/", **key).json()["state"] == "submitted"


def test_the_history_of_a_case(world: World) -> None:
    case = world.published(world.stored())
    address = f"{CASES}{case.pk}/history/"
    answer = Client().get(address)
    (row,) = answer.json()["results"]
    assert (row["event"], row["role"], row["day"]) == ("publish", "curator", str(case.published_on))
    assert not re.search(r"\d\d:\d\d", answer.content.decode()), "days, no times"
    assert Client().get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    inside = session(world.contributor).get(address).json()["results"]
    assert [row["event"] for row in inside] == ["publish", "schedule", "accept", "submit", "create"]


def test_a_change_has_a_reason_and_a_draft_says_what_is_withheld(world: World) -> None:
    case, client = world.draft(world.stored()), session(world.contributor)
    told = patch(client, case, {"sex": "male", "reason": "a slip"}).json()
    assert told["withheld"]["age_band"] == "few"
    assert told["withheld"]["institution"] in ("unnamed", "place")
    newest = client.get(f"{CASES}{case.pk}/history/").json()["results"][0]
    assert (newest["reason"], [change["what"] for change in newest["changes"]]) == ("a slip", ["sex"])
    assert patch(client, case, {"sex": "female", "reason": "on 3 May 2024"}).status_code == 422
