"""STOW-RS: into quarantine, each object answered under its new UIDs; bodies that are wrong leave nothing."""

from __future__ import annotations

import dataclasses
import io
import json
import time
import xml.etree.ElementTree as ET
from typing import Any

import pydicom
import pytest
from django.conf import settings
from django.test import Client

from imagebank.core import keys
from imagebank.intake.models import Deposit, Original
from imagebank.review.withdrawal import withdraw_clip
from tests.factories import World, acting, bearer, make_token

from .conftest import BOUNDARY, RELATED, accept, related, stow
from .reading import body

STUDIES = "/dicomweb/studies"
FAILED, TAKEN, REASON, UID, URL = "00081198", "00081199", "00081197", "00081155", "00081190"


@pytest.fixture
def giver(world: World) -> Client:
    return bearer(make_token(world.service, "deposit", "read", "withdraw"))


def items(answer: Any, tag: str) -> list[dict[str, Any]]:
    return list(json.loads(answer.content).get(tag, {}).get("Value", []))


def reasons(answer: Any) -> list[int]:
    return [item[REASON]["Value"][0] for item in items(answer, FAILED)]


def changed(data: bytes, **elements: str) -> bytes:
    dataset, out = pydicom.dcmread(io.BytesIO(data)), io.BytesIO()
    for name, value in elements.items():
        setattr(dataset, name, value)
    dataset.save_as(out)
    return out.getvalue()


def held() -> list[str]:
    return sorted(path.name for path in keys.folder("originals").iterdir())


@pytest.fixture
def before(world: World) -> list[str]:
    """Keys of quarantine that other tests have left."""
    return held()


def nothing_left(before: list[str]) -> bool:
    return (Deposit.objects.count(), Original.objects.count(), held()) == (0, 0, before)


def test_objects_are_taken_and_named_anew(giver: Client, world: World, files: list[bytes]) -> None:
    answer = stow(giver, *files)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/dicom+json")
    taken = items(answer, TAKEN)
    assert [row.state for row in Original.objects.all()] == ["received"] * 2
    source = pydicom.dcmread(io.BytesIO(files[0]))
    told = answer.content.decode()
    assert source.SOPInstanceUID not in told and source.StudyInstanceUID not in told
    assert taken[0]["00081150"]["Value"] == [source.SOPClassUID]
    for item in taken:
        assert item[URL]["Value"][0].startswith(f"{settings.BASE_URL}/dicomweb/studies/2.25.")
        assert item[URL]["Value"][0].endswith(f"/instances/{item[UID]['Value'][0]}")
    assert giver.get(taken[0][URL]["Value"][0]).status_code == 404, "not before it is clean"


def test_the_clean_object_is_seen_by_its_giver_alone_before_publication(
    giver: Client, world: World, files: list[bytes]
) -> None:
    place = items(stow(giver, files[0]), TAKEN)[0][URL]["Value"][0]
    clip = accept(world, Original.objects.get())
    clean = pydicom.dcmread(io.BytesIO(body(giver.get(place, headers={"Accept": "application/dicom"}))))
    assert place.endswith(clean.SOPInstanceUID) and clean.PatientIdentityRemoved == "YES"
    assert giver.get(place[: place.index("/series")] + "/metadata").status_code == 200
    for other in (world.trainee, world.reviewer, world.curator, world.admin, world.stranger):
        assert bearer(make_token(other, "read")).get(place).status_code == 404
    for owner in (world.contributor, world.steward):
        assert bearer(make_token(owner, "read")).get(place).status_code == 200
    assert Client().get(place).status_code == 404
    withdraw_clip(actor=acting(world.steward), clip=clip)
    for caller in (giver, Client(), bearer(make_token(world.stranger, "read"))):
        for end in ("", "/metadata", "/rendered", "/frames/1", "/thumbnail", "/bulkdata"):
            assert caller.get(place + end).status_code == 410
        assert caller.get(place[: place.index("/series/")] + "/instances").status_code == 410
    again = stow(giver, files[0])
    assert (again.status_code, reasons(again)) == (409, [0x0124])


def test_the_same_bytes_again_are_taken_once(giver: Client, files: list[bytes]) -> None:
    first, again = stow(giver, files[0]), stow(giver, files[0])
    assert (first.status_code, again.status_code) == (200, 200)
    assert items(first, TAKEN) == items(again, TAKEN)
    assert Original.objects.exclude(state="refused").count() == 1


def test_other_bytes_of_the_same_instance_are_a_conflict(giver: Client, world: World, files: list[bytes]) -> None:
    stow(giver, files[0])
    other = changed(files[0], SeriesDescription="other")
    answer = stow(giver, other)
    assert (answer.status_code, reasons(answer)) == (409, [0x0111])
    mixed = stow(giver, other, files[1])
    assert (mixed.status_code, len(items(mixed, TAKEN)), len(items(mixed, FAILED))) == (202, 1, 1)
    elsewhere = stow(bearer(make_token(world.stranger, "deposit")), other)
    assert elsewhere.status_code == 200, "another institution learns nothing"
    assert items(elsewhere, TAKEN)[0][UID] != items(answer, FAILED)[0][UID]


def test_a_study_takes_its_own_objects_only(giver: Client, files: list[bytes]) -> None:
    source = pydicom.dcmread(io.BytesIO(files[0])).StudyInstanceUID
    first = stow(giver, files[0], to=f"{STUDIES}/{source}")
    assert first.status_code == 200
    ours = items(first, TAKEN)[0][URL]["Value"][0].split("/")[5]
    assert stow(giver, files[1], to=f"{STUDIES}/{ours}").status_code == 200
    wrong = stow(giver, files[1], to=f"{STUDIES}/1.2.3")
    assert (wrong.status_code, reasons(wrong)) == (409, [0xC409])
    assert stow(giver, files[1], to=f"{STUDIES}/no-uid").status_code == 400


