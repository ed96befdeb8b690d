"""One clip all the way: deposit, quarantine, sandbox, candidate, confirm, case, review, publish, projection."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pydicom
import pytest
from django.db import connection, transaction

from anonymize.phantom.demo import DemoClip
from imagebank.catalog.models import Case, Clip, PublicCase, Tombstone
from imagebank.catalog.services import create_case, submit
from imagebank.core import keys, stores
from imagebank.core.anchoring import faults
from imagebank.core.errors import BankError, Conflict, Denied, Missing
from imagebank.core.models import AuditEvent, Outbox
from imagebank.exchange import sequencer
from imagebank.exchange.models import Change
from imagebank.intake import pipeline, services
from imagebank.intake.acceptance import confirm
from imagebank.intake.models import Deposit, Original
from imagebank.review.services import publish, review
from imagebank.review.withdrawal import withdraw, withdraw_clip

from .conftest import World, make_actor, make_institution

FINDINGS = [{"term": "pleural-effusion-simple", "presence": "present"}]


def cleaned(world: World, data: bytes) -> Original:
    """Deposit and run the worker's part."""
    (row,) = world.give(data)
    assert (row.state, row.code) == ("received", "")
    pipeline.process(row.pk)
    row.refresh_from_db()
    return row


def accepted(world: World, data: bytes) -> Clip:
    row = confirm(actor=world.contributor, original=cleaned(world, data))
    assert row.clip
    row.clip.refresh_from_db()
    return row.clip


def a_case(world: World, clip: Clip) -> Case:
    return create_case(
        actor=world.contributor,
        data={
            "indication": "pleural-effusion-suspected",
            "age_band": "adult-65-79",
            "sex": "female",
            "title": {"en": "Breathless for a week"},
            "clips": [{"id": str(clip.pk), "view": "lung-plaps-right"}],
            "findings": FINDINGS,
            "confirmed": {"method": "ct", "certainty": "certain"},
        },
    )


def published(world: World, clip: Clip) -> Case:
    case = submit(actor=world.contributor, case=a_case(world, clip))
    review(actor=world.reviewer, case=case, verdict="accept")
    case.refresh_from_db()
    return publish(actor=world.curator, case=case)


def test_a_clip_becomes_a_clean_candidate(world: World, dicom: bytes, spec: DemoClip) -> None:
    row = cleaned(world, dicom)
    assert (row.state, row.code) == ("awaiting_confirmation", "clean")
    clip = row.clip
    assert clip is not None
    assert (clip.state, clip.kind, clip.frames) == ("candidate", "cine", spec.frames)
    assert {r.role for r in clip.renditions.all()} >= {"dicom", "playback", "small", "poster", "frames"}
    sha256 = clip.renditions.get(role="dicom").sha256
    with stores.candidate.open(clip.pk, "dicom", sha256) as handle:
        raw = handle.read()
    for identifier in spec.identifiers():
        assert identifier.encode() not in raw, identifier
    assert "RecognizableVisualFeatures" not in pydicom.dcmread(stores.candidate.path(clip.pk, "dicom", sha256))


def test_quarantine_holds_no_plaintext_and_keeps_it_readable_for_the_worker(world: World, dicom: bytes) -> None:
    (row,) = world.give(dicom)
    sealed = stores.quarantine_path(row.pk).read_bytes()
    assert b"SPECIMEN" not in sealed and b"DICM" not in sealed
    assert b"".join(stores.read_original(row.pk, row.institution_id)) == dicom


def test_confirming_destroys_the_original_and_moves_the_clip(world: World, dicom: bytes) -> None:
    row = cleaned(world, dicom)
    assert stores.read_preview(row.pk, row.institution_id)[:4] == b"RIFF"
    row = confirm(actor=world.contributor, original=row)
    clip = row.clip
    assert clip is not None
    clip.refresh_from_db()
    assert (row.state, row.sealed, clip.state) == ("accepted", False, "private")
    assert not stores.quarantine_path(row.pk).exists()
    assert not keys.data_key_exists(row.pk)
    assert not stores.candidate.folder(clip.pk).exists()
    with pytest.raises(FileNotFoundError):
        stores.read_preview(row.pk, row.institution_id)
    dicom_rendition = clip.renditions.get(role="dicom")
    clean = pydicom.dcmread(stores.bank.path(clip.pk, "dicom", dicom_rendition.sha256))
    assert clean.RecognizableVisualFeatures == "NO"
    assert clean.PatientIdentityRemoved == "YES"


def test_seeing_a_face_holds_the_file(world: World, dicom: bytes) -> None:
    row = confirm(actor=world.contributor, original=cleaned(world, dicom), visible_features=True)
    assert (row.state, row.code) == ("held", "held.visible_features")


def test_a_token_or_a_stranger_cannot_confirm(world: World, dicom: bytes) -> None:
    row = cleaned(world, dicom)
    token = type(world.contributor)(
        user_id=world.contributor.user_id,
        via="token",
        memberships=world.contributor.memberships,
        scopes=frozenset({"deposit"}),
    )
    stranger = make_actor("other@south.example", institution=make_institution("south"), member="steward")
    with pytest.raises(Denied):
        confirm(actor=token, original=row)
    with pytest.raises(Missing):
        confirm(actor=stranger, original=row)


