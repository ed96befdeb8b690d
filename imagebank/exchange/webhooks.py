"""Webhooks after the Standard Webhooks specification: they say that the head moved, and nothing else.

Whoever is told asks the feed, with its token. At most one message waits for an address at a time; it keeps its id and
its words at every attempt. After the last attempt it is dead, stays listed, and can be sent again.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction
from django.utils import timezone

from imagebank.accounts.models import User
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Conflict, Invalid
from imagebank.core.keys import derive_of_node
from imagebank.core.models import Node

from .models import Delivery, Webhook
from .node_keys import head
from .outgoing import Unreachable, ask, checked

PREFIX: Final = "whsec_"
SECRET: Final = 32
NONCE: Final = 12
MOST: Final = 10
"""Addresses of one account."""
SECONDS: Final = 15.0
LEASE: Final = dt.timedelta(minutes=2)
"""An attempt whose process died is made again after this."""
PAUSES: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before the next attempt, a tenth more or less; as the specification proposes."""


def subscribe(*, actor: Actor, account: User, address: str) -> tuple[Webhook, str]:
    """The row and its secret, which is told this once."""
    try:
        checked(address)
    except Unreachable:
        raise Invalid(errors={"address": "This address cannot be reached from here, or may not be."}) from None
    if Webhook.objects.filter(account=account).count() >= MOST:
        raise Conflict("limit_webhooks")
    secret = secrets.token_bytes(SECRET)
    nonce = os.urandom(NONCE)
    sealed = nonce + _cipher().encrypt(nonce, secret, account.pk.bytes)
    try:
        with transaction.atomic():
            row = Webhook.objects.create(account=account, address=address, sealed=sealed, told_seq=head().seq)
    except IntegrityError:
        raise Conflict("webhook_exists") from None
    record(actor, "subscribe", row, action="C")
    return row, PREFIX + base64.b64encode(secret).decode()


@transaction.atomic
def unsubscribe(*, actor: Actor, webhook: Webhook) -> None:
    """No more messages; those that wait or are dead go too."""
    record(actor, "unsubscribe", webhook, action="D")
    webhook.delete()


def queue() -> int:
    """A message for each address that has not been told of the head and for which none waits; returns how many."""
    last = head().seq
    behind = Webhook.objects.filter(told_seq__lt=last, account__is_active=True).exclude(deliveries__state="waiting")
    made = [Delivery(webhook=row, seq=last) for row in behind]
    Delivery.objects.bulk_create(made, ignore_conflicts=True)
    Webhook.objects.filter(pk__in=[delivery.webhook_id for delivery in made]).update(told_seq=last)
    return len(made)


def deliver() -> bool:
    """Send one that is due; whether there was one."""
    row = _claim()
    if row is not None:
        _settle(row, _send(row))
    return row is not None


@transaction.atomic
def replay(delivery: Delivery) -> Delivery:
    """Send a dead message again; where another waits for the address by now, that one goes at once in its place."""
    if delivery.state != "dead":
        raise Conflict("wrong_state")
    waiting = Delivery.objects.filter(webhook=delivery.webhook_id, state="waiting").first()
    if waiting:
        delivery.delete()
    row = waiting or delivery
    row.state, row.attempts, row.due_at, row.fault = "waiting", 0, timezone.now(), ""
    row.save()
    return row


def body_of(delivery: Delivery) -> bytes:
    """What is sent."""
    said = {"type": "changes.head", "node": str(Node.current().pk), "seq": delivery.seq}
    return json.dumps(said, separators=(",", ":")).encode()


def signature(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """Value of webhook-signature: `v1,` and the Base64 of HMAC-SHA256 over id.timestamp.body."""
    mac = hmac.new(secret, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"


@transaction.atomic
def _claim() -> Delivery | None:
    """One that is due, leased to this process."""
    due = Delivery.objects.filter(state="waiting", due_at__lte=timezone.now()).order_by("due_at")
    row = due.select_for_update(skip_locked=True, of=("self",)).select_related("webhook").first()
    if row:
        row.attempts += 1
        row.due_at = timezone.now() + LEASE
        row.save(update_fields=["attempts", "due_at"])
    return row


def _send(row: Delivery) -> str:
    """The code of what went wrong, "" for nothing. Nothing is held of the database meanwhile, nothing kept of the
    answer."""
    stamp, body = str(int(timezone.now().timestamp())), body_of(row)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": str(row.pk),
        "webhook-timestamp": stamp,
        "webhook-signature": signature(_secret(row.webhook), str(row.pk), stamp, body),
    }
    try:
        with ask("POST", row.webhook.address, headers=headers, body=body, seconds=SECONDS) as answer:
            return "" if 200 <= answer.status < 300 else f"status_{answer.status}"
    except Unreachable as problem:
        return problem.code


def _settle(row: Delivery, fault: str) -> None:
    changes: dict[str, object] = {"fault": fault}
    if not fault:
        changes["state"] = "delivered"
    elif row.attempts > len(PAUSES) or fault == "status_410":  # who says Gone wants no more
        changes["state"] = "dead"
    else:
        changes["due_at"] = timezone.now() + _pause(row.attempts)
    Delivery.objects.filter(pk=row.pk).update(**changes)
    Delivery.objects.filter(webhook=row.webhook_id, state="delivered").exclude(pk=row.pk).delete()


def _pause(attempts: int) -> dt.timedelta:
    return dt.timedelta(seconds=PAUSES[attempts - 1] * (0.9 + 0.2 * secrets.randbelow(1_000) / 1_000))


def _secret(row: Webhook) -> bytes:
    sealed = bytes(row.sealed)
    return _cipher().decrypt(sealed[:NONCE], sealed[NONCE:], row.account_id.bytes)


def _cipher() -> AESGCM:
    return AESGCM(derive_of_node("webhook"))
