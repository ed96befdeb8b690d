"""A node that lies: each lie is refused, reported, and reaches no reader; the honest cases beside it come through."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone
from pydicom import dcmread

from imagebank.catalog.models import Case, PublicCase, Tombstone
from imagebank.core import stores
from imagebank.exchange import wire
from imagebank.exchange.following import stale
from imagebank.exchange.following.models import Following
from imagebank.exchange.following.services import begin_anew
from imagebank.exchange.wire import Item
from tests.factories import make_institution, make_world

from .clips import numbered
from .conftest import Followers
from .origin import RIGHTS, document
from .test_following import status


def shown() -> set[str]:
    return {str(pk) for pk in PublicCase.objects.filter(hidden=False).values_list("case_id", flat=True)}


TEXTS: dict[str, dict[str, Any]] = {
    "date": {"vignette": {"en": "Came on 12.03.2025 with pain"}},
    "name": {"title": {"de": "Frau Müller, Atemnot"}},
    "named": {"management": {"changed": True, "note": {"en": "Patient: Smith got a drain"}}},
    "mail": {"credit": "j.doe@hospital.example"},
    "old": {"title": {"en": "A lady aged 93"}},
}
SHAPES: dict[str, dict[str, Any]] = {
    "no clips": {"clips": []}, "no findings": {"findings": []}, "markup as a word": {"setting": ["ed"]},
    "presence": {"findings": [{"term": "pleural-effusion-simple", "presence": "<b>"}]},
    "region": {"findings": [{"term": "pleural-effusion-simple", "presence": "present", "region": [9, 9, 9, 9]}]},
    "day": {"published_at": "yesterday"}, "revision": {"revision": -1}, "country": {"country": "dk"},
}  # fmt: skip


def test_what_a_document_may_not_say(mirror: Followers) -> None:
    """Texts that point at somebody, shapes that are not ours, rights that do not hold, words that nobody knows."""
    make_institution("west", name="Somebody else's West")
    wanted: list[tuple[str, str]] = []
    for _, changes in sorted(TEXTS.items()):
        case, clip = str(uuid.uuid4()), str(uuid.uuid4())
        mirror.node.put(document(case, clip, institution=None, **changes), {clip: b"never fetched"})
        wanted.append(("text", next(iter(changes)) if "management" not in changes else "note"))
    for changes in SHAPES.values():
        case, clip = str(uuid.uuid4()), str(uuid.uuid4())
        mirror.node.put({**document(case, clip, institution=None), **changes}, {clip: numbered()})
    case, clip = str(uuid.uuid4()), str(uuid.uuid4())
    mirror.node.put(document(case, clip), {clip: b"x"})  # poses as an institution of ours
    for rights in (
        {**RIGHTS, "uses": ["research"]},
        {**RIGHTS, "audience": "all"},
        {**RIGHTS, "expires_on": "2020-01-01"},
    ):
        mirror.node.put(document(str(uuid.uuid4()), clip, institution=None), {clip: b"x"}, rights=rights)
    mirror.node.put(document(str(uuid.uuid4()), clip, institution=None, indication="unheard-of"), {clip: b"x"})
    done = mirror.catch_up()
    assert (done.error, done.shown, done.at_head) == ("", 0, True)
    told = mirror.refusals()
    assert [entry for entry in told if entry[0] == "text"] == wanted
    codes = [code for code, _ in told]
    assert {code: codes.count(code) for code in set(codes)} == {
        "text": len(TEXTS), "shape": len(SHAPES), "slug_clash": 1, "rights": 3, "vocabulary": 1,
    }  # fmt: skip
    assert not Case.objects.exists()
    assert mirror.row.followed.filter(made="waiting").count() == 1


def test_what_an_object_may_not_be(mirror: Followers) -> None:
    """Foreign ids, wrong bytes, a person's name in the header, too many bytes; the honest case comes."""
    world = make_world()
    ours = world.published(world.stored())
    own_clip = ours.clips.get()
    before = {path.name for path in stores.bank.root.glob("*/*")}
    honest, honest_clip, data = mirror.case(institution=None)
    clip = str(uuid.uuid4())
    lies = {
        "clash": document(str(ours.pk), clip, institution=None),
        "clash clips": document(str(uuid.uuid4()), str(own_clip.pk), institution=None),
    }
    for told in lies.values():
        mirror.node.put(told, {told["clips"][0]["id"]: numbered()})
    other = str(uuid.uuid4())
    mirror.node.put(document(other, clip, institution=None), {clip: numbered()}, origin=str(uuid.uuid4()))
    for name, spoilt in (("leak", leaky()), ("text", b"no DICOM at all"), ("twice", data)):
        case, clip = str(uuid.uuid5(uuid.NAMESPACE_DNS, name)), str(uuid.uuid4())
        mirror.node.put(document(case, clip, institution=None), {clip: spoilt})
    huge = mirror.case(institution=None)[0]
    item = mirror.node.items.pop()
    blob = replace(item.blobs[0], size=settings.LIMITS.file_bytes + 1)
    mirror.node._add("put", huge, rev=1, rights=RIGHTS, document=item.document, content=item.content, blobs=(blob,))
    done = mirror.catch_up()
    assert (done.error, done.at_head) == ("", True)
    mirror.node.withdraw(str(ours.pk))
    mirror.node.withdraw(str(own_clip.pk), type="clip")
    assert mirror.catch_up().purged == 0
    assert sorted(mirror.refusals()) == sorted([
        ("clash", ""), ("clash", ""), ("origin", ""), ("verifier", "dicom"), ("verifier", "dicom"),
        ("clash", "sop_instance_uid"), ("size", "dicom"), ("clash", "withdraw"), ("clash", "withdraw"),
    ])  # fmt: skip
    assert shown() == {str(ours.pk), honest}
    assert stores.bank.folder(own_clip.pk).exists()
    assert not Tombstone.objects.exists()
    kept = {path.name for path in stores.bank.root.glob("*/*")}
    assert kept - before == {honest_clip}, "nothing of what was refused is left"


