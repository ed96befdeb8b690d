"""Doubts of readers: what is not right is discussed while everybody can see it; a feared person is hidden at once."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from imagebank.accounts.notifying import notify
from imagebank.accounts.permissions import check, require_signed_in
from imagebank.catalog import authors
from imagebank.catalog.models import Case, Clip
from imagebank.catalog.names import SENTENCE, repeats_name
from imagebank.catalog.search.visible import visible_to
from imagebank.catalog.selectors import refuse_withdrawn
from imagebank.catalog.text import clean_text
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Conflict, Denied, Invalid, Missing, Wait
from imagebank.core.states import transition
from imagebank.core.throttling import DAY, within

from . import incidents, trust
from .models import KINDS, Doubt
from .people import answerers
from .states import ANSWERS, DOUBT

ANSWER_WITHIN: Final = dt.timedelta(days=14)
DAY_LONG: Final = dt.timedelta(seconds=DAY)
PAGE: Final = "/doubts/"


def refuse_flood(request: HttpRequest, actor: Actor) -> None:
    """Wait after a day's doubts of one address without an account."""
    most = settings.LIMITS.doubts_per_day_address
    if actor.is_anonymous and not within(request, None, most, "doubt", window=DAY):
        raise Wait(DAY)


@transaction.atomic
def doubt(*, actor: Actor, case: Case, kind: str, text: str = "", clip: Clip | None = None) -> Doubt:
    """Raise a doubt about what this reader sees of the case.

    About the content: with an account, for reviewers and curators to answer within 14 days; until then the case is in
    no test. About privacy: anybody; it opens an incident, and hides the case at once where `trust.hides_at_once`.
    """
    row = _seen(actor, case)
    if kind not in KINDS:
        raise Invalid(errors={"kind": f"One of: {', '.join(KINDS)}."})
    if kind == "content":
        return _about_content(actor, row, _checked(row, text), clip)
    return _about_privacy(actor, row, text, clip)


@transaction.atomic
def answer(*, actor: Actor, doubt: Doubt, verdict: str, text: str) -> Doubt:
    """Answer a doubt about the content: `uphold` or `reject`, with a reason that its reader and the author see."""
    check(actor, "doubt.answer", doubt, see="doubt.see")
    if verdict not in ANSWERS:
        raise Invalid(errors={"verdict": f"One of: {', '.join(ANSWERS)}."})
    said = _checked(doubt.case, text)
    if not said:
        raise Invalid(errors={"text": gettext("Say why.")})
    row = transition(
        doubt, verdict, actor=actor, table=DOUBT, changes={"answer": said, "answered_by_id": actor.known_id}
    )
    for person in dict.fromkeys([*authors.authors(row.case), *([row.raiser] if row.raiser else [])]):
        notify(person, "doubt_answered", address=PAGE)
    return row


def recall(*, actor: Actor, doubt: Doubt) -> Doubt:
    """Take one's own doubt about the content back."""
    check(actor, "doubt.see", doubt)
    if doubt.raiser_id != actor.user_id or doubt.kind != "content":
        raise Denied()
    return transition(doubt, "recall", actor=actor, table=DOUBT)


# --- pieces


def _seen(actor: Actor, case: Case) -> Case:
    """The locked row of a case that this reader sees published; Missing for another, also for one's own draft."""
    refuse_withdrawn(case.pk)
    row = Case.objects.select_for_update(of=("self",)).select_related("author", "institution").get(pk=case.pk)
    if not visible_to(actor).filter(case_id=case.pk).exists():
        raise Missing()
    return row


def _about_content(actor: Actor, case: Case, text: str, clip: Clip | None) -> Doubt:
    require_signed_in(actor)
    if not actor.is_person:
        raise Denied("person")
    today = Doubt.objects.filter(raiser_id=actor.user_id, kind="content", raised_at__gt=timezone.now() - DAY_LONG)
    if today.count() >= settings.LIMITS.doubts_per_day:
        raise Wait(DAY)
    row = _written(actor, case, "content", clip, text=text, due_at=timezone.now() + ANSWER_WITHIN)
    authors.tell(case, "case_doubted", PAGE)
    for person in answerers(case, actor.user_id):
        notify(person, "doubt_waits", address=PAGE)
    return row


def _about_privacy(actor: Actor, case: Case, text: str, clip: Clip | None) -> Doubt:
    """The alarm does not depend on its words: those that may not be kept are left out."""
    at_once = trust.hides_at_once(actor)
    incident = incidents.open_for(case, actor, at_once=at_once)
    return _written(
        actor, case, "privacy", clip, text=_kept(case, text), due_at=incident.due_at, at_once=at_once, incident=incident
    )


def _written(actor: Actor, case: Case, kind: str, clip: Clip | None, **fields: object) -> Doubt:
    mine = Doubt.objects.filter(case=case, kind=kind, state="open", raiser_id=actor.user_id)
    if not actor.is_anonymous and mine.exists():
        raise Conflict("doubted")
    assert case.live_revision is not None  # it is published
    row = Doubt.objects.create(
        case=case, revision=case.live_revision, kind=kind, raiser_id=actor.user_id,
        clip=clip if clip and clip.case_id == case.pk else None, **fields,
    )  # fmt: skip
    record(actor, "doubt", row, action="C", reason=kind)
    return row


def _checked(case: Case, text: str) -> str:
    """Invalid when the words point at somebody (privacy.md 12)."""
    said = clean_text("comment", text)
    if repeats_name(case.clips.all(), said):
        raise Invalid(errors={"text": SENTENCE})
    return said


def _kept(case: Case, text: str) -> str:
    try:
        return _checked(case, text)
    except Invalid:
        return ""
