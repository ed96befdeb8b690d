"""Second reading, publication, suspension, withdrawal. Nobody acts on own material."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from imagebank.accounts.permissions import check
from imagebank.catalog import projection
from imagebank.catalog.models import Case, Clip, Tombstone
from imagebank.catalog.services import missing_for_publication
from imagebank.catalog.states import CASE, CLIP
from imagebank.catalog.text import clean_text
from imagebank.core import stores
from imagebank.core.actor import SYSTEM, Actor
from imagebank.core.errors import Conflict, Denied, Invalid
from imagebank.core.states import emit, transition

from .models import VERDICTS, Review

CLAIM_LIFE = dt.timedelta(minutes=30)
REASONS = ("patient_request", "consent_ended", "privacy", "wrong_content", "duplicate", "institution", "other")


def claim(*, actor: Actor, case: Case) -> Case:
    """Take a submitted case to read it; nobody else can until it is released or 30 minutes have passed."""
    check(actor, "case.review", case, see="case.see")
    return transition(case, "claim", actor=actor, table=CASE, changes={"claimed_by_id": actor.user_id})


def release(*, actor: Actor, case: Case) -> Case:
    """Give a claimed case back unread."""
    check(actor, "case.review", case, see="case.see")
    if case.claimed_by_id != actor.user_id:
        raise Denied("not_claimed", "Somebody else is reading this case.")
    return transition(case, "release", actor=actor, table=CASE, changes={"claimed_by_id": None})


def review(
    *,
    actor: Actor,
    case: Case,
    verdict: str,
    comment: str = "",
    items: Mapping[str, Any] | None = None,
    seconds: int | None = None,
) -> Review:
    """A verdict on the current revision: accept, changes or refuse. A submitted case is claimed on the way."""
    check(actor, "case.review", case, see="case.see")
    if verdict not in VERDICTS:
        raise Invalid(errors={"verdict": f"One of: {', '.join(VERDICTS)}."})
    if verdict != "accept" and not comment.strip():
        raise Invalid(errors={"comment": "Say what should change, or why it is refused."})
    with transaction.atomic():
        if case.state == "submitted":
            case = claim(actor=actor, case=case)
        elif case.claimed_by_id not in (None, actor.user_id):
            raise Conflict("claimed", "Somebody else is reading this case.")
        row = Review.objects.create(
            case=case,
            revision=case.revision,
            reviewer_id=actor.known_id,
            verdict=verdict,
            comment=clean_text("comment", comment),
            items=dict(items or {}),
            seconds=seconds,
        )
        transition(case, verdict, actor=actor, table=CASE, changes={"claimed_by_id": None})
    return row


def publish(*, actor: Actor, case: Case) -> Case:
    """Schedule an accepted case; it goes public after the institution's random delay, at once where that is 0."""
    check(actor, "case.publish", case, see="case.see")
    if missing := missing_for_publication(case):
        raise Invalid("incomplete", "Some answers are missing.", errors=missing)
    with transaction.atomic():
        row = transition(case, "schedule", actor=actor, table=CASE, changes={"publish_after": _when(case)})
        if row.publish_after and row.publish_after <= timezone.now():
            row = _go_public(row, actor)
    return row


def publish_due() -> int:
    """The sweeper's part: scheduled cases whose time has come, in random order."""
    due = Case.objects.filter(state="scheduled", publish_after__lte=timezone.now()).order_by("?")
    cases = list(due)
    for case in cases:
        _go_public(case, SYSTEM)
    return len(cases)


def release_stale_claims() -> int:
    """A claim is given back after 30 minutes."""
    stale = list(Case.objects.filter(state="in_review", state_since__lt=timezone.now() - CLAIM_LIFE))
    for case in stale:
        transition(case, "release", actor=SYSTEM, table=CASE, changes={"claimed_by_id": None})
    return len(stale)


def suspend(*, actor: Actor, case: Case, reason: str = "") -> Case:
    """Hide a published case at once; reversible."""
    check(actor, "case.suspend", case, see="case.see")
    with transaction.atomic():
        row = transition(case, "suspend", actor=actor, table=CASE, reason=reason[:60])
        projection.hide(row, hidden=True)
        _move_clips(row, "public", "hide", actor)
    return row


def restore(*, actor: Actor, case: Case) -> Case:
    """Show a suspended case again."""
    check(actor, "case.publish", case, see="case.see")
    with transaction.atomic():
        row = transition(case, "restore", actor=actor, table=CASE)
        projection.hide(row, hidden=False)
        _move_clips(row, "private", "publish", actor)
    return row


