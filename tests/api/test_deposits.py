"""Giving files over REST: sealed as they arrive, each answered, nothing left after a failure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anonymize.phantom.demo import DemoClip
from imagebank.accounts.models import Agreement
from imagebank.core import keys
from imagebank.core.models import AuditEvent
from imagebank.intake import pipeline
from imagebank.intake.models import Deposit, Original
from tests.factories import World, bearer, make_token, session

from .forms import FORM, multipart

DEPOSITS = "/api/v1/deposits/"


def give(client: Client, *files: bytes, **fields: Any) -> Any:
    """A multipart deposit; the local file name holds a patient's name."""
    sent = [SimpleUploadedFile("SPECIMEN^PATIENT.dcm", data) for data in files]
    headers = fields.pop("headers", {})
    return client.post(DEPOSITS, {"file": sent, **fields}, headers=headers)


def quarantined() -> list[Path]:
    """Everything sealed, half-sealed, and every key of it."""
    files = [p for p in Path(settings.QUARANTINE_DIR).rglob("*") if p.is_file()]
    return files + list(keys.folder("originals").iterdir())


@pytest.fixture(autouse=True)
def empty_quarantine(world: World) -> None:
    for path in quarantined():
        path.unlink()


def test_a_file_is_taken_sealed_and_answered(world: World, dicom: bytes) -> None:
    answer = give(session(world.contributor), dicom, licence="LicenseRef-Imagebank-Teaching-1.0", purpose="bank")
    assert answer.status_code == 201
    body = answer.json()
    (told,) = body["originals"]
    assert (body["state"], told["state"], told["name_shown"], told["clip"]) == ("working", "received", "file 1", None)
    assert "SPECIMEN" not in answer.content.decode()
    row = Original.objects.get(pk=told["id"])
    assert row.institution == world.north
    assert row.deposit.rights.attester == world.contributor
    assert all(b"SPECIMEN" not in path.read_bytes() for path in quarantined())


def test_confirming_over_rest_gives_the_clip(world: World, dicom: bytes) -> None:
    client = session(world.contributor)
    told = give(client, dicom).json()["originals"][0]
    pipeline.process(Original.objects.get().pk)
    address = f"/api/v1/originals/{told['id']}/"
    waiting = client.get(address).json()
    assert (waiting["state"], waiting["clip"]) == ("awaiting_confirmation", None)
    assert waiting["reason"]
    before, after = client.get(waiting["preview"]), client.get(waiting["preview_after"])
    assert before.content[:4] == after.content[:4] == b"RIFF"
    assert before.content != after.content
    assert before.headers["Cache-Control"] == after.headers["Cache-Control"] == "no-store"
    done = client.post(f"{address}confirm/", {}, content_type="application/json").json()
    assert done["state"] == "accepted"
    assert client.get(f"/api/v1/clips/{done['clip']}/").json()["frames"] > 1
    assert client.get(waiting["preview"]).status_code == 404
    assert AuditEvent.objects.filter(event="preview", action="R", object_id=told["id"]).count() == 1


def test_seeing_a_face_holds_the_file(world: World, dicom: bytes) -> None:
    row = world.candidate(dicom)
    answer = session(world.contributor).post(
        f"/api/v1/originals/{row.pk}/confirm/", {"visible_features": True}, content_type="application/json"
    )
    assert (answer.json()["state"], answer.json()["code"]) == ("held", "held.visible_features")


def test_mask_and_discard(world: World, dicom: bytes) -> None:
    row, client = world.candidate(dicom), session(world.contributor)
    address = f"/api/v1/originals/{row.pk}"
    bad = client.post(f"{address}/mask/", {"keep": [[9, 9, 3, 3]]}, content_type="application/json")
    assert (bad.status_code, list(bad.json()["errors"])) == (422, ["keep"])
    again = client.post(f"{address}/mask/", {"keep": [[0, 40, 200, 200]]}, content_type="application/json")
    assert again.json()["state"] == "received"
    assert client.post(f"{address}/discard/", content_type="application/json").json()["state"] == "discarded"
    assert quarantined() == []


