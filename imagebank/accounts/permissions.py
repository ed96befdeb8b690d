"""The one place that decides who may do what: a rule gives both the queryset and, through it, the yes/no.

A rule is a function of the Actor to a Q over the object's fields, so it can filter a list and check one row alike. What
an actor cannot see answers as if it were absent (404); what is seen but not allowed is denied (403).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import models
from django.db.models import Q

from imagebank.core.actor import Actor
from imagebank.core.errors import Denied, Missing, SecondFactorFirst, SignInFirst

M = TypeVar("M", bound=models.Model)
Rule = Callable[[Actor], Q]
NOBODY: Final = Q(pk__in=[])
CONTRIBUTING: Final = ("contributor", "steward", "service")
PEOPLE: Final = ("contributor", "steward")


def _in(actor: Actor, *roles: str, field: str = "institution_id") -> Q:
    return Q(**{f"{field}__in": actor.institutions(*roles)})


def _own(actor: Actor, field: str) -> Q:
    return Q(**{field: actor.user_id}) if actor.user_id else NOBODY


def _if(condition: bool, q: Q) -> Q:
    return q if condition else NOBODY


def _shared(actor: Actor, field: str = "pk") -> Q:
    """Cases that the actor writes with their author, as long as both the sharing and the membership last."""
    rows = _coauthored().filter(user_id=actor.user_id, ended_at=None)
    return _if(not actor.is_anonymous, Q(**{f"{field}__in": rows.values("case_id")}))


def _coauthored() -> models.QuerySet:
    from django.apps import apps

    return apps.get_model("catalog", "CoAuthor").objects.all()


# --- originals and deposits


def _see_originals(actor: Actor) -> Q:
    """Own ones, the institution's inbox (deposits of service accounts), all of a steward's institution."""
    own = _own(actor, "deposit__depositor_id") & _in(actor, *CONTRIBUTING)
    inbox = Q(deposit__depositor__kind="service") & _in(actor, *PEOPLE)
    return own | inbox | _in(actor, "steward")


def _handle_originals(actor: Actor) -> Q:
    """Confirm, mask, discard: a person in a session."""
    return _if(actor.is_person, _see_originals(actor))


def _see_deposits(actor: Actor) -> Q:
    own = _own(actor, "depositor_id") & _in(actor, *CONTRIBUTING)
    return own | (Q(depositor__kind="service") & _in(actor, *PEOPLE)) | _in(actor, "steward")


# --- clips


def _see_clips(actor: Actor) -> Q:
    """Not yet public ones; public ones are read through the projection."""
    own = _own(actor, "depositor_id") & _in(actor, *CONTRIBUTING)
    inbox = Q(depositor__kind="service") & _in(actor, *PEOPLE)
    in_review = Q(case__state="in_review", case__claimed_by_id=actor.user_id) | Q(case__state__in=QUEUE)
    written = _own(actor, "case__author_id") | _shared(actor, "case_id") & _in(actor, *PEOPLE)
    return own | inbox | _in(actor, "steward") | written | _if(_reads_for_review(actor), in_review)


def _deposited_clips(actor: Actor) -> Q:
    """What the credential gave, what waits in the institution's inbox, all of a steward's institution."""
    own = _own(actor, "depositor_id") & _in(actor, *CONTRIBUTING)
    inbox = Q(depositor__kind="service") & _in(actor, *PEOPLE)
    return (own | inbox | _in(actor, "steward")) & ~Q(state__in=["withdrawn", "expired"])


def _use_clips(actor: Actor) -> Q:
    """Put into a case: own, inbox, those of a case that is shared with one, or all of a steward's institution."""
    own = _own(actor, "depositor_id") & _in(actor, *PEOPLE)
    inbox = Q(depositor__kind="service") & _in(actor, *PEOPLE)
    shared = _shared(actor, "case_id") & _in(actor, *PEOPLE)
    return _if(actor.is_person or actor.may("tag"), own | inbox | shared | _in(actor, "steward"))


# --- cases

QUEUE: Final = ("submitted", "in_review", "changes_requested", "accepted", "scheduled", "suspended")


def _reads_for_review(actor: Actor) -> bool:
    return actor.is_person and bool(actor.roles & {"reviewer", "curator", "privacy_officer"})