def test_what_is_no_ultrasound_instance_is_told(giver: Client, files: list[bytes]) -> None:
    ct = changed(files[0], SOPClassUID="1.2.840.10008.5.1.4.1.1.2", SOPInstanceUID="1.2.3")
    picture = b"\x89PNG\r\n\x1a\n" + bytes(64)
    answer = stow(giver, ct, picture, b"", b"\0" * 128 + b"DICM" + b"\xff" * 40)
    assert (answer.status_code, reasons(answer)) == (409, [0x0122, 0xC000, 0xC000, 0xC000])
    assert not Original.objects.exclude(state="refused").exists()


def test_answers_in_xml_and_a_single_object(giver: Client, files: list[bytes]) -> None:
    told = giver.post(STUDIES, files[0], content_type="application/dicom", headers={"Accept": "application/dicom+xml"})
    assert (told.status_code, told["Content-Type"]) == (200, "application/dicom+xml")
    root = ET.fromstring(told.content)  # noqa: S314 - our own answer
    assert root.find("DicomAttribute[@keyword='ReferencedSOPSequence']/Item") is not None
    refused = giver.post(STUDIES, files[0], content_type="application/dicom", headers={"Accept": "text/html"})
    assert refused.status_code == 406


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 415),
        ("application/dicom+json", 415),
        ('multipart/related; type="application/dicom+json"; boundary=b', 415),
        ('multipart/related; type="application/dicom+xml"; boundary=b', 415),
        ("multipart/form-data; boundary=b", 415),
        ('multipart/related; type="application/dicom"', 400),
        (f'multipart/related; type="application/dicom"; boundary={"b" * 71}', 400),
        ('multipart/related; type="application/dicom"; boundary=other', 400),
        ("", 415),
    ],
)
def test_other_bodies(giver: Client, before: list[str], files: list[bytes], kind: str, status: int) -> None:
    assert giver.post(STUDIES, related(files[0]), content_type=kind).status_code == status
    assert nothing_left(before)


HOSTILE = {
    "no end": lambda data: related(data)[:-20],
    "cut in the object": lambda data: related(data)[: len(data) // 2],
    "no part": lambda _: f"--{BOUNDARY}--\r\n".encode(),
    "nothing but a space": lambda _: b" ",
    "much before the first boundary": lambda data: b"x" * 9000 + related(data),
    "endless header": lambda _: f"--{BOUNDARY}\r\nX: ".encode() + b"x" * 20_000 + related(b""),
    "a header without an end": lambda _: f"--{BOUNDARY}\r\nContent-Type: application/dicom".encode() + related(b""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_leave_nothing(giver: Client, before: list[str], files: list[bytes], name: str) -> None:
    answer = giver.post(STUDIES, HOSTILE[name](files[0]), content_type=RELATED)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "dicomweb_request")
    assert nothing_left(before)


def test_a_part_within_a_part_is_no_object(giver: Client, before: list[str], files: list[bytes]) -> None:
    inner = b"--%s\r\nContent-Type: multipart/related; boundary=in\r\n\r\n--in\r\n\r\n%s\r\n--in--\r\n--%s--\r\n"
    answer = giver.post(STUDIES, inner % (BOUNDARY.encode(), files[0], BOUNDARY.encode()), content_type=RELATED)
    assert answer.status_code == 415
    assert nothing_left(before)


def test_ten_thousand_parts_end_at_the_limit(giver: Client, before: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LIMITS", dataclasses.replace(settings.LIMITS, files_per_deposit=3))
    started = time.monotonic()
    answer = giver.post(STUDIES, related(*[b"x"] * 10_000), content_type=RELATED)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (413, "limit_files")
    assert nothing_left(before) and time.monotonic() - started < 30


def test_what_is_too_large(
    giver: Client, before: list[str], files: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = dataclasses.replace(settings.LIMITS, file_bytes=len(files[1]) + 10)
    monkeypatch.setattr(settings, "LIMITS", small)
    assert len(files[0]) > len(files[1]) + 10
    alone = stow(giver, files[0])
    assert (alone.status_code, json.loads(alone.content)["code"]) == (413, "limit_bytes")
    assert nothing_left(before)
    mixed = stow(giver, files[0], files[1])
    assert (mixed.status_code, reasons(mixed), len(items(mixed, TAKEN))) == (202, [0xA700], 1)


def test_who_may_give(world: World, before: list[str], files: list[bytes]) -> None:
    def status(client: Client) -> int:
        return int(stow(client, files[0]).status_code)

    assert status(Client()) == 401
    assert status(bearer(make_token(world.service, "read"))) == 403
    assert status(bearer(make_token(world.trainee, "deposit"))) == 403
    assert nothing_left(before)
    refused = stow(Client(), files[0])
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert refused["Content-Type"] == "application/problem+json"


def test_the_owner_withdraws_by_delete(giver: Client, world: World, files: list[bytes]) -> None:
    place = items(stow(giver, files[0]), TAKEN)[0][URL]["Value"][0]
    clip = accept(world, Original.objects.get())
    world.published(clip)
    study = place[: place.index("/series")]
    assert bearer(make_token(world.trainee, "read", "withdraw")).delete(study).status_code == 403
    assert bearer(make_token(world.service, "deposit")).delete(study).status_code == 403
    assert Client().delete(study).status_code == 401
    assert giver.delete(study + "/series/1.2.3").status_code == 404
    assert giver.delete(study + "?reason=nonsense").status_code == 422
    assert giver.delete(study).status_code == 204
    assert [giver.get(each).status_code for each in (study, place)] == [410, 410]
    assert giver.delete(study).status_code == 410
