"""The change feed: dense, chained, signed; what it says of a case, and what it does not say to whom."""

from __future__ import annotations

import io
import json
import threading
import time
import urllib.request

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from imagebank.catalog.models import Case, PublicCase
from imagebank.catalog.projection import uncredit
from imagebank.core.models import Node, Outbox
from imagebank.core.states import emit
from imagebank.exchange import node_keys, sequencer, wire
from imagebank.exchange.models import Change, Mirror
from imagebank.review.services import restore, suspend
from imagebank.review.withdrawal import withdraw, withdraw_clip
from tests.api.conftest import world
from tests.factories import World, acting, bearer, make_service, make_token
from tests.serving import web_server

from .reading import CHANGES, Reader

__all__ = ["world"]


def test_a_case_from_its_publication_to_its_withdrawal(world: World) -> None:
    reader = Reader.of(world.service)
    assert reader.read() == []

    case = world.published(world.stored())
    (put,) = reader.read()
    document = PublicCase.objects.get(case=case).document
    assert (put.seq, put.op, put.type, put.id, put.rev, put.document) == (1, "put", "case", str(case.pk), 1, document)
    assert put.rights["uses"] == ["teaching"] and put.origin == str(Node.current().pk)
    assert {blob.role for blob in put.blobs} == {"dicom", "playback", "small", "poster", "frames"}

    case = suspend(actor=acting(world.curator), case=case)
    (restrict,) = reader.read()
    assert (restrict.op, restrict.document, restrict.blobs) == ("restrict", None, ())

    restore(actor=acting(world.curator), case=case)
    uncredit(case)
    revised = reader.read()
    assert [(item.op, item.rev) for item in revised] == [("superseded", 0), ("revise", 4)]

    case.refresh_from_db()
    withdraw(actor=acting(world.contributor), case=case, reason="patient_request")
    gone = {item.type: item for item in reader.read()}
    assert {(item.op, item.reason) for item in gone.values()} == {("withdraw", "patient_request")}
    assert gone["clip"].id == document["clips"][0]["id"] and reader.live() == {}


def test_what_is_over_is_in_the_feed_by_number_alone(world: World) -> None:
    case = world.published(world.stored())
    sequencer.run()
    words = PublicCase.objects.get(case=case).document["title"]["en"]
    withdraw(actor=acting(world.contributor), case=case)
    kept = [Change.objects.values_list("document", flat=True).get(seq=1)]
    reader = Reader.of(world.service)
    before = reader.client.get(CHANGES).json()  # not numbered yet, but hidden already
    assert [item["op"] for item in before["items"]] == ["superseded"] and kept != [None]
    reader.read()
    assert reader.items[0].op == "superseded"
    rows = list(Change.objects.filter(operation="put").values("document", "salt", "blobs", "content", "subject"))
    assert rows == [{"document": None, "salt": "", "blobs": [], "content": "", "subject": None}]
    assert words not in json.dumps([item.told() for item in reader.items])


def test_what_was_never_public_is_never_told(world: World) -> None:
    withdraw_clip(actor=acting(world.contributor), clip=world.stored())
    case = world.published(world.stored())
    withdraw(actor=acting(world.contributor), case=case)
    reader = Reader.of(world.service)
    assert reader.read() == [] and not Outbox.objects.exists()


def test_what_the_rights_forbid_is_a_commitment_and_nothing_more(world: World) -> None:
    """Neither content nor life of a withheld case can be told from what its stubs say."""
    open_case = world.published(world.stored())
    closed = [world.published(world.stored()) for _ in range(2)]
    for case, rights in zip(closed, ({"regions": ["FR"]}, {"uses": ["research"]}), strict=True):
        type(case.rights).objects.filter(pk=case.rights_id).update(**rights)
    reader = Reader.of(world.service)
    first = reader.read()
    for case in closed:
        emit("revise", case)
    second = reader.read()
    for case in closed:
        withdraw(actor=acting(world.contributor), case=case)
    third = reader.read()
    assert [item.op for item in first] == ["put", "withheld", "withheld"]
    assert len(second + third) == 6 and {item.op for item in second + third} == {"withheld"}
    told = json.dumps([item.told() for item in reader.items if item.is_stub])
    for case in closed:
        for secret in (str(case.pk), str(case.subject_id), "FR", "research", "Breathless"):
            assert secret not in told
    assert set(reader.live()) == {str(open_case.pk)}
    fresh = Reader.of(world.service)
    assert [item.op for item in fresh.read()] == ["put"] + ["withheld"] * (len(reader.items) - 1)


def test_who_had_it_is_told_when_it_gets_out_of_reach_and_when_it_goes(world: World) -> None:
    case = world.published(world.stored())
    reader = Reader.of(world.service)
    reader.read()
    type(case.rights).objects.filter(pk=case.rights_id).update(regions=["FR"])
    emit("revise", case)
    assert [item.op for item in reader.read()] == ["restrict", "withheld"] and reader.live() == {}
    late = Reader.of(world.service)
    assert [item.op for item in late.read()] == ["superseded", "restrict", "withheld"]
    withdraw(actor=acting(world.contributor), case=case)
    assert {item.op for item in reader.read()} == {"withdraw"}


