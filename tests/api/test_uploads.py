"""Resumable uploads: the protocol (tus 1.0) header by header, and what is on the disk meanwhile."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anonymize.phantom.demo import DemoClip
from imagebank.accounts.models import Agreement
from imagebank.core import keys, stores
from imagebank.core.models import AuditEvent
from imagebank.intake import arriving, pipeline, sweepers, uploads
from imagebank.intake.models import Original, Upload
from tests.factories import World, acting, bearer, make_token, session

ROOT = "/uploads/"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


def deposit_of(client: Client) -> str:
    return str(client.post("/api/v1/deposits/", {}, content_type="application/json").json()["id"])


def announce(client: Client, size: int | str, deposit: str | None = None, root: str = ROOT, **headers: str) -> Any:
    pairs = {"deposit": deposit or deposit_of(client), "filename": "SPECIMEN^PATIENT.dcm"}
    said = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in pairs.items())
    return client.post(root, headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": said, **headers})


def append(client: Client, address: str, offset: int, data: bytes, **headers: str) -> Any:
    said = {**TUS, "Upload-Offset": str(offset), **headers}
    return client.patch(address, data, content_type=BYTES, headers=said)


def standing(client: Client, address: str) -> Any:
    return client.head(address, headers=TUS)


def checksum(algorithm: str, data: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def part() -> Path:
    return arriving.part(Upload.objects.get().pk)


@pytest.fixture
def client(world: World) -> Client:
    return session(world.contributor)


@pytest.mark.parametrize("root", [ROOT, "/api/v1/uploads/"], ids=["root", "api"])
def test_a_file_comes_in_pieces_and_becomes_an_original(client: Client, dicom: bytes, root: str) -> None:
    made = announce(client, len(dicom), root=root)
    address = made.headers["Location"]
    assert (made.status_code, made.headers["Tus-Resumable"], address[: len(root)]) == (201, "1.0.0", root)
    half = len(dicom) // 2
    assert append(client, address, 0, dicom[:half]).headers["Upload-Offset"] == str(half)
    told = standing(client, address)
    assert (told.status_code, told.headers["Upload-Offset"]) == (200, str(half))
    assert (told.headers["Upload-Length"], told.headers["Cache-Control"]) == (str(len(dicom)), "no-store")
    assert Original.objects.count() == 0
    last = append(client, address, half, dicom[half:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(dicom)))
    row = Original.objects.get()
    assert (row.state, row.position, address) == ("received", 1, f"{root}{row.pk}/")
    assert b"".join(stores.read_original(row.pk, row.institution_id)) == dicom
    assert standing(client, address).headers["Upload-Offset"] == str(len(dicom))


def test_no_plaintext_and_no_name_is_kept(client: Client, dicom: bytes, spec: DemoClip) -> None:
    address = announce(client, len(dicom)).headers["Location"]
    append(client, address, 0, dicom[:-1])
    sealed = part().read_bytes()
    assert len(sealed) > len(dicom)
    assert not [text for text in (*spec.identifiers(), "DICM", "SPECIMEN") if text.encode() in sealed]
    row = Upload.objects.values().get()
    audit = list(AuditEvent.objects.values())
    assert "SPECIMEN" not in f"{row} {audit} {standing(client, address).headers}"


def test_it_is_cleaned_as_any_file(client: Client, dicom: bytes) -> None:
    append(client, announce(client, len(dicom)).headers["Location"], 0, dicom)
    row = Original.objects.get()
    pipeline.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.code) == ("awaiting_confirmation", "clean")


def test_the_same_keys_come_out_as_of_a_file_in_one_request(client: Client, world: World, dicom: bytes) -> None:
    first = world.original(dicom)
    address = announce(client, len(dicom)).headers["Location"]
    append(client, address, 0, dicom)
    row = Original.objects.exclude(pk=first.pk).get()
    pipeline.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.code, row.duplicate_of) == ("refused", "refused.duplicate", first)
    assert (row.sealed, stores.quarantine_path(row.pk).exists()) == (False, False)
    assert not keys.data_key_exists(row.pk)


def test_what_is_understood_is_told_to_everybody(world: World) -> None:
    told = Client().options(ROOT)
    assert (told.status_code, told.headers["Tus-Version"]) == (204, "1.0.0")
    assert told.headers["Tus-Extension"] == "creation,termination,checksum,expiration"
    assert told.headers["Tus-Max-Size"] == str(settings.LIMITS.file_bytes)
    assert told.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412, "upload_version"),
        ({"Upload-Length": "-1"}, 400, "malformed"),
        ({"Upload-Length": "1e3"}, 400, "malformed"),
        ({"Upload-Length": str(1 << 40)}, 413, "limit_bytes"),
        ({"Upload-Metadata": ""}, 422, "upload_metadata"),
        ({"Upload-Metadata": "deposit !!"}, 422, "upload_metadata"),
    ],
    ids=["version", "negative", "no-number", "too-long", "no-deposit", "no-base64"],
)
def test_bad_announcements_leave_nothing(client: Client, headers: dict[str, str], status: int, code: str) -> None:
    before = sorted(keys.folder("originals").iterdir())
    answer = announce(client, 9, **headers)
    assert (answer.status_code, answer.json()["code"], answer.headers["Tus-Resumable"]) == (status, code, "1.0.0")
    assert (Upload.objects.count(), sorted(keys.folder("originals").iterdir())) == (0, before)
    assert ("Tus-Version" in answer.headers) == (status == 412)


def test_an_answer_that_was_lost_is_asked_for_again(client: Client) -> None:
    deposit, key = deposit_of(client), {"Idempotency-Key": "abc"}
    first, again = (announce(client, 9, deposit, **key) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert Upload.objects.count() == 1
    assert announce(client, 8, deposit, **key).json()["code"] == "idempotency_key"


def test_without_a_length_it_is_told(client: Client) -> None:
    answer = client.post(ROOT, headers={**TUS, "Upload-Metadata": "deposit " + "QQ==", "Upload-Defer-Length": "1"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("offset", "data", "headers", "status", "code"),
    [
        ("3", b"abc", {}, 409, "upload_offset"),
        ("", b"abc", {}, 400, "malformed"),
        ("0", b"x" * 11, {}, 413, "upload_length"),
        ("0", b"abc", {"Tus-Resumable": "2"}, 412, "upload_version"),
        ("0", b"abc", {"Upload-Checksum": "md5 " + "A" * 22 + "=="}, 400, "malformed"),
        ("0", b"abc", {"Upload-Checksum": "sha1 abc"}, 400, "malformed"),
        ("0", b"abc", {"Upload-Checksum": checksum("sha1", b"abd")}, 460, "upload_checksum"),
    ],
    ids=["offset", "no-offset", "too-long", "version", "algorithm", "digest", "checksum"],
)
def test_a_refused_piece_changes_nothing(
    client: Client, offset: str, data: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    address = announce(client, 10).headers["Location"]
    answer = client.patch(address, data, content_type=BYTES, headers={**TUS, "Upload-Offset": offset, **headers})
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
    assert standing(client, address).headers["Upload-Offset"] == "0"


def test_another_kind_of_content_is_refused(client: Client) -> None:
    address = announce(client, 10).headers["Location"]
    answer = client.patch(address, b"abc", content_type="text/plain", headers={**TUS, "Upload-Offset": "0"})
    assert answer.status_code == 415


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_checksum_that_fits_is_taken_after_one_that_did_not(client: Client, algorithm: str) -> None:
    address = announce(client, 10).headers["Location"]
    assert append(client, address, 0, b"01234", **{"Upload-Checksum": checksum(algorithm, b"0")}).status_code == 460
    assert append(client, address, 0, b"01234", **{"Upload-Checksum": checksum(algorithm, b"01234")}).status_code == 204
    append(client, address, 5, b"56789")
    row = Original.objects.get()
    assert b"".join(stores.read_original(row.pk, row.institution_id)) == b"0123456789"


def test_ending_destroys_key_and_bytes(client: Client) -> None:
    address = announce(client, 10).headers["Location"]
    append(client, address, 0, b"abc")
    path, pk = part(), Upload.objects.get().pk
    assert client.delete(address, headers=TUS).status_code == 204
    assert (path.exists(), keys.data_key_exists(pk)) == (False, False)
    assert standing(client, address).status_code == append(client, address, 3, b"abc").status_code == 404


def test_a_method_may_come_in_a_header(client: Client) -> None:
    address = announce(client, 3).headers["Location"]
    said = {**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert client.post(address, b"abc", content_type=BYTES, headers=said).status_code == 204
    assert Original.objects.count() == 1


def test_a_session_proves_itself_by_header(world: World) -> None:
    free = session(world.contributor)
    address, deposit = announce(free, 3).headers["Location"], deposit_of(free)
    strict = session(world.contributor, enforce_csrf_checks=True)
    strict.get("/account/login/")
    assert append(strict, address, 0, b"abc").json()["code"] == "csrf"
    assert announce(strict, 3, deposit).json()["code"] == "csrf"
    assert strict.delete(address, headers=TUS).json()["code"] == "csrf"
    strict.cookies["csrftoken"] = "a" * 32
    assert append(strict, address, 0, b"abc", **{"X-CSRFToken": "a" * 32}).status_code == 204


def test_a_token_needs_the_scope_and_the_deposit_must_be_its_own(world: World) -> None:
    service = bearer(make_token(world.service, "deposit"))
    deposit = deposit_of(service)
    assert announce(service, 3, deposit).status_code == 201
    assert announce(bearer(make_token(world.service, "read")), 3, deposit).status_code == 403
    assert announce(session(world.steward), 3, deposit).json()["code"] == "denied"


def test_no_agreement_no_byte(client: Client, world: World) -> None:
    address = announce(client, 3).headers["Location"]
    Agreement.objects.filter(institution=world.north).delete()
    assert append(client, address, 0, b"abc").json()["code"] == "agreement"


def test_quotas_count_what_is_announced(client: Client, settings: Any) -> None:
    deposit = deposit_of(client)
    settings.LIMITS = type(settings.LIMITS)(quarantine_bytes=1_000, daily_bytes=900, files_per_deposit=2)
    assert announce(client, 1_001, deposit).json()["code"] == "limit_quarantine"
    assert announce(client, 901, deposit).json()["code"] == "limit_daily"
    assert announce(client, 600, deposit).status_code == 201
    assert announce(client, 301, deposit).json()["code"] == "limit_daily"
    assert announce(client, 1, deposit).status_code == 201
    assert announce(client, 1, deposit).json()["code"] == "limit_files"


def test_two_requests_at_once_are_kept_apart(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = announce(client, 10).headers["Location"]
    monkeypatch.setattr(arriving, "PATIENCE", 0.1)
    with arriving.arrival(Upload.objects.select_related("deposit").get()):
        assert standing(client, address).headers["Upload-Offset"] == "0"
        answer = append(client, address, 0, b"abc")
    assert (answer.status_code, answer.json()["code"]) == (423, "upload_busy")
    assert append(client, address, 0, b"abc").status_code == 204


def test_what_a_killed_process_left_behind_the_last_durable_byte_is_written_over(client: Client, dicom: bytes) -> None:
    address = announce(client, len(dicom)).headers["Location"]
    append(client, address, 0, dicom[:1000])
    with part().open("ab") as handle:
        handle.write(b"D\0\1half a frame")
    assert standing(client, address).headers["Upload-Offset"] == "1000"
    append(client, address, 1000, dicom[1000:])
    row = Original.objects.get()
    assert b"".join(stores.read_original(row.pk, row.institution_id)) == dicom


def test_a_process_that_dies_before_it_says_so_loses_no_file(world: World) -> None:
    client = session(world.contributor)
    append(client, announce(client, 10).headers["Location"], 0, b"012345678")
    upload = Upload.objects.select_related("deposit").get()
    with arriving.arrival(upload) as handle:
        coming = arriving.Arrival(handle, upload)
        coming.write(b"9", keep=True)
        coming.keep()
    assert Original.objects.count() == 0
    sweepers.repair()
    uploads.finish(upload, actor=acting(world.contributor))
    row = Original.objects.get()
    assert b"".join(stores.read_original(row.pk, row.institution_id)) == b"0123456789"


def test_unfinished_ones_expire_after_a_day_and_what_they_became_stays(client: Client, dicom: bytes) -> None:
    begun = announce(client, len(dicom)).headers["Location"]
    pk, path = Upload.objects.get().pk, part()
    whole = announce(client, len(dicom)).headers["Location"]
    append(client, whole, 0, dicom)
    assert "Upload-Expires" in standing(client, begun).headers
    assert "Upload-Expires" not in standing(client, whole).headers
    sweepers.expire()
    assert Upload.objects.count() == 2
    for row in Upload.objects.all():
        Upload.objects.filter(pk=row.pk).update(touched_at=row.touched_at - dt.timedelta(hours=25))
    assert standing(client, begun).status_code == 404
    sweepers.expire()
    sweepers.remove_orphans()
    assert (Upload.objects.count(), path.exists(), keys.data_key_exists(pk)) == (0, False, False)
    assert stores.quarantine_path(Original.objects.get().pk).exists()


def test_an_empty_file_is_answered_too(client: Client) -> None:
    assert announce(client, 0).status_code == 201
    row = Original.objects.get()
    pipeline.process(row.pk)
    row.refresh_from_db()
    assert (row.state, row.code) == ("refused", "refused.empty")


def test_numbers_are_not_given_twice(client: Client, dicom: bytes) -> None:
    deposit = deposit_of(client)
    one, two = (announce(client, 3, deposit).headers["Location"] for _ in range(2))
    append(client, two, 0, b"two")
    append(client, one, 0, b"one")
    told = client.get(f"/api/v1/deposits/{deposit}/").json()
    assert [row["name_shown"] for row in told["originals"]] == ["file 1", "file 2"]
    assert json.dumps(told["originals"][0]["id"]) in json.dumps(one.split("/"))