def _see_cases(actor: Actor) -> Q:
    """Not yet public ones."""
    own = _own(actor, "author_id") | _shared(actor) & _in(actor, *PEOPLE)
    return own | _in(actor, "steward") | _if(_reads_for_review(actor), Q(state__in=QUEUE))


def _edit_cases(actor: Actor) -> Q:
    own = (_own(actor, "author_id") | _shared(actor)) & _in(actor, *PEOPLE)
    return _if(actor.is_person or actor.may("tag"), own | _in(actor, "steward"))


def _drop_cases(actor: Actor) -> Q:
    """Throw a draft away: its author, stewards; not those with whom it is shared."""
    own = _own(actor, "author_id") & _in(actor, *PEOPLE)
    return _if(actor.is_person or actor.may("tag"), own | _in(actor, "steward"))


def _share_cases(actor: Actor) -> Q:
    """Say who else writes it: a person."""
    return _if(actor.is_person, _drop_cases(actor))


def _revise_cases(actor: Actor) -> Q:
    """Begin the next revision: whoever may edit, and curators, who may not edit it for that."""
    curates = actor.is_person and "curator" in actor.roles
    return _edit_cases(actor) | _if(curates, Q(live_revision__isnull=False))


def _not_own(actor: Actor) -> Q:
    """Neither author nor co-author, nor depositor, nor confirmer, nor tagger; nobody is exempt."""
    mine = Q(author_id=actor.user_id) | Q(pk__in=_cases_touched_by(actor.user_id))
    return ~mine


def _cases_touched_by(user_id: uuid.UUID | None) -> models.QuerySet:
    from django.apps import apps

    case = apps.get_model("catalog", "Case")
    touched = (
        Q(clips__depositor_id=user_id)
        | Q(clips__features_answered_by_id=user_id)
        | Q(findings__asserted_by_id=user_id)
        | Q(pk__in=_coauthored().filter(user_id=user_id).values("case_id"))
    )
    return case.objects.filter(touched).values("pk")


def _review_cases(actor: Actor) -> Q:
    return _if(actor.is_person and bool(actor.roles & {"reviewer", "curator"}), Q(state__in=QUEUE) & _not_own(actor))


def _publish_cases(actor: Actor) -> Q:
    return _if(actor.is_person and "curator" in actor.roles, Q(state__in=QUEUE))


def _suspend_cases(actor: Actor) -> Q:
    everyone = bool(actor.roles & {"reviewer", "curator", "privacy_officer"})
    return _if(actor.is_person, _if(everyone, ~NOBODY) | _own(actor, "author_id") | _in(actor, "steward"))


def _withdraw_cases(actor: Actor) -> Q:
    """Own, a steward's institution, the privacy officer; a service account what it deposited itself."""
    person = _own(actor, "author_id") | _in(actor, "steward") | _if("privacy_officer" in actor.roles, ~NOBODY)
    service = _own(actor, "clips__depositor_id") & _in(actor, "service")
    return _if(actor.is_person, person) | _if(
        actor.via == "token" and actor.may("withdraw"), service | _own(actor, "author_id")
    )


def _withdraw_clips(actor: Actor) -> Q:
    person = _own(actor, "depositor_id") | _in(actor, "steward") | _if("privacy_officer" in actor.roles, ~NOBODY)
    return _if(actor.is_person or actor.may("withdraw"), person)


# --- collections


def _curates(actor: Actor) -> bool:
    return actor.is_person and "curator" in actor.roles


def _see_collections(actor: Actor) -> Q:
    """The version in work: one's own, all of a curator, what is proposed for those who read for review."""
    proposed = _if(_reads_for_review(actor), Q(state="proposed"))
    return _own(actor, "owner_id") | proposed | _if(_curates(actor), ~NOBODY)


def _edit_collections(actor: Actor) -> Q:
    """One's own until it is proposed; curators any."""
    own = _own(actor, "owner_id") & ~Q(state="proposed")
    return _if(actor.is_person, own | _if(_curates(actor), ~NOBODY))


def _own_collections(actor: Actor) -> Q:
    """Propose, take back, throw away, begin the next version."""
    return _if(actor.is_person, _own(actor, "owner_id") | _if(_curates(actor), ~NOBODY))


def _discuss_collections(actor: Actor) -> Q:
    return _if(actor.is_person, _see_collections(actor))


def _publish_collections(actor: Actor) -> Q:
    return _if(_curates(actor), ~NOBODY)


