"""Who follows the feed: an account with a token of scope `mirror`, of an institution with a current agreement.

Its first request writes it down, so that every copy is known; what it may have until it is registered is what its
institution may have for teaching. Registered it can give receipts, since its node's key is known then.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import uuid
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from imagebank.accounts.models import Institution, User
from imagebank.accounts.permissions import check
from imagebank.accounts.services import agreement_is_current
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Conflict, Denied, Invalid
from imagebank.core.keys import derive_of_node

from .models import Mirror, Snapshot
from .rights import Follower
from .wire import key_id

KEY: Final = 32
LONG_AGO: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def follower(actor: Actor) -> Mirror:
    """The caller's row, made at its first request; Denied for who may not follow."""
    if actor.via != "token" or not actor.may("mirror"):
        raise Denied("mirror_token")
    row = Mirror.objects.select_related("institution").filter(account_id=actor.known_id).first()
    institution = row.institution if row else _institution(actor)
    if institution.pk not in actor.memberships or not agreement_is_current(institution.pk):
        raise Denied("mirror_agreement")
    if row and row.ended:
        raise Denied("mirror_ended")
    return row or _noted(actor, institution)


def _institution(actor: Actor) -> Institution:
    """The first of the caller's that has an agreement."""
    for row in Institution.objects.filter(pk__in=list(actor.memberships)).order_by("slug"):
        if agreement_is_current(row.pk):
            return row
    raise Denied("mirror_agreement")


def _noted(actor: Actor, institution: Institution) -> Mirror:
    fields = {"institution": institution, "region": institution.country, "uses": ["teaching"]}
    return Mirror.objects.get_or_create(account_id=actor.known_id, defaults=fields)[0]


def now(mirror: Mirror) -> Follower:
    """What it is today."""
    return Follower(mirror.region, frozenset(mirror.uses), mirror.audience)


def ever(mirror: Mirror) -> list[Follower]:
    """What it is and was: whatever it may hold."""
    return [now(mirror), *map(Follower.of, mirror.former)]


def subject_for(mirror: Mirror, subject: uuid.UUID | None) -> str | None:
    """The patient as this mirror alone knows them: no two mirrors can join what they hold by it."""
    if subject is None:
        return None
    said = mirror.account_id.bytes + subject.bytes
    return hmac.new(derive_of_node("feed-subject"), said, hashlib.sha256).hexdigest()[:32]


def seen(mirror: Mirror, seq: int) -> None:
    """Note what it had already when it asked."""
    Mirror.objects.filter(pk=mirror.pk).update(asked_seq=seq, asked_at=timezone.now())


@transaction.atomic
def register(*, actor: Actor, institution: Institution, account: User, said: dict[str, Any]) -> Mirror:
    """Admit a mirror: its node's key, where it stands, and what for. By a steward of the institution or an admin.

    What it was before stays known, so that what went there then is withdrawn there too.
    """
    check(actor, "mirror.admit", institution)
    if not agreement_is_current(institution.pk):
        raise Denied("mirror_agreement")
    if not _belongs(account, institution):
        raise Invalid(errors={"account": "There is no such account in this institution."})
    row, made = Mirror.objects.get_or_create(
        account=account, defaults={"institution": institution, "region": said["region"], "uses": said["uses"]}
    )
    before = {"region": row.region, "uses": row.uses, "audience": row.audience}
    after = {name: said[name] for name in before}
    if not made and before != after and before not in row.former:
        row.former = [*row.former, before]
    row.institution, row.ended = institution, False
    row.node, row.public = said["node"], public_key(said["key"])
    row.name, row.address = said["name"], said["address"]
    row.region, row.uses, row.audience = after["region"], after["uses"], after["audience"]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Conflict("mirror_exists") from None
    Snapshot.objects.filter(mirror=row).update(asked_at=LONG_AGO, complete=False)  # made for what it was
    record(actor, "admit", row, action="C")
    return row


@transaction.atomic
def end(*, actor: Actor, mirror: Mirror) -> Mirror:
    """It is sent nothing more. What it holds is its institution's to delete, by the agreement."""
    check(actor, "mirror.end", mirror)
    mirror.ended = True
    mirror.save(update_fields=["ended"])
    record(actor, "end", mirror, action="D")
    return mirror


def public_key(text: str) -> bytes:
    """The 32 raw bytes of an Ed25519 key in Base64; Invalid otherwise."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY:
        raise Invalid(errors={"key": "The raw Ed25519 public key, 32 bytes, in Base64."})
    return raw


def keys_of(mirror: Mirror) -> dict[str, bytes]:
    """Fingerprint -> key, as `wire.verify` wants them; none before it is registered."""
    return {key_id(bytes(mirror.public)): bytes(mirror.public)} if mirror.public else {}


def _belongs(account: User, institution: Institution) -> bool:
    member = account.memberships.filter(institution=institution).exists()
    return account.is_active and (member or account.institution_id == institution.pk)
