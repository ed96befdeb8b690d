"""Admission of mirrors, what they fetch, what they confirm, and the look whether it is so."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from imagebank.catalog.models import Clip, Origin
from imagebank.core.models import Node
from imagebank.exchange import probing, sequencer, wire
from imagebank.exchange.models import Change, Mirror
from imagebank.review.services import suspend
from imagebank.review.withdrawal import withdraw, withdraw_clip
from tests.api.conftest import world
from tests.factories import World, acting, make_service, session

from .reading import Reader
from .saying import Saying, saying

__all__ = ["saying", "world"]
MIRRORS = "/api/v1/mirrors/"
KEY = Ed25519PrivateKey.from_private_bytes(b"m" * 32)
NODE = "55555555-5555-4555-8555-555555555555"


def said(world: World, **changes: Any) -> dict[str, Any]:
    key = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
    words = {"account": world.service.email, "node": NODE, "key": key, "name": "South", "region": "DK"}
    return {**words, **changes}


def admit(world: World, caller: Client | None = None, **changes: Any) -> Any:
    return (caller or session(world.steward)).post(MIRRORS, said(world, **changes), "application/json")


def receipt(reader: Reader, **changes: Any) -> dict[str, Any]:
    """Signed by the mirror's node."""
    node = Node.current()
    words = wire.Receipt(str(node.pk), NODE, str(node.epoch), reader.head.seq, reader.head.digest, (), "2031-05-06")
    return wire.sign(KEY, "receipt", {**words.told(), **changes})


def test_a_steward_admits_a_mirror_and_sees_how_far_it_is(world: World) -> None:
    reader = Reader.of(world.service)
    world.published(world.stored())
    reader.read()
    steward = session(world.steward)
    before = steward.get(MIRRORS).json()["results"]
    assert [(row["state"], row["node"], row["asked_seq"]) for row in before] == [("unregistered", None, 0)]

    refused = {
        "another institution's steward": admit(world, session(world.stranger)).status_code,
        "a contributor": admit(world, session(world.contributor)).status_code,
        "a token": admit(world, reader.client).status_code,
        "no key": admit(world, key="AAAA").status_code,
        "a stranger's account": admit(world, account=world.stranger.email).status_code,
        "no second factor": admit(world, session(world.steward, second_factor=False)).status_code,
    }
    assert refused == {
        "another institution's steward": 404, "a contributor": 404, "a token": 404, "no key": 422,
        "a stranger's account": 404, "no second factor": 403,
    }  # fmt: skip
    told = admit(world)
    assert told.status_code == 201, told.json()
    assert (told.json()["state"], told.json()["key"]) == ("behind", wire.key_id(KEY.public_key().public_bytes_raw()))
    row = Mirror.objects.get()
    assert row.former == [{"region": "DK", "uses": ["teaching"], "audience": "registered"}] or row.former == []

    again = make_service("second", world.north)
    assert admit(world, account=again.email).json()["code"] == "mirror_exists"
    assert session(world.stranger).get(MIRRORS).json()["results"] == []
    assert steward.delete(f"{MIRRORS}{row.pk}/").status_code == 204
    assert reader.client.get("/api/v1/changes/").json()["code"] == "mirror_ended"


def test_receipts_and_what_is_overdue(world: World) -> None:
    reader = Reader.of(world.service)
    case = world.published(world.stored())
    reader.read()
    address = "/api/v1/changes/receipts/"
    unregistered = reader.client.post(address, receipt(reader), "application/json")
    assert (unregistered.status_code, unregistered.json()["code"]) == (422, "receipt")
    admit(world)
    withdraw(actor=acting(world.contributor), case=case)
    sequencer.run()
    yesterday = timezone.now() - dt.timedelta(days=1)
    Change.objects.update(numbered_at=yesterday)
    (row,) = session(world.steward).get(MIRRORS).json()["results"]
    assert (row["state"], row["overdue"]) == ("overdue", 2)  # the case and its clip

    reader.read()
    wrong = {
        "node": receipt(reader, node=NODE),
        "epoch": receipt(reader, epoch=NODE),
        "mirror": receipt(reader, mirror=str(uuid.uuid4())),
        "head": receipt(reader, head="a" * 64),
        "seq": receipt(reader, seq=99),
        "changed": {**receipt(reader), "seq": 1},
        "other-key": wire.sign(Ed25519PrivateKey.generate(), "receipt", receipt(reader)),
    }
    told = {name: reader.client.post(address, words, "application/json").status_code for name, words in wrong.items()}
    assert set(told.values()) == {422}, told
    good = receipt(reader, purged=[str(case.pk)])
    answers = [reader.client.post(address, good, "application/json") for _ in range(2)]
    assert [(answer.status_code, answer.json()["overdue"]) for answer in answers] == [(201, 0)] * 2
    (row,) = session(world.steward).get(MIRRORS).json()["results"]
    assert (row["state"], row["overdue"], row["acknowledged_seq"]) == ("current", 0, reader.head.seq)
    assert Mirror.objects.get().receipts.count() == 1