# --- practice sheets


def _see_sheets(actor: Actor) -> Q:
    """A version in work: whoever has an account."""
    return _if(not actor.is_anonymous, ~Q(state="dropped"))


def _discuss_sheets(actor: Actor) -> Q:
    """Comment, propose a change."""
    return _if(actor.is_person, _see_sheets(actor))


def _judge_sheets(actor: Actor) -> Q:
    """Experts: reviewers and curators, never of words of their own."""
    return _if(_reads_for_review(actor) and bool(actor.roles & {"reviewer", "curator"}), ~_own(actor, "edits__author"))


def _curate_sheets(actor: Actor) -> Q:
    return _if(_curates(actor), ~NOBODY)


# --- doubts of readers, privacy incidents


def _see_doubts(actor: Actor) -> Q:
    """One's own. About the content: the author and the editors; about privacy: who decides on incidents."""
    written = _own(actor, "case__author_id") | _shared(actor, "case_id") & _in(
        actor, *PEOPLE, field="case__institution_id"
    )
    content = written | _if(bool(actor.roles & {"reviewer", "curator"}), ~NOBODY)
    privacy = _in(actor, "steward", field="case__institution_id") | _if("privacy_officer" in actor.roles, ~NOBODY)
    all_kinds = Q(kind="content") & content | Q(kind="privacy") & privacy
    return _if(actor.is_person, _own(actor, "raiser_id") | all_kinds)


def _answer_doubts(actor: Actor) -> Q:
    """Reviewers and curators, neither their own doubt nor about their own case."""
    expert = actor.is_person and bool(actor.roles & {"reviewer", "curator"})
    return _if(expert, Q(kind="content") & ~_own(actor, "raiser_id") & _of_others(actor))


def _see_incidents(actor: Actor) -> Q:
    return _if(actor.is_person, _in(actor, "steward") | _if("privacy_officer" in actor.roles, ~NOBODY))


def _close_incidents(actor: Actor) -> Q:
    return _see_incidents(actor) & _of_others(actor)


def _of_others(actor: Actor) -> Q:
    """The case of the row is not the actor's own."""
    return ~_own(actor, "case__author_id") & ~Q(case__in=_cases_touched_by(actor.user_id))


# --- requests for a role


def _see_role_requests(actor: Actor) -> Q:
    return _own(actor, "account_id") | _decide_role_requests(actor)


def _decide_role_requests(actor: Actor) -> Q:
    """Stewards on contributors of their institution, administrators on all; nobody on their own."""
    steward = Q(role="contributor") & _in(actor, "steward")
    return _if(actor.is_person, (steward | _if("admin" in actor.roles, ~NOBODY)) & ~_own(actor, "account_id"))


# --- institutions, service accounts, the audit trail


def _see_institutions(actor: Actor) -> Q:
    """The page of an institution: its people; administrators any."""
    return _if(actor.is_person, _in(actor, *PEOPLE, field="pk") | _if("admin" in actor.roles, ~NOBODY))


def _run_institutions(actor: Actor) -> Q:
    """Its record, members, service accounts and their tokens: its steward."""
    return _if(actor.is_person, _in(actor, "steward", field="pk"))


def _agree_institutions(actor: Actor) -> Q:
    """What institution and node agreed, and who is steward: administrators of the node, for either side."""
    return _if(actor.is_person and "admin" in actor.roles, ~NOBODY)


def _see_audit(actor: Actor) -> Q:
    """One's own acts and what was done with what is one's own; a steward's institution; the privacy officer all."""
    from django.apps import apps

    own = Q(actor_id=actor.user_id) | Q(object_id=actor.user_id)
    for model, field in OWNED:
        rows = apps.get_model(model)._default_manager.filter(**{field: actor.user_id})
        own |= Q(object_type=model.partition(".")[2].lower(), object_id__in=rows.values("pk"))
    everything = _if("privacy_officer" in actor.roles, ~NOBODY)
    return _if(actor.is_person or actor.may("read"), own | _in(actor, "steward") | everything)


OWNED: Final = (
    ("catalog.Case", "author_id"), ("catalog.Clip", "depositor_id"), ("intake.Deposit", "depositor_id"),
    ("intake.Original", "deposit__depositor_id"), ("catalog.Finding", "asserted_by_id"),
    ("collections.Collection", "owner_id"), ("accounts.ApiToken", "owner_id"),
)  # fmt: skip
"""Model -> the field that says whose it is, for the trail that a person may read."""