def test_a_token_gives_but_never_decides(world: World, dicom: bytes) -> None:
    client = bearer(make_token(world.service, "deposit", "read"))
    body = give(client, dicom).json()
    assert body["rights_attested"] is False
    pk = body["originals"][0]["id"]
    pipeline.process(Original.objects.get().pk)
    for act in ("confirm", "mask", "discard", "retry"):
        said = {"keep": [[0, 0, 9, 9]]} if act == "mask" else {}
        answer = client.post(f"/api/v1/originals/{pk}/{act}/", said, content_type="application/json")
        assert answer.status_code == 403, act
    assert client.get(f"/api/v1/originals/{pk}/preview/").status_code == 403
    person = session(world.contributor)
    refused = person.post(f"/api/v1/originals/{pk}/confirm/", content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "rights_pending")
    attested = person.post(
        f"{DEPOSITS}{body['id']}/attest/", {"consent_basis": "consent"}, content_type="application/json"
    )
    assert attested.json()["rights_attested"] is True
    done = person.post(f"/api/v1/originals/{pk}/confirm/", content_type="application/json")
    assert done.json()["state"] == "accepted"


def test_the_same_bytes_again_are_told_as_a_duplicate(world: World, dicom: bytes) -> None:
    client = session(world.contributor)
    first = give(client, dicom).json()["originals"][0]["id"]
    (told,) = give(client, dicom).json()["originals"]
    assert (told["state"], told["code"], told["duplicate_of"]) == ("refused", "refused.duplicate", first)
    assert told["reason"] == "This file was given before."
    (other,) = give(bearer(make_token(world.service, "deposit")), dicom).json()["originals"]
    assert (other["code"], other["duplicate_of"]) == ("refused.duplicate", None)


def test_many_files_are_each_answered(world: World, dicom: bytes) -> None:
    told = give(session(world.contributor), dicom, b"", b"no picture" * 99).json()["originals"]
    assert (told[0]["name_shown"], told[0]["state"]) == ("file 1", "received")
    assert [o["code"] for o in told][1:] == ["refused.empty", "refused.not_an_image"]


def test_an_empty_deposit_by_form_and_by_json(world: World) -> None:
    client = session(world.contributor)
    by_form = client.post(DEPOSITS, {"rights": json.dumps({"child": True}), "setting": "icu"})
    assert (by_form.status_code, by_form.json()["state"], by_form.json()["setting"]) == (201, "empty", "icu")
    assert Deposit.objects.get().rights.child is True
    by_json = client.post(DEPOSITS, {"rights": {"deceased": True}}, content_type="application/json")
    assert by_json.status_code == 201


@pytest.mark.parametrize(
    "fields",
    [
        {"rights": "{"},
        {"rights": "[]"},
        {"rights": '{"nothing": 1}'},
        {"rights": '{"uses": "teaching"}'},
        {"rights": '{"uses": ["sale"]}'},
        {"rights": '{"child": "perhaps"}'},
        {"rights": json.dumps({"consent_kind": "x" * 500})},
        {"licence": "CC-BY-4.0"},
        {"licence": "GPL-3.0"},
        {"purpose": "fun"},
        {"setting": "moon"},
    ],
)
def test_bad_fields_leave_nothing_behind(world: World, dicom: bytes, fields: dict[str, str]) -> None:
    answer = give(session(world.contributor), dicom, **fields)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["errors"]
    assert (Deposit.objects.count(), quarantined()) == (0, [])