def leaky() -> bytes:
    """Clean, but for the name of a person in a text that the profile keeps."""
    dataset = dcmread(io.BytesIO(numbered()))
    dataset.PatientName = "Hansen^Peter"
    dataset.PatientID = "0102031234"
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def rechained(items: list[Item]) -> list[Item]:
    """The same items as the feed of a node that was set up anew numbers them."""
    found: list[Item] = []
    for number, item in enumerate(items, 1):
        moved = replace(item, seq=number, prev=found[-1].digest if found else wire.GENESIS)
        found.append(replace(moved, digest=wire.chain(moved.prev, moved.commitment)))
    return found


def test_an_old_head_another_key_and_a_padded_blob(mirror: Followers) -> None:
    case = mirror.case()[0]
    assert mirror.catch_up().shown == 1
    mirror.node.padding = 10
    second = mirror.case()[0]
    done = mirror.catch_up()
    assert (done.error, done.shown) == ("", 0)
    assert mirror.refusals() == [("size", "dicom")]
    mirror.node.padding = 0
    third = mirror.case()[0]
    assert mirror.catch_up().shown == 2, "what waited for its bytes comes"
    assert second in shown()

    mirror.node.hidden_head = 2
    assert mirror.catch_up().error == "head"
    mirror.node.hidden_head = 0
    real, mirror.node.key = mirror.node.key, Ed25519PrivateKey.generate()
    assert mirror.catch_up().error == "signature"
    mirror.node.key = real
    assert mirror.catch_up().error == ""
    mirror.node.epoch = str(uuid.uuid4())
    assert mirror.catch_up().error == "epoch"
    mirror.node.withdraw(case)
    assert mirror.catch_up().error == "epoch", "somebody has to look first"
    assert case in shown()
    begin_anew(mirror.row)
    mirror.node.items.pop()
    mirror.node.epoch = str(uuid.uuid4())
    mirror.node.items.pop(0)
    mirror.node.items = rechained(mirror.node.items)
    assert mirror.catch_up().error == ""
    assert shown() == {second, third}, "what the new feed does not tell of has gone"
    assert Tombstone.objects.filter(pk=case).exists()
    assert [code for code, _ in mirror.refusals()] == ["size", "head", "signature", "epoch"]


def test_two_documents_of_one_revision_hide_the_case(mirror: Followers) -> None:
    case, clip, data = mirror.case()
    mirror.catch_up()
    mirror.node.revise(document(case, clip, title={"en": "Another"}), {clip: data}, rev=1)
    mirror.catch_up()
    assert shown() == set()
    assert mirror.refusals() == [("frozen", "")]
    mirror.node.revise(document(case, clip, revision=2), {clip: data}, rev=2)
    mirror.catch_up()
    assert shown() == {case}


def test_a_mirror_that_has_not_synced_serves_nothing(mirror: Followers) -> None:
    case, clip, _ = mirror.case()
    mirror.catch_up()
    old = timezone.now() - dt.timedelta(days=settings.MIRROR_STALE_DAYS, minutes=1)
    Following.objects.update(synced_at=old)
    assert stale.hide_stale() == 1
    assert status(f"/api/v1/cases/{case}/") == 404
    assert status(f"/api/v1/clips/{clip}/poster.webp") == 404
    assert stale.hide_stale() == 0
    mirror.catch_up()
    assert status(f"/api/v1/cases/{case}/") == 200


def test_only_what_is_chosen_is_taken(mirror: Followers) -> None:
    Following.objects.update(languages=["fr"], licences=["CC0-1.0", RIGHTS["licence"]])
    mirror.row.refresh_from_db()
    english = mirror.case()[0]
    french, clip, data = mirror.case(title={"fr": "Essoufflé"})
    assert mirror.catch_up().shown == 1
    assert shown() == {french}
    mirror.node.revise(document(french, clip, revision=2, title={"en": "Now English"}), {clip: data})
    mirror.catch_up()
    assert shown() == set()
    assert sorted(mirror.row.followed.values_list("made", flat=True)) == ["filtered", "filtered"]
    assert not Case.objects.filter(pk=english).exists()