def test_the_same_file_is_told_as_a_duplicate_inside_the_institution_only(world: World, dicom: bytes) -> None:
    first = cleaned(world, dicom)
    (again,) = world.give(dicom)
    assert (again.state, again.code, again.duplicate_of) == ("refused", "refused.duplicate", first)
    assert not stores.quarantine_path(again.pk).exists()
    (changed,) = world.give(dicom + b"\0\0")
    assert changed.code == "refused.conflict"
    south = make_institution("south")
    actor = make_actor("c@south.example", institution=south, member="contributor")
    (elsewhere,) = World(south, actor, world.reviewer, world.curator).give(dicom)
    assert elsewhere.state == "received"


def test_a_discarded_file_may_come_again(world: World, dicom: bytes) -> None:
    row = services.discard(actor=world.contributor, original=cleaned(world, dicom))
    assert row.state == "discarded"
    assert not stores.quarantine_path(row.pk).exists()
    assert not Clip.objects.exists()
    assert cleaned(world, dicom).state == "awaiting_confirmation"


def test_rubbish_is_refused_with_a_code(world: World) -> None:
    (row,) = world.give(b"this is no picture at all" * 100)
    if row.state == "received":
        pipeline.process(row.pk)
        row.refresh_from_db()
    assert (row.state, row.code) == ("refused", "refused.not_an_image")


def test_a_task_that_runs_twice_does_no_harm(world: World, dicom: bytes) -> None:
    row = cleaned(world, dicom)
    pipeline.process(row.pk)
    assert Clip.objects.count() == 1
    assert AuditEvent.objects.filter(object_id=row.pk, event="start").count() == 1


def test_a_worker_whose_lease_was_taken_changes_nothing(world: World, dicom: bytes) -> None:
    (row,) = world.give(dicom)
    Original.objects.filter(pk=row.pk).update(state="deidentifying")
    row.refresh_from_db()
    pipeline.lost(row)
    row.refresh_from_db()
    assert (row.state, row.attempts_lost) == ("received", 1)


def test_review_publication_and_what_the_public_sees(world: World, dicom: bytes) -> None:
    clip = accepted(world, dicom)
    case = submit(actor=world.contributor, case=a_case(world, clip))
    with pytest.raises(BankError):
        review(actor=world.contributor, case=case, verdict="accept")
    review(actor=world.reviewer, case=case, verdict="accept")
    case.refresh_from_db()
    case = publish(actor=world.curator, case=case)
    assert case.state == "published"
    shown = PublicCase.objects.get(case=case, audience="open")
    assert shown.document["clips"][0]["id"] == str(clip.pk)
    assert shown.document["sex"] == "" and shown.document["country"] == ""  # alone in its cell
    assert str(case.subject_id) not in str(shown.document)


def test_the_database_refuses_a_publication_without_another_persons_review(world: World, dicom: bytes) -> None:
    from django.db import IntegrityError

    case = a_case(world, accepted(world, dicom))
    with pytest.raises(IntegrityError, match="another person"):
        Case.objects.filter(pk=case.pk).update(state="published", live_revision=1, published_on="2026-01-01")


def test_withdrawal_leaves_a_tombstone_and_no_bytes(world: World, dicom: bytes) -> None:
    clip = accepted(world, dicom)
    case = published(world, clip)
    case = withdraw(actor=world.contributor, case=case, reason="patient_request")
    assert case.state == "withdrawn"
    assert not PublicCase.objects.exists()
    assert {t.object_type for t in Tombstone.objects.all()} == {"case", "clip"}
    assert not stores.bank.folder(clip.pk).exists()
    (again,) = world.give(dicom)
    assert again.code == "refused.patient_declined"
    with pytest.raises(Conflict):
        withdraw(actor=world.contributor, case=case)


def test_a_case_goes_with_its_last_clip(world: World, dicom: bytes) -> None:
    clip = accepted(world, dicom)
    case = published(world, clip)
    clip.refresh_from_db()
    withdraw_clip(actor=world.contributor, clip=clip)
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_the_sequencer_numbers_without_gaps_and_the_chain_holds(world: World, dicom: bytes) -> None:
    published(world, accepted(world, dicom))
    assert sequencer.run() > 0
    assert [c.seq for c in Change.objects.order_by("seq")] == list(range(1, Change.objects.count() + 1))
    assert not Outbox.objects.exists()
    assert list(faults()) == []


def test_a_file_is_taken_while_its_deposit_is_busy(world: World, dicom: bytes) -> None:
    """Files of one deposit come together: what holds the deposit's row must not make a worker pass over a file."""
    (row,) = world.give(dicom)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Deposit.objects.select_for_update().get(pk=row.deposit_id)
        pool.submit(elsewhere, pipeline._claim, row.pk, uuid4()).result()
    row.refresh_from_db()
    assert row.state == "deidentifying"


def elsewhere(act: Callable[..., object], *given: object) -> None:
    """In a thread, with a database session of its own."""
    try:
        act(*given)
    finally:
        connection.close()