def test_a_body_that_breaks_off_leaves_nothing_behind(world: World, dicom: bytes) -> None:
    raw = multipart(dicom)
    answer = session(world.contributor).post(DEPOSITS, raw[: len(raw) // 2], content_type=FORM)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert (Deposit.objects.count(), quarantined()) == (0, [])


def test_who_may_not_give_is_told_before_the_body_is_read(world: World, dicom: bytes) -> None:
    assert give(Client(), dicom).status_code == 401
    assert give(session(world.trainee), dicom).status_code == 403
    assert give(session(world.reviewer), dicom).status_code == 403
    assert give(bearer(make_token(world.service, "read")), dicom).status_code == 403
    Agreement.objects.filter(institution=world.north).delete()
    answer = give(session(world.contributor), dicom)
    assert (answer.status_code, answer.json()["code"]) == (403, "agreement")
    assert (Deposit.objects.count(), quarantined()) == (0, [])


def test_a_session_proves_itself_by_header(world: World, dicom: bytes) -> None:
    client = session(world.contributor, enforce_csrf_checks=True)
    client.get("/account/login/")
    bare = give(client, dicom)
    assert (bare.status_code, bare.json()["code"]) == (403, "csrf")
    assert quarantined() == []
    client.cookies["csrftoken"] = "a" * 32
    assert give(client, dicom, headers={"X-CSRFToken": "a" * 32}).status_code == 201


def test_limits_are_named(world: World, dicom: bytes, settings: Any) -> None:
    settings.LIMITS = type(settings.LIMITS)(file_bytes=1000, files_per_deposit=2)
    small = b"x" * 10
    told = give(session(world.contributor), dicom, small, small + b"y").json()["originals"]
    assert [o["code"] for o in told] == ["refused.limit_bytes", "refused.not_an_image", "refused.limit_files"]
    assert all(o["reason"] for o in told)
    assert quarantined() == []


def test_without_a_worker_key_nothing_is_taken(world: World, dicom: bytes) -> None:
    for path in keys.folder("public").iterdir():
        path.unlink()
    answer = give(session(world.contributor), dicom)
    assert (answer.status_code, answer.json()["code"]) == (503, "no_worker_key")
    assert (Deposit.objects.count(), quarantined()) == (0, [])


def test_the_same_key_and_body_give_the_same_answer_once(world: World, dicom: bytes) -> None:
    client, key = session(world.contributor), {"Idempotency-Key": "abc"}
    first = give(client, dicom, headers=key)
    again = give(client, dicom, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (Deposit.objects.count(), Original.objects.count()) == (1, 1)
    assert len(quarantined()) == 2
    other = give(client, dicom + b"\0\0", headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key")


def test_lists_show_own_deposits_in_pages(world: World) -> None:
    client = session(world.contributor)
    made = [client.post(DEPOSITS, {}).json()["id"] for _ in range(5)]
    seen, cursor = [], ""
    while True:
        page = client.get(DEPOSITS, {"limit": "2", "cursor": cursor}).json()
        seen += [row["id"] for row in page["results"]]
        if not page["next"]:
            break
        cursor = page["next"]
    assert seen == made[::-1]
    before = client.get(DEPOSITS, {"limit": 2, "cursor": page["previous"]}).json()
    assert [row["id"] for row in before["results"]] == made[::-1][2:4]
    assert client.get(DEPOSITS, {"cursor": cursor + "x"}).status_code == 422
    assert client.get(DEPOSITS, {"limit": 1001}).status_code == 422
    assert session(world.stranger).get(DEPOSITS).json()["results"] == []
    assert session(world.stranger).get(f"{DEPOSITS}{made[0]}/").status_code == 404
    assert len(session(world.steward).get(DEPOSITS).json()["results"]) == 5


def test_nothing_of_the_header_is_in_any_answer(world: World, dicom: bytes, spec: DemoClip) -> None:
    client = session(world.contributor)
    body = give(client, dicom).json()
    pipeline.process(Original.objects.get().pk)
    text = client.get(f"{DEPOSITS}{body['id']}/").content.decode()
    assert not [identifier for identifier in spec.identifiers() if identifier in text]
