"""Idempotency-Key: the same key and body give the same answer for 24 h, another body is refused.

Act and answer are one transaction: a second request with the key waits for the first, a failed act leaves nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from imagebank.core.actor import Actor
from imagebank.core.errors import Invalid
from imagebank.core.models import IdempotencyKey

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
LIFE: Final = dt.timedelta(hours=24)
LONGEST: Final = 200
Act = Callable[[], Response]


def once(request: Request, actor: Actor, body: Any, act: Act, *, keep: Callable[[Any], Any] | None = None) -> Response:
    """Carry out `act`, or give the answer of the first time. `keep` says what of the answer may be stored."""
    key = request.headers.get(HEADER, "")
    owner = actor.user_id
    if not key or owner is None:
        with transaction.atomic():
            return act()
    if len(key) > LONGEST or not key.isprintable():
        raise Invalid(errors={HEADER: f"At most {LONGEST} printable characters."})
    fingerprint = _fingerprint(request, body)
    with transaction.atomic():
        row = _claim(owner, key, fingerprint)
        if row.fingerprint != fingerprint:
            raise Invalid("idempotency_key")
        if row.status is not None:
            return Response(row.body, status=row.status, headers={REPLAYED: "true"})
        response = act()
        row.status, row.body = response.status_code, _plain(keep(response.data) if keep else response.data)
        row.save(update_fields=["status", "body"])
    return response


def forget_old() -> int:
    """The sweeper's part; returns how many keys were forgotten."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - LIFE).delete()[0]


def _claim(owner: uuid.UUID, key: str, fingerprint: str) -> IdempotencyKey:
    """The row of this key, made when there is none; waits for a request that is at work with it."""
    mine = IdempotencyKey.objects.filter(actor_id=owner, key=key)
    mine.filter(created_at__lt=timezone.now() - LIFE).delete()
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(actor_id=owner, key=key, fingerprint=fingerprint)
    except IntegrityError:
        return mine.get()


def _fingerprint(request: Request, body: Any) -> str:
    """Keyed: the body may name the hash of a file, which must not stay guessable."""
    text = json.dumps([request.method, request.get_full_path(), body], sort_keys=True, cls=JSONEncoder)
    return salted_hmac("idempotency", text, algorithm="sha256").hexdigest()


def _plain(data: Any) -> Any:
    return json.loads(json.dumps(data, cls=JSONEncoder))
