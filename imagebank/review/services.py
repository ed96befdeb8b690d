"""Second reading, publication, suspension. Nobody acts on own material."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from imagebank.accounts.permissions import check
from imagebank.catalog import authors, history, projection
from imagebank.catalog.models import Case
from imagebank.catalog.names import SENTENCE, repeats_name
from imagebank.catalog.services import MISSING, missing_for_publication
from imagebank.catalog.states import CASE, CLIP
from imagebank.catalog.text import clean_text
from imagebank.core.actor import SYSTEM, Actor
from imagebank.core.errors import Conflict, Denied, Invalid
from imagebank.core.states import emit, transition

from . import noticing, second
from .models import VERDICTS, Incident, Review
from .pointing import pointed
from .seen import ITEMS, seen
from .verdicts import conclude

CLAIM_LIFE = dt.timedelta(minutes=30)


def claim(*, actor: Actor, case: Case) -> Case:
    """Take a submitted case to read it; nobody else can until it is released or 30 minutes have passed."""
    check(actor, "case.review", case, see="case.see")
    second.refuse_again(actor, case)
    return history.move(case, "claim", actor=actor, changes={"claimed_by_id": actor.user_id})


def release(*, actor: Actor, case: Case) -> Case:
    """Give a claimed case back unread."""
    check(actor, "case.review", case, see="case.see")
    if case.claimed_by_id != actor.user_id:
        raise Denied("not_claimed")
    return history.move(case, "release", actor=actor, changes={"claimed_by_id": None})


def review(
    *,
    actor: Actor,
    case: Case,
    verdict: str,
    comment: str = "",
    items: Mapping[str, Any] | None = None,
    seconds: int | None = None,
    second_opinion: bool = False,
    findings: Mapping[str, str] | None = None,
    at: Mapping[str, Any] | None = None,
) -> Review:
    """A verdict on the current revision: accept, changes or refuse. A submitted case is claimed on the way.

    Where the reader asks for a second opinion, or the lot draws the case, it goes back to the queue and another person
    reads it, unknowing of this verdict. `findings`: term -> presence, where the reader sees it otherwise than the
    author. `at` is where the comment points, as `pointing.pointed` takes it.
    """
    check(actor, "case.review", case, see="case.see")
    if verdict not in VERDICTS:
        raise Invalid(errors={"verdict": f"One of: {', '.join(VERDICTS)}."})
    if verdict != "accept" and not comment.strip():
        raise Invalid(errors={"comment": "Say what should change, or why it is refused."})
    comment = clean_text("comment", comment)
    if repeats_name(case.clips.all(), comment):
        raise Invalid(errors={"comment": SENTENCE})
    where = pointed(case, at)
    ticked = {name: said for name, said in (items or {}).items() if name not in ITEMS}
    told = seen(case, findings or {}, agreed=bool(ticked.get("content")), verdict=verdict)
    with transaction.atomic():
        if case.state == "submitted":
            case = claim(actor=actor, case=case)
        elif case.claimed_by_id not in (None, actor.user_id):
            raise Conflict("claimed")
        row = Review.objects.create(
            case=case,
            revision=case.revision,
            reviewer_id=actor.known_id,
            verdict=verdict,
            comment=comment,
            items=ticked | told,
            seconds=seconds,
            **where,
        )
        if noticing.judge(row):
            conclude(case, "refuse", actor)
        elif second.weigh(row, actor, asked=second_opinion):
            conclude(case, verdict, actor)
        else:
            history.move(case, "release", actor=actor, changes={"claimed_by_id": None})
    return row


def publish(*, actor: Actor, case: Case) -> Case:
    """Schedule an accepted case; it goes public after the institution's random delay, at once where that is 0.

    A later revision of what is public already goes out at once: its day tells nothing of the patient, and what it puts
    right should not be read any longer.
    """
    check(actor, "case.publish", case, see="case.see")
    if missing := missing_for_publication(case):
        raise Invalid("incomplete", errors=missing)
    _refuse_under_incident(case)
    with transaction.atomic():
        row = history.move(case, "schedule", actor=actor, changes={"publish_after": _when(case)})
        if row.publish_after and row.publish_after <= timezone.now():
            row = _go_public(row, actor)
    return row


def publish_due() -> int:
    """The sweeper's part: scheduled cases whose time has come, in random order."""
    due = Case.objects.filter(state="scheduled", publish_after__lte=timezone.now()).order_by("?")
    cases = list(due.exclude(incidents__state="open"))
    for case in cases:
        _go_public(case, SYSTEM)
    return len(cases)