# --- nodes that keep a copy


def _admit_mirrors(actor: Actor) -> Q:
    """Of an institution: its stewards and administrators, in a session."""
    return _if(actor.is_person, _in(actor, "steward", field="pk") | _if("admin" in actor.roles, ~NOBODY))


def _see_mirrors(actor: Actor) -> Q:
    return _if(actor.is_person, _in(actor, "steward") | _if("admin" in actor.roles, ~NOBODY))


RULES: Final[dict[str, Rule]] = {
    "mirror.admit": _admit_mirrors,
    "mirror.see": _see_mirrors,
    "mirror.end": _see_mirrors,
    "institution.see": _see_institutions,
    "institution.run": _run_institutions,
    "institution.agree": _agree_institutions,
    "audit.see": _see_audit,
    "role.see": _see_role_requests,
    "role.decide": _decide_role_requests,
    "deposit.see": _see_deposits,
    "original.see": _see_originals,
    "original.handle": _handle_originals,
    "clip.see": _see_clips,
    "clip.deposited": _deposited_clips,
    "clip.use": _use_clips,
    "clip.withdraw": _withdraw_clips,
    "case.see": _see_cases,
    "case.edit": _edit_cases,
    "case.drop": _drop_cases,
    "case.share": _share_cases,
    "case.revise": _revise_cases,
    "case.review": _review_cases,
    "case.publish": _publish_cases,
    "case.suspend": _suspend_cases,
    "case.withdraw": _withdraw_cases,
    "doubt.see": _see_doubts,
    "doubt.answer": _answer_doubts,
    "incident.see": _see_incidents,
    "incident.close": _close_incidents,
    "collection.see": _see_collections,
    "collection.edit": _edit_collections,
    "collection.own": _own_collections,
    "collection.discuss": _discuss_collections,
    "collection.publish": _publish_collections,
    "sheet.see": _see_sheets,
    "sheet.discuss": _discuss_sheets,
    "sheet.judge": _judge_sheets,
    "sheet.edit": _curate_sheets,
    "sheet.publish": _curate_sheets,
}
OURS: Final = ("case.", "clip.")
"""Acts on what may be mirrored: that belongs to its origin, nobody may change it here."""
SECOND_FACTOR: Final = frozenset(
    {
        "case.review", "case.publish", "doubt.answer", "incident.close", "collection.publish", "sheet.judge",
        "sheet.publish", "role.decide", "institution.run", "institution.agree", "mirror.admit",
        "mirror.end",
    }
)  # fmt: skip
"""Acts of a role that asks for TOTP or a passkey (privacy.md 20); a steward's acts ask by `needs_second_factor`."""


def allowed(actor: Actor, act: str, rows: models.QuerySet[M]) -> models.QuerySet[M]:
    """The rows of `rows` on which the actor may carry out `act`."""
    ours = Q(origin__isnull=True) if act.startswith(OURS) else Q()
    return rows.filter(RULES[act](actor), ours).distinct()


def check(actor: Actor, act: str, row: models.Model, *, see: str | None = None) -> None:
    """Missing when the row may not be seen, Denied when seen but not allowed, SecondFactorFirst where it lacks."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    if not allowed(actor, act, rows).exists():
        seen = see and allowed(actor, see, rows).exists()
        raise Denied() if seen else Missing()
    if needs_second_factor(actor, act, row) and not actor.second_factor:
        raise SecondFactorFirst()


def needs_second_factor(actor: Actor, act: str, row: models.Model) -> bool:
    """For reviewers and curators by the act, for stewards by the institution they act in."""
    if actor.via == "token":
        return False
    institution = getattr(row, "institution_id", None)
    held = actor.memberships.get(institution, frozenset()) if institution else frozenset()
    return act in SECOND_FACTOR or "steward" in held


def require_signed_in(actor: Actor) -> None:
    if actor.is_anonymous:
        raise SignInFirst()


def may_deposit(actor: Actor, institution_id: uuid.UUID) -> bool:
    """Contributors, stewards and the service account of the institution; a token needs the scope."""
    return actor.may("deposit") and bool(actor.memberships.get(institution_id, frozenset()) & set(CONTRIBUTING))