def test_a_mirror_that_moved_is_told_what_it_had(world: World) -> None:
    case = world.published(world.stored())
    reader = Reader.of(world.service)
    reader.read()
    row = Mirror.objects.get(account=world.service)
    row.former, row.uses = [{"region": "DK", "uses": ["teaching"], "audience": "registered"}], ["commercial"]
    row.save()
    withdraw(actor=acting(world.contributor), case=case)
    assert {item.op for item in reader.read()} == {"withdraw"}


def test_each_mirror_knows_a_patient_by_another_name_and_no_source_by_any(world: World) -> None:
    clips = world.stored(), world.stored()
    type(clips[1]).objects.filter(pk=clips[1].pk).update(subject=clips[0].subject)
    clips[1].refresh_from_db()
    for clip in clips:
        world.published(clip)
    one, other = Reader.of(world.service), Reader.of(make_service("second", world.north))
    ones, others = ({item.subject for item in reader.read()} for reader in (one, other))
    assert len(ones) == len(others) == 1 and ones != others
    told = json.dumps([item.told() for item in one.items + other.items])
    clip = clips[0]
    for secret in (clip.sop_instance_uid, clip.study_uid, clip.series_uid, str(clip.subject_id), clip.subject_id.hex,
                   str(clip.depositor_id), world.north.slug):  # fmt: skip
        assert secret not in told


def test_cursors(world: World) -> None:
    case = world.published(world.stored())
    reader = Reader.of(world.service)
    reader.read()
    ask = reader.client.get
    nothing = ask(CHANGES, {"since": reader.cursor})
    assert nothing.json()["items"] == [] and len(nothing.content) <= 1024
    same = ask(CHANGES, {"since": reader.cursor}, headers={"If-None-Match": nothing["ETag"]})
    assert same.status_code == 304 and not same.content
    forged = reader.cursor[:-4] + ("AAAA" if not reader.cursor.endswith("AAAA") else "BBBB")
    assert [ask(CHANGES, {"since": text}).status_code for text in (forged, "x", "é", "!")] == [400] * 4
    assert [ask(CHANGES, {"wait": text}).status_code for text in ("31", "-1", "x")] == [422] * 3

    emit("revise", case)
    reader.read()
    Change.objects.filter(seq=2).delete()  # a restored backup has forgotten the last
    answer = ask(CHANGES, {"since": reader.cursor})
    assert (answer.status_code, answer.json()["code"]) == (409, "epoch_changed")
    assert answer.json()["errors"]["head"]["seq"] == 1
    first = ask(CHANGES).json()["next"]
    call_command("node", "new-epoch", user=world.admin.email, stdout=io.StringIO())
    assert ask(CHANGES, {"since": first}).status_code == 409


def test_who_may_follow(world: World) -> None:
    world.published(world.stored())
    statuses = {
        "no scope": bearer(make_token(world.service, "read")),
        "no institution": bearer(make_token(world.trainee, "mirror")),
        "no token": Client(),
        "contributor": bearer(make_token(world.contributor, "mirror")),
    }
    told = {name: client.get(CHANGES).status_code for name, client in statuses.items()}
    assert told == {"no scope": 403, "no institution": 403, "no token": 401, "contributor": 200}
    reader = Reader.of(world.service)
    reader.read()
    world.north.agreements.all().delete()
    assert reader.client.get(CHANGES).json()["code"] == "mirror_agreement"
    assert reader.client.get(f"/api/v1/blobs/{'0' * 64}").status_code == 403


def test_keys_are_rotated_on_the_word_of_the_one_before(world: World) -> None:
    reader = Reader.of(world.service)
    reader.read()
    first = reader.client.get("/api/v1/node/").json()["keys"][0]["id"]
    world.published(world.stored())
    sequencer.run()
    node_keys.rotate(actor=acting(world.admin))
    call_command("node", "rotate-key", user=world.admin.email, stdout=io.StringIO())
    with pytest.raises(CommandError):
        call_command("node", "rotate-key", user=world.curator.email, stdout=io.StringIO())
    card = reader.client.get("/api/v1/node/").json()
    assert [key["retired_seq"] is None for key in card["keys"]] == [False, False, True]
    assert wire.trusted_keys(card["id"], card["keys"], first).keys() == {card["keys"][-1]["id"]}
    assert [item.op for item in reader.read()] == ["put"]


def change(case: Case) -> None:
    """In a thread of its own."""
    emit("revise", case)
    sequencer.run()
    connection.close()


@pytest.mark.long
def test_a_waiting_reader_is_told_at_once(world: World) -> None:
    """Through the web process: the answer comes when the head moves, not when the time is over."""
    token = make_token(world.service, "mirror")
    case = world.published(world.stored())
    sequencer.run()
    reader = Reader(bearer(token))
    reader.read()

    def ask(port: int, wait: int) -> tuple[float, int]:
        address = f"http://127.0.0.1:{port}{CHANGES}?since={reader.cursor}&wait={wait}"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
        start = time.monotonic()
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return time.monotonic() - start, len(json.load(answer)["items"])

    with web_server() as port:
        slow, none = ask(port, 1)
        assert slow >= 1 and none == 0
        threading.Timer(0.7, lambda: change(case)).start()
        fast, one = ask(port, 15)
        assert fast < 10 and one == 1
