"""The ZIP of a version: whole, verifiable, by the reader's rights, without a time, in little memory."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from typing import Any

import pytest
from django.test import Client

from imagebank.accounts.models import User
from imagebank.catalog.models import Rendition
from imagebank.catalog.services import create_case, submit
from imagebank.collections import archive
from imagebank.core import stores
from imagebank.core.models import AuditEvent
from imagebank.review.services import publish, review
from imagebank.review.withdrawal import withdraw
from tests.factories import World, acting, bearer, case_data, make_token, session

from .conftest import published_collection

ADDRESS = "/api/v1/collections/effusions/versions/1/archive.zip"


def taken(client: Client, query: str = "") -> zipfile.ZipFile:
    answer: Any = client.get(ADDRESS + query)
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def manifest(held: zipfile.ZipFile) -> Any:
    return json.loads(held.read("manifest.json"))


@pytest.mark.parametrize(("query", "role", "suffix"), [("", "dicom", "dcm"), ("?kind=mp4", "playback", "mp4")])
def test_every_file_is_what_manifest_and_sums_say(world: World, query: str, role: str, suffix: str) -> None:
    cases = [world.published(world.stored()) for _ in range(2)]
    published_collection(world, *cases)
    held = taken(session(world.trainee), query)
    assert held.testzip() is None
    items = manifest(held)["items"]
    assert [item["file"] for item in items] == [f"clips/{n:03d}-01.{suffix}" for n in (1, 2)]
    stored = {row.sha256 for row in Rendition.objects.filter(clip__case__in=cases, role=role)}
    for item in items:
        data = held.read(item["file"])
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (item["sha256"], item["size"])
        assert item["sha256"] in stored
        assert f"{item['sha256']}  {item['file']}\n" in held.read("SHA256SUMS").decode()
        assert item["licence"] in held.read("LICENCES.txt").decode()
    assert "Revocable" in held.read("LICENCES.txt").decode()


def test_nothing_in_it_tells_a_time_or_a_person(world: World) -> None:
    published_collection(world, world.published(world.stored()))
    held = taken(session(world.trainee))
    assert {info.date_time for info in held.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not any(person.encode() in held.read("manifest.json") for person in ("curator", "contributor", "north"))


def test_an_account_with_accepted_terms_is_needed(world: World) -> None:
    published_collection(world, world.published(world.stored()))
    assert Client().get(ADDRESS).status_code == 401
    User.objects.filter(pk=world.trainee.pk).update(accepted_terms="")
    assert session(world.trainee).get(ADDRESS).json()["code"] == "terms"
    assert bearer(make_token(world.contributor, "deposit")).get(ADDRESS).status_code == 403
    assert session(world.curator).get(ADDRESS + "?kind=raw").status_code == 422
    assert session(world.curator).head(ADDRESS).content == b""


def test_what_goes_while_it_is_sent_is_a_gap(world: World) -> None:
    cases = [world.published(world.stored()) for _ in range(3)]
    row = published_collection(world, *cases)
    pieces = archive.stream(row.versions.get(), acting(world.trainee), "dicom", "en")
    data = next(pieces)
    withdraw(actor=acting(world.contributor), case=cases[2], reason="patient_request")
    held = zipfile.ZipFile(io.BytesIO(data + b"".join(pieces)))
    assert manifest(held)["items"][2] == {"position": 3, "gap": "consent"}
    assert len([name for name in held.namelist() if name.startswith("clips/")]) == 2


def test_every_case_that_was_taken_is_written_down(world: World) -> None:
    cases = [world.published(world.stored()) for _ in range(2)]
    published_collection(world, *cases)
    taken(session(world.trainee))
    rows = AuditEvent.objects.filter(event="download", actor_id=world.trainee.pk, action="R")
    assert {row.object_id for row in rows} == {case.pk for case in cases}
    assert {row.institution_id for row in rows} == {world.north.pk}


def test_a_damaged_object_breaks_off(world: World) -> None:
    case = world.published(world.stored())
    row = published_collection(world, case)
    rendition = Rendition.objects.get(clip__case=case, role="dicom")
    stores.bank.path(rendition.clip_id, "dicom", rendition.sha256).write_bytes(b"other")
    with pytest.raises(archive.Damaged):
        list(archive.stream(row.versions.get(), acting(world.trainee), "dicom", "en"))


def test_memory_does_not_grow_with_the_archive(world: World) -> None:
    """Twelve clips of 5 MB: the peak of the process grows by less than 25 MB."""
    clips = [world.stored() for _ in range(12)]
    for clip in clips:
        sha256, size = stores.bank.put(clip.pk, "dicom", io.BytesIO(os.urandom(5 << 20)))
        clip.renditions.filter(role="dicom").update(sha256=sha256, size=size)
    data = case_data(clips[0], clips=[{"id": str(clip.pk), "view": "lung-plaps-right"} for clip in clips])
    case = create_case(actor=acting(world.contributor), data=data)
    submit(actor=acting(world.contributor), case=case)
    review(actor=acting(world.reviewer), case=case, verdict="accept")
    version = published_collection(world, publish(actor=acting(world.curator), case=case)).versions.get()
    next(archive.stream(version, acting(world.trainee), "mp4", "en"))
    reset_peak()
    before = peak()
    sent = sum(map(len, archive.stream(version, acting(world.trainee), "dicom", "en")))
    assert sent > 12 * 5 << 20
    assert peak() - before < 25 << 20


def reset_peak() -> None:
    with open("/proc/self/clear_refs", "w") as handle:
        handle.write("5")


def peak() -> int:
    """High-water mark of the resident set in bytes."""
    with open("/proc/self/status") as handle:
        return next(int(line.split()[1]) << 10 for line in handle if line.startswith("VmHWM"))
