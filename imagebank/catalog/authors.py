"""Who writes a case: its author, and colleagues of the same institution with whom the author shares the draft."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from imagebank.accounts.models import User
from imagebank.accounts.notifying import notify
from imagebank.accounts.permissions import PEOPLE, check
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Conflict, Invalid, Missing
from imagebank.core.models import AuditEvent

from .models import Case, CoAuthor
from .states import EDITABLE

NOBODY: Final = _("No contributor of your institution has this address.")


def authors(case: Case) -> list[User]:
    """The author first, then those who write the case now in the order in which they came."""
    return [case.author, *(row.user for row in coauthors(case))]


def coauthors(case: Case) -> list[CoAuthor]:
    """Those with whom the case is shared now and who are still there."""
    rows = case.coauthors.filter(ended_at=None, user__is_active=True)
    return list(rows.select_related("user", "case").order_by("since", "id"))


def written_by(account: User | uuid.UUID, prefix: str = "") -> Q:
    """Over cases: those of which the account (or its id) is author or co-author; `prefix` is the way to the case."""
    shared = CoAuthor.objects.filter(user=account, ended_at=None).values("case_id")
    return Q(**{f"{prefix}author": account}) | Q(**{f"{prefix}pk__in": shared})


def tell(case: Case, event: str, address: str) -> None:
    """All who write it."""
    for account in authors(case):
        notify(account, event, address=address)


@transaction.atomic
def invite(*, actor: Actor, case: Case, email: str) -> CoAuthor:
    """Share a draft with a contributor of the same institution, who may see and change it from now on."""
    check(actor, "case.share", case, see="case.see")
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if locked.state not in EDITABLE:
        raise Conflict("wrong_state", f"This case is {locked.state}: it cannot be changed now.")
    account = _colleague(locked, email)
    row, made = CoAuthor.objects.get_or_create(case=locked, user=account)
    if not made and row.ended_at is None:
        return row
    CoAuthor.objects.filter(pk=row.pk).update(ended_at=None)
    record(actor, "share", row, action="C")
    notify(account, "case_shared", address=f"/contribute/case/{case.pk}/")
    row.refresh_from_db()
    return row


@transaction.atomic
def end(*, actor: Actor, row: CoAuthor) -> None:
    """Who shares it takes it back, or the other one leaves. That the part was had stays known."""
    if row.ended_at is not None:
        raise Missing()
    if not (actor.is_person and row.user_id == actor.user_id):
        check(actor, "case.share", row.case, see="case.see")
    CoAuthor.objects.filter(pk=row.pk).update(ended_at=timezone.now())
    record(actor, "unshare", row)


def changed_by_another(actor: Actor, case: Case) -> str:
    """A mark of the last change that somebody else made; equal as long as nobody else changes the case."""
    rows = AuditEvent.objects.filter(object_id=case.pk, object_type="case", event="change")
    last = rows.exclude(actor_id=actor.user_id).order_by("-recorded_at", "-pk").values_list("pk", flat=True).first()
    return str(last or "")


def _colleague(case: Case, email: str) -> User:
    at_home = Q(memberships__institution=case.institution_id, memberships__role__in=PEOPLE)
    people = User.objects.filter(at_home, kind="person", is_active=True, email__iexact=email.strip())
    account = people.exclude(pk=case.author_id).first()
    if account is None:
        raise Invalid(errors={"email": NOBODY})
    return account
