"""Withdrawal: hidden at once and for good, the bytes destroyed, a tombstone left (privacy.md 1, 14, 15)."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from imagebank.accounts.permissions import check
from imagebank.catalog import history, projection
from imagebank.catalog.coarsening import neighbours_in_small_cells, told_less
from imagebank.catalog.marks import retire_of, wipe_labels
from imagebank.catalog.models import Case, Clip, Header, Look, RefusedSubject, Subject, Tombstone
from imagebank.catalog.services import missing_for_publication
from imagebank.catalog.states import CLIP
from imagebank.core import stores
from imagebank.core.actor import SYSTEM, Actor
from imagebank.core.errors import Invalid
from imagebank.core.states import emit, transition

from .models import Doubt, Review
from .services import hide

REASONS = ("patient_request", "consent_ended", "privacy", "wrong_content", "duplicate", "institution", "other")
FORGOTTEN = {"title": {}, "vignette": {}, "management_note": {}, "credit": ""}
"""Typed text goes with the case."""


def withdraw(*, actor: Actor, case: Case, reason: str = "other") -> Case:
    """Hidden at once, for good; the bytes go after commit, a tombstone stays."""
    check(actor, "case.withdraw", case, see="case.see")
    _known_reason(reason)
    return _withdraw(case, actor, reason)


def withdraw_clip(*, actor: Actor, clip: Clip, reason: str = "other") -> Clip:
    """One clip goes; its case gets a new revision without it, or goes with its last clip."""
    check(actor, "clip.withdraw", clip, see="clip.see")
    _known_reason(reason)
    case = clip.case
    with transaction.atomic():
        row = _withdraw_clip(clip, actor, reason)
        if case:
            _leave_case(case, row, actor, reason)
    return row


def withdraw_mirrored(case: Case, reason: str) -> None:
    """What its origin has withdrawn goes here too, bytes first: whoever asked, nobody here may keep it."""
    assert case.origin_id
    for clip in case.clips.all():
        _purge(clip.pk)
    _withdraw(case, SYSTEM, reason if reason in REASONS else "other")


def withdraw_mirrored_clip(clip: Clip, reason: str) -> None:
    """The same of one clip; what its case says without it comes from its origin as well."""
    assert clip.origin_id
    _purge(clip.pk)
    row, case = _withdraw_clip(clip, SYSTEM, reason if reason in REASONS else "other"), clip.case
    if case is None or case.state == "withdrawn":
        return
    case.findings.filter(clip=clip).update(retired=True)
    retire_of(case, [clip])
    projection.lessen(case, gone=clip)
    Clip.objects.filter(pk=row.pk).update(case=None)
    if case.state == "published" and not projection.is_whole(case):
        hide(case, SYSTEM, "origin")


def withdraw_expired() -> int:
    """The sweeper's part: cases that were handed in or are public and whose rights, or those of a clip, have ended."""
    today = timezone.now().date()
    ended = Q(rights__expires_on__lt=today) | Q(clips__rights__expires_on__lt=today)
    never_handed_in = Q(state="draft", live_revision__isnull=True)
    rows = list(Case.objects.filter(ended).exclude(never_handed_in | Q(state__in=["dropped", "withdrawn"])).distinct())
    for row in rows:
        _withdraw(row, SYSTEM, "consent_ended")
    return len(rows)


def purge_withdrawn() -> int:
    """The sweeper's part: bytes of withdrawn clips that a dead process left."""
    left = [pk for pk in Clip.objects.filter(state="withdrawn").values_list("pk", flat=True) if _has_bytes(pk)]
    for pk in left:
        _purge(pk)
    return len(left)


# --- pieces


@transaction.atomic
def _withdraw(case: Case, actor: Actor, reason: str) -> Case:
    changes = {"claimed_by_id": None, **FORGOTTEN}
    others = neighbours_in_small_cells(case)
    row = history.move(case, "withdraw", actor=actor, reason=reason, changes=changes)
    history.wipe(row)
    wipe_labels(row)
    Doubt.objects.filter(case=row).update(text="", answer="")
    _bury(row.pk, "case", reason)
    projection.remove(row)
    _coarsen_again(others)
    for clip in row.clips.exclude(state__in=["withdrawn", "expired"]):
        _withdraw_clip(clip, actor, reason)
    return row


def _withdraw_clip(clip: Clip, actor: Actor, reason: str) -> Clip:
    row = transition(clip, "withdraw", actor=actor, table=CLIP, reason=reason, changes={"name_keys": []})
    _bury(row.pk, "clip", reason)
    row.renditions.all().delete()
    Look.objects.filter(clip=row).delete()
    Header.objects.filter(clip=row).delete()
    if reason == "patient_request":
        _refuse_later(row.subject)
    transaction.on_commit(lambda: _purge(row.pk))
    return row


def _refuse_later(subject: Subject) -> None:
    """Nothing more of this patient is taken in the institution. A file that named no patient cannot be known again."""
    if subject.patient_key:
        RefusedSubject.objects.get_or_create(institution_id=subject.institution_id, patient_key=subject.patient_key)


def _leave_case(case: Case, clip: Clip, actor: Actor, reason: str) -> None:
    """The case goes on without the clip and its findings, is suspended if that makes it incomplete, or goes with it."""
    if not case.clips.exclude(pk=clip.pk).exclude(state="withdrawn").exists() and case.live_revision:
        _withdraw(case, actor, reason)
        return
    others = neighbours_in_small_cells(case)
    with history.keep(case, actor, "clip_withdrawn", reason):
        case.findings.filter(clip=clip).update(retired=True)
        retire_of(case, [clip])
        clip.case = None
        clip.save(update_fields=["case"])
    _coarsen_again(others)
    if case.live_revision:
        _show_without(case, clip, actor, reason)


def _show_without(case: Case, clip: Clip, actor: Actor, reason: str) -> None:
    """Readers see the case without the clip, whatever later revision is in work, or see it no more."""
    if case.state == "published" and not missing_for_publication(case):
        _new_revision_without(case)
        return
    projection.lessen(case, gone=clip)
    emit("revise", case)
    if case.state == "published" or (case.state != "suspended" and not projection.is_whole(case)):
        hide(case, actor, reason)


def _new_revision_without(case: Case) -> None:
    """A new live revision that nobody needs to read again: it only lacks something."""
    last = case.reviews.filter(revision=case.revision, verdict="accept").latest("created_at")
    revision = case.revision + 1
    Review.objects.create(
        case=case, revision=revision, reviewer=last.reviewer, verdict="accept", items={"carried_from": case.revision}
    )
    before = history.told_now(case)
    Case.objects.filter(pk=case.pk).update(revision=revision, live_revision=revision)
    case.refresh_from_db()
    emit("revise", case)
    projection.project(case)
    history.tell(case, before)


def _coarsen_again(cases: list[Case]) -> None:
    """Fewer subjects are left beside these: they may be told less than before, never more (privacy.md 10)."""
    for case in cases:
        if told_less(case):
            projection.lessen(case)
            emit("revise", case)


def _known_reason(reason: str) -> None:
    if reason not in REASONS:
        raise Invalid(errors={"reason": f"One of: {', '.join(REASONS)}."})


def _bury(object_id: uuid.UUID, kind: str, reason: str) -> None:
    Tombstone.objects.get_or_create(object_id=object_id, defaults={"object_type": kind, "reason": reason})


def _purge(clip_id: uuid.UUID) -> None:
    stores.bank.purge(clip_id)
    stores.candidate.purge(clip_id)


def _has_bytes(clip_id: uuid.UUID) -> bool:
    return any(store.folder(clip_id).exists() for store in stores.STORES.values())
