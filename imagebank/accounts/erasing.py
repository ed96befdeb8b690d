"""Erasing an account (privacy.md 18, 19): asked for, then days of grace in which it can be taken back, then for good.

What goes and what stays is the rule of personal.py. An account on which contributions hang stays as a row without name,
address, password or right; one on which nothing hangs goes wholly. The audit trail keeps the id of the actor alone, and
still verifies.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from imagebank.core.actor import SYSTEM, Actor
from imagebank.core.audit import erase_card, record
from imagebank.core.errors import Denied, Missing
from imagebank.core.models import IdempotencyKey

from .models import ApiToken, Erasure, User
from .notifying import notify
from .personal import forgetters, kept

GRACE: Final = dt.timedelta(days=14)
PAGE: Final = "/account/erase/"


@transaction.atomic
def ask(*, actor: Actor, account: User, keep_credit: bool) -> Erasure:
    """The person wants to be forgotten: tokens end at once, the rest after the days of grace.

    The caller has asked for the password or the second factor again.
    """
    _must_be_self(actor, account)
    said = {"keep_credit": keep_credit}
    due = {"due_at": timezone.now() + GRACE}
    row, _made = Erasure.objects.update_or_create(account=account, defaults=said, create_defaults={**said, **due})
    ApiToken.objects.filter(owner=account).update(revoked=True)
    record(actor, "ask_erasure", account)
    notify(account, "erasure_asked", address=PAGE)
    return row


@transaction.atomic
def recall(*, actor: Actor, account: User) -> None:
    """The person stays."""
    _must_be_self(actor, account)
    count, _rows = Erasure.objects.filter(account=account).delete()
    if not count:
        raise Missing()
    record(actor, "recall_erasure", account)
    notify(account, "erasure_recalled", address=PAGE)


def erase_due() -> int:
    """The sweeper's part; returns the number of accounts erased."""
    due = list(Erasure.objects.filter(due_at__lte=timezone.now()).values_list("account", flat=True))
    for pk in due:
        erase(pk)
    return len(due)


@transaction.atomic
def erase(account_id: uuid.UUID) -> None:
    """Everything personal goes now; nothing where it has gone or the person stayed after all."""
    row = Erasure.objects.select_for_update().select_related("account").filter(account_id=account_id).first()
    if row is None:
        return
    account = row.account
    record(SYSTEM, "erase", account, action="D")
    if not row.keep_credit:
        for forget in forgetters():
            forget(account)
    erase_card(account.pk)
    IdempotencyKey.objects.filter(actor_id=account.pk).delete()
    _end_sessions(account)
    if _leave(account):
        _blank(account)
    else:
        account.delete()


def _leave(account: User) -> bool:
    """The person's own rows go, links to the person too; whether contributions are left."""
    left = False
    for place in kept():
        if place.rule == "own":
            place.rows(account).delete()
        elif place.rule == "link":
            place.rows(account).update(**{place.field: None})
        else:
            left = left or place.rows(account).exists()
    return left


def _blank(account: User) -> None:
    """What contributions hang on from now on: nobody."""
    account.email, account.name, account.orcid = f"{account.pk}@erased.invalid", "", ""
    account.language = account.accepted_terms = ""
    account.is_active = account.is_staff = account.is_superuser = False
    account.erased, account.last_login = True, None
    account.set_unusable_password()
    account.save()
    account.groups.clear()
    account.user_permissions.clear()


def _end_sessions(account: User) -> None:
    """A session does not say in the clear whose it is, so each is read. Ended ones go, whosever they were."""
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(account.pk):
            session.delete()


def _must_be_self(actor: Actor, account: User) -> None:
    if not actor.is_person or actor.user_id != account.pk:
        raise Denied("person")