def release_stale_claims() -> int:
    """A claim is given back after 30 minutes."""
    stale = list(Case.objects.filter(state="in_review", state_since__lt=timezone.now() - CLAIM_LIFE))
    for case in stale:
        history.move(case, "release", actor=SYSTEM, changes={"claimed_by_id": None})
    return len(stale)


def suspend(*, actor: Actor, case: Case, reason: str = "", words: str = "") -> Case:
    """Hide a published case at once; reversible. `reason` is a code; `words` tell those who work on the case why."""
    check(actor, "case.suspend", case, see="case.see")
    CASE.next(case.state, "suspend")
    if case.live_revision is None:
        raise Conflict("wrong_state", "This case was never published: there is nothing to hide.")
    words = clean_text("reason", words)
    if repeats_name(case.clips.all(), words):
        raise Invalid(errors={"words": SENTENCE})
    with transaction.atomic():
        row = hide(case, actor, reason[:60], words)
        authors.tell(row, "case_hidden", f"/contribute/case/{case.pk}/")
    return row


def restore(*, actor: Actor, case: Case) -> Case:
    """Show a suspended case again; a later revision that was in work is a draft again."""
    check(actor, "case.publish", case, see="case.see")
    CASE.next(case.state, _showing(case))
    _refuse_under_incident(case)
    with transaction.atomic():
        return show_again(case, actor)


# --- pieces


def show_again(case: Case, actor: Actor) -> Case:
    """Show what was hidden, in the transaction of the caller; a later revision that is in work by now stays so."""
    if not projection.is_whole(case):
        raise Invalid("incomplete", errors={"findings": MISSING["findings"]})
    if case.state == "suspended":
        row = history.move(case, _showing(case), actor=actor)
    else:
        row = case
        emit("revise", row)
    projection.hide(row, hidden=False)
    move_clips(row, "private", "publish", actor)
    return row


def _showing(case: Case) -> str:
    return "restore" if case.revision == case.live_revision else "resume"


def _refuse_under_incident(case: Case) -> None:
    """Nobody shows a case before the steward has decided on a feared breach of privacy."""
    if Incident.objects.filter(case=case, state="open").exists():
        raise Conflict("incident")


def hide(case: Case, actor: Actor, reason: str, words: str = "") -> Case:
    """Suspend what readers see, in the transaction of the caller."""
    row = history.move(case, "suspend", actor=actor, reason=reason, words=words, changes={"claimed_by_id": None})
    projection.hide(row, hidden=True)
    move_clips(row, "public", "hide", actor)
    return row


def _when(case: Case) -> dt.datetime:
    if case.live_revision:
        return timezone.now()
    least, most = case.institution.delay_days_least, case.institution.delay_days_most
    seconds = secrets.randbelow((most - least) * 86_400 + 1)
    moment = timezone.now() + dt.timedelta(days=least, seconds=seconds)
    embargo = case.rights.embargo_until
    return max(moment, dt.datetime.combine(embargo, dt.time(), dt.UTC)) if embargo else moment


def _go_public(case: Case, actor: Actor) -> Case:
    with transaction.atomic():
        today = case.published_on or timezone.now().date()
        changes = {"live_revision": case.revision, "published_on": today}
        before = history.told_now(case)
        row = history.move(case, "republish" if case.live_revision else "publish", actor=actor, changes=changes)
        move_clips(row, "private", "publish", actor)
        projection.project(row)
        history.tell(row, before)
        authors.tell(case, "case_published", f"/cases/{case.pk}/")
    return row


def move_clips(case: Case, state: str, event: str, actor: Actor) -> None:
    for clip in case.clips.filter(state=state):
        transition(clip, event, actor=actor, table=CLIP)
