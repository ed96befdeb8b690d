"""Mails of what waits to be told: each at once, or all of an account in one mail a day. Sent by a task.

A message is marked in the transaction in which it is sent: a worker that dies between the two sends it once more rather
than never.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext

from .models import MailChoice, Notification, User
from .notifying import ALWAYS, EVENTS, GROUPS

DAY: Final = dt.timedelta(days=1)
KEPT: Final = dt.timedelta(days=180)
"""How long an account's page lists what happened."""
SALT: Final = "imagebank.accounts.mailing"


def send_due() -> int:
    """Mail what is due; returns the number of mails."""
    sent = sum(_send_one(pk) for pk in _waiting("at_once").values_list("pk", flat=True))
    return sent + sum(_send_digest(account) for account in _due_for_digest())


def forget_old() -> None:
    """What was told long ago goes."""
    Notification.objects.filter(written_at__lt=timezone.now() - KEPT).delete()


def stop_token(account: User, group: str) -> str:
    """What the address of a mail's one-click unsubscribing carries (RFC 8058); it opens nothing else."""
    return signing.dumps([str(account.pk), group], salt=SALT)


def read_stop_token(token: str) -> tuple[User, str] | None:
    """(account, group) of a token; None when it is not ours or its account is gone. An empty group is all groups."""
    try:
        pk, group = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    account = User.objects.filter(pk=pk, is_active=True).first()
    return (account, group) if account else None


@transaction.atomic
def stop(account: User, group: str) -> None:
    """No more mail of this group, or of any."""
    for name in [group] if group else GROUPS:
        MailChoice.objects.update_or_create(account=account, group=name, defaults={"when": "never"})
    told = [name for name, event in EVENTS.items() if event.group == group or (not group and event.group != ALWAYS)]
    _waiting("daily", "at_once").filter(account=account, event__in=told).update(when="never")


def _waiting(*when: str) -> QuerySet[Notification]:
    return Notification.objects.filter(mailed_at__isnull=True, when__in=when)


def _due_for_digest() -> list[uuid.UUID]:
    """Accounts whose oldest message has waited for a day: so there is one mail a day at most."""
    oldest = _waiting("daily").values("account").annotate(oldest=Min("written_at"))
    return list(oldest.filter(oldest__lte=timezone.now() - DAY).values_list("account", flat=True))


def _send_one(pk: int) -> int:
    return _send(Q(pk=pk), "at_once")


def _send_digest(account: uuid.UUID) -> int:
    return _send(Q(account=account), "daily")


@transaction.atomic
def _send(wanted: Q, when: str) -> int:
    """One mail of these messages; 0 when another worker has them or they were sent."""
    rows = _waiting(when).filter(wanted).select_for_update(skip_locked=True, of=("self",)).select_related("account")
    messages = list(rows.order_by("written_at"))
    if not messages:
        return 0
    compose(messages[0].account, messages).send()
    Notification.objects.filter(pk__in=[message.pk for message in messages]).update(mailed_at=timezone.now())
    return 1


def compose(account: User, messages: Sequence[Notification]) -> EmailMessage:
    """In the language of the account: what happened, where to read of it, how to get fewer of these."""
    groups = {EVENTS[message.event].group for message in messages}
    group = next(iter(groups)) if len(groups) == 1 else ""
    with translation.override(account.language or settings.LANGUAGE_CODE):
        lines = [(EVENTS[message.event].sentence, _absolute(message.address)) for message in messages]
        stopping = "" if group == ALWAYS else _absolute(f"/account/mail/stop/{stop_token(account, group)}/")
        context = {
            "name": account.name, "lines": lines, "stop": stopping, "settings": _absolute("/account/notifications/"),
        }  # fmt: skip
        subject = str(lines[0][0]) if len(lines) == 1 else gettext("What happened in the image bank")
        text = render_to_string("account/mail.txt", context)
    headers = {"Auto-Submitted": "auto-generated"}
    if stopping:
        headers |= {"List-Unsubscribe": f"<{stopping}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return EmailMessage(subject, text, to=[account.email], headers=headers)


def _absolute(path: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{path}" if path else ""