def test_blobs_by_their_hash(world: World) -> None:
    reader = Reader.of(world.service)
    clip = world.stored()
    case = world.published(clip)
    hidden = world.stored()
    (put,) = reader.read()
    blob = next(blob for blob in put.blobs if blob.role == "playback")
    address = f"/api/v1/blobs/{blob.sha256}"
    whole = reader.client.get(address)
    data = whole.getvalue()
    assert hashlib.sha256(data).hexdigest() == blob.sha256 and len(data) == blob.size
    value = base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert (whole["Repr-Digest"], whole["ETag"]) == (f"sha-256=:{value}:", f'"{blob.sha256}"')
    part = reader.client.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.getvalue(), part["Repr-Digest"]) == (206, data[100:200], whole["Repr-Digest"])

    def status(sha256: str) -> int:
        answer = reader.client.get(f"/api/v1/blobs/{sha256}")
        answer.close()
        return int(answer.status_code)

    of_hidden = hidden.renditions.get(role="dicom").sha256  # the same bytes as of the public one
    assert status(of_hidden) == 200 and status("0" * 64) == 404
    case = suspend(actor=acting(world.curator), case=case)
    assert status(blob.sha256) == 404
    type(case.rights).objects.filter(pk=case.rights_id).update(regions=["FR"])
    withdraw(actor=acting(world.contributor), case=case)
    assert status(blob.sha256) == 410
    sequencer.run()
    assert status(blob.sha256) == 410 and Clip.objects.get(pk=hidden.pk).state == "private"


@pytest.fixture
def held(world: World, saying: Saying) -> Iterator[tuple[Mirror, Saying]]:
    """A mirror that has confirmed one live and one withdrawn clip, and its node, which says what it is told to."""
    live, gone = world.stored(), world.stored()
    live.renditions.filter(role="dicom").update(sha256=hashlib.sha256(b"\0" * 128 + b"DICM").hexdigest())
    world.published(live)
    case = world.published(gone)
    gone.renditions.filter(role="dicom").update(sha256="f" * 64)
    case.projection.document["clips"][0]["media"]["dicom"]["sha256"] = "f" * 64
    case.projection.save()
    sequencer.run()
    gone.refresh_from_db()
    withdraw_clip(actor=acting(world.contributor), clip=gone)
    sequencer.run()
    admit(world, address=saying.address)
    reader = Reader.of(world.service)
    reader.read()
    Mirror.objects.update(acknowledged_seq=reader.head.seq)
    yield Mirror.objects.get(), saying


def test_probes_find_what_is_kept_what_is_missing_and_who_lies(held: tuple[Mirror, Saying]) -> None:
    mirror, saying = held
    told = b"\0" * 128 + b"DICM"

    def honest(path: str) -> tuple[int, dict[str, str]]:
        sha256, nonce = path.removeprefix("/api/v1/blobs/").split("?nonce=")
        if sha256 == "f" * 64:
            return 410, {}
        return 200, {"digest": hashlib.sha256(bytes.fromhex(nonce) + told).hexdigest()}

    saying.answer = honest
    assert probing.probe(mirror) == ""
    saying.answer = lambda path: (200, {"digest": "0" * 64})
    assert probing.probe(mirror) == "kept"
    saying.answer = lambda path: (410, {}) if "f" * 64 in path else (200, {"digest": "0" * 64})
    assert probing.probe(mirror) == "wrong"
    saying.answer = lambda path: (404, {})
    assert probing.probe(mirror) == "lacks"
    saying.answer = lambda path: (302, {})
    assert probing.probe(mirror) == "lacks" and len(saying.asked) == 9
    saying.close()
    assert probing.probe_next() and not probing.probe_next()
    assert Mirror.objects.get().probe_fault == "unreachable"


def test_a_mirror_proves_what_it_holds_to_anybody(world: World) -> None:
    clip = world.stored()
    world.published(clip)
    sha256 = clip.renditions.get(role="dicom").sha256
    address, nonce = f"/api/v1/blobs/{sha256}", "0f" * 16
    assert Client().get(address, {"nonce": nonce}).status_code == 404  # our own
    origin = Origin.objects.create(
        id=uuid.uuid4(), name="Other", address="https://other.example", fingerprint="x", account=world.service
    )
    with transaction.atomic(), connection.cursor() as cursor:  # nothing of ours ever becomes another node's
        cursor.execute("ALTER TABLE catalog_clip DISABLE TRIGGER USER")
        Clip.objects.filter(pk=clip.pk).update(origin=origin)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE catalog_clip ENABLE TRIGGER USER")
    told = Client().get(address, {"nonce": nonce}).json()
    assert told == {"digest": hashlib.sha256(bytes.fromhex(nonce) + b"\0" * 128 + b"DICM").hexdigest()}
    assert Client().get(address, {"nonce": "00"}).json()["code"] == "nonce"
    assert Client().get(address).status_code == 401
