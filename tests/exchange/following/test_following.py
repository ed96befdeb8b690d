"""A case of another node comes, changes, is hidden, goes: what readers here get of it, and what is left on the disk."""

from __future__ import annotations

import uuid
from contextlib import closing

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from imagebank.accounts.permissions import RULES, allowed
from imagebank.catalog.coarsening import neighbours_in_small_cells
from imagebank.catalog.models import Case, Clip, PublicCase
from imagebank.core import stores
from imagebank.core.models import Node, Outbox
from imagebank.exchange import wire
from imagebank.exchange.node_keys import card
from imagebank.review.doubting import doubt
from tests.factories import acting, make_person, make_world

from .clips import numbered
from .conftest import Followers
from .origin import document


def status(address: str) -> int:
    with closing(Client().get(address)) as answer:
        return int(answer.status_code)


def test_a_case_comes_and_goes(mirror: Followers) -> None:
    case, clip, data = mirror.case()
    done = mirror.catch_up()
    assert (done.error, done.items, done.shown, done.at_head) == ("", 1, 1, True), mirror.refusals()
    answer = Client().get(f"/api/v1/cases/{case}/").json()
    assert (answer["id"], answer["licence"]) == (case, "LicenseRef-Imagebank-Teaching-1.0")
    assert answer["origin"] == {"node": mirror.node.id, "name": "Small node", "address": mirror.node.url}
    assert answer["institution"]["name"] == "West"
    found = Client().get("/api/v1/cases/?q=effusion").json()
    assert [one["id"] for one in found["results"]] == [case]
    address = f"/api/v1/clips/{clip}/poster.webp"
    assert status(address) == 200
    with stores.bank.open(uuid.UUID(clip), "dicom", wire.sha256(data)) as kept:
        assert kept.read() == data
    assert not Outbox.objects.exists(), "what another node tells is not told on"

    mirror.node.withdraw(case)
    done = mirror.catch_up()
    assert (done.error, done.purged) == ("", 1)
    assert not stores.bank.folder(uuid.UUID(clip)).exists()
    for gone in (address, f"/api/v1/cases/{case}/", f"/api/v1/clips/{clip}/", f"/cases/{case}/"):
        assert status(gone) == 410, gone
    assert Client().get("/api/v1/cases/?q=effusion").json()["results"] == []
    _receipts_hold(mirror, case)


def _receipts_hold(mirror: Followers, case: str) -> None:
    """Signed by the key that our own card tells, one for each advance, the last one names what was purged."""
    keys = wire.trusted_keys(str(Node.current().pk), card()["keys"], card()["keys"][0]["id"])
    receipts = [wire.Receipt.of(told, keys) for told in mirror.node.receipts]
    assert [(one.seq, one.purged) for one in receipts] == [(1, ()), (2, (case,))]
    assert receipts[-1].head == mirror.node.head.digest


def test_a_revision_takes_the_place_and_a_clip_that_is_gone_loses_its_bytes(mirror: Followers) -> None:
    case, first, second = (str(uuid.uuid4()) for _ in range(3))
    objects = {first: numbered(), second: numbered()}
    mirror.node.put(document(case, first, second), objects)
    assert mirror.catch_up().shown == 1, mirror.refusals()
    asked = len(mirror.node.asked)
    said = document(case, first, revision=2, title={"en": "Less to see"}, strange={"x": 1})
    mirror.node.revise(said, {first: objects[first]})
    assert mirror.catch_up().shown == 1, mirror.refusals()
    answer = Client().get(f"/api/v1/cases/{case}/").json()
    assert (answer["title"], answer["revision"], len(answer["clips"])) == ("Less to see", 2, 1)
    assert "strange" not in answer
    assert mirror.refusals() == [("unknown_key", "strange")]
    assert not any("blobs" in path for path in mirror.node.asked[asked:]), "what is here is not fetched again"
    assert stores.bank.folder(uuid.UUID(first)).exists()
    assert not stores.bank.folder(uuid.UUID(second)).exists()
    assert status(f"/api/v1/clips/{second}/") == 410

    mirror.node.restrict(case)
    mirror.catch_up()
    assert status(f"/api/v1/cases/{case}/") == 404
    assert status(f"/api/v1/clips/{first}/poster.webp") == 404
    assert stores.bank.folder(uuid.UUID(first)).exists()
    mirror.node.revise(said, {first: objects[first]})
    mirror.catch_up()
    assert status(f"/api/v1/clips/{first}/poster.webp") == 200
    assert Clip.objects.get(pk=first).state == "public"


def test_what_is_withdrawn_since_is_never_fetched_and_never_comes(mirror: Followers) -> None:
    case, clip, _ = mirror.case()
    put = mirror.node.items[-1]
    mirror.node.withdraw(case)
    assert mirror.catch_up().purged == 1
    mirror.node.put(document(case, clip), {clip: numbered()}, rev=put.rev + 5)
    assert mirror.catch_up().shown == 0
    assert not any("blobs" in path for path in mirror.node.asked)
    assert not Case.objects.filter(pk=case).exists()
    assert not PublicCase.objects.exists()


def test_nobody_changes_it_here_and_it_proves_that_it_is_here(mirror: Followers) -> None:
    """Not its author's account, not a curator, a reviewer or a privacy officer; SQL neither moves it to us."""
    case, clip, data = mirror.case(synthetic=False)
    mirror.catch_up()
    row, world = Case.objects.get(pk=case), make_world()
    officer = make_person("officer", role="privacy_officer")
    for person in (world.curator, world.reviewer, world.admin, world.steward, officer, row.author):
        for act in RULES:
            if act.startswith("case."):
                assert not allowed(acting(person), act, Case.objects.filter(pk=case)).exists(), (person, act)
            if act.startswith("clip."):
                assert not allowed(acting(person), act, Clip.objects.filter(pk=clip)).exists(), (person, act)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case).update(origin=None)
    ours = world.published(world.stored())
    assert row not in neighbours_in_small_cells(ours), "it counts in no k-check of ours"
    nonce = bytes(range(16))
    told = Client().get(f"/api/v1/blobs/{wire.sha256(data)}", {"nonce": nonce.hex()}).json()
    assert told == {"digest": wire.sha256(nonce + data)}
    mirror.node.withdraw(case)
    mirror.catch_up()
    assert status(f"/api/v1/blobs/{wire.sha256(data)}?nonce={nonce.hex()}") in (404, 410)


def test_a_fear_for_privacy_hides_it_here_until_it_is_decided(mirror: Followers) -> None:
    case, clip, data = mirror.case()
    mirror.catch_up()
    world = make_world()
    doubt(actor=acting(world.trainee), case=Case.objects.get(pk=case), kind="privacy")
    assert status(f"/api/v1/cases/{case}/") == 404
    mirror.node.revise(document(case, clip, revision=2), {clip: data})
    assert mirror.catch_up().error == ""
    assert status(f"/api/v1/cases/{case}/") == 404, "another revision does not answer the fear"
    assert not Outbox.objects.filter(object_id=case).exists()