def withdraw(*, actor: Actor, case: Case, reason: str = "other") -> Case:
    """Hidden at once, for good; the bytes go after commit, a tombstone stays."""
    check(actor, "case.withdraw", case, see="case.see")
    _known_reason(reason)
    with transaction.atomic():
        row = transition(case, "withdraw", actor=actor, table=CASE, reason=reason, changes={"claimed_by_id": None})
        _bury(row.pk, "case", reason)
        projection.remove(row)
        for clip in row.clips.exclude(state__in=["withdrawn", "expired"]):
            _withdraw_clip(clip, actor, reason)
    return row


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


# --- pieces


def _known_reason(reason: str) -> None:
    if reason not in REASONS:
        raise Invalid(errors={"reason": f"One of: {', '.join(REASONS)}."})


def _when(case: Case) -> dt.datetime:
    least, most = case.institution.delay_days_least, case.institution.delay_days_most
    seconds = secrets.randbelow((most - least) * 86_400 + 1)
    moment = timezone.now() + dt.timedelta(days=least, seconds=seconds)
    embargo = case.rights.embargo_until
    return max(moment, dt.datetime.combine(embargo, dt.time(), dt.UTC)) if embargo else moment


def _go_public(case: Case, actor: Actor) -> Case:
    with transaction.atomic():
        today = case.published_on or timezone.now().date()
        changes = {"live_revision": case.revision, "published_on": today}
        row = transition(case, "publish", actor=actor, table=CASE, changes=changes)
        _move_clips(row, "private", "publish", actor)
        projection.project(row)
    return row


def _move_clips(case: Case, state: str, event: str, actor: Actor) -> None:
    for clip in case.clips.filter(state=state):
        transition(clip, event, actor=actor, table=CLIP)


def _withdraw_clip(clip: Clip, actor: Actor, reason: str) -> Clip:
    row = transition(clip, "withdraw", actor=actor, table=CLIP, reason=reason)
    _bury(row.pk, "clip", reason)
    row.renditions.all().delete()
    transaction.on_commit(lambda: _purge(row.pk))
    return row


def _leave_case(case: Case, clip: Clip, actor: Actor, reason: str) -> None:
    """The case goes on without the clip and its findings, is suspended if that makes it incomplete, or goes with it."""
    case.findings.filter(clip=clip).update(retired=True)
    if not case.clips.exclude(pk=clip.pk).exclude(state="withdrawn").exists() and case.live_revision:
        return _withdraw_with_last_clip(case, actor, reason)
    clip.case = None
    clip.save(update_fields=["case"])
    if case.state == "published" and missing_for_publication(case):
        transition(case, "suspend", actor=actor, table=CASE, reason=reason)
        projection.hide(case, hidden=True)
        _move_clips(case, "public", "hide", actor)
    elif case.state == "published":
        _new_revision_without(case)
    return None


def _new_revision_without(case: Case) -> None:
    """A new live revision that nobody needs to read again: it only lacks something."""
    last = case.reviews.filter(revision=case.revision, verdict="accept").latest("created_at")
    revision = case.revision + 1
    Review.objects.create(
        case=case, revision=revision, reviewer=last.reviewer, verdict="accept", items={"carried_from": case.revision}
    )
    Case.objects.filter(pk=case.pk).update(revision=revision, live_revision=revision)
    case.refresh_from_db()
    emit("revise", case)
    projection.project(case)


def _withdraw_with_last_clip(case: Case, actor: Actor, reason: str) -> None:
    """The case goes with its last clip."""
    transition(case, "withdraw", actor=actor, table=CASE, reason=reason, changes={"claimed_by_id": None})
    _bury(case.pk, "case", reason)
    projection.remove(case)


def _bury(object_id: uuid.UUID, kind: str, reason: str) -> None:
    Tombstone.objects.get_or_create(object_id=object_id, defaults={"object_type": kind, "reason": reason})


def _purge(clip_id: uuid.UUID) -> None:
    stores.bank.purge(clip_id)
    stores.candidate.purge(clip_id)


def purge_withdrawn() -> int:
    """The sweeper's part: bytes of withdrawn clips that a dead process left."""
    left = [pk for pk in Clip.objects.filter(state="withdrawn").values_list("pk", flat=True) if _has_bytes(pk)]
    for pk in left:
        _purge(pk)
    return len(left)


def _has_bytes(clip_id: uuid.UUID) -> bool:
    return any(store.folder(clip_id).exists() for store in stores.STORES.values())
