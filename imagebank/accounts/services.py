"""Making accounts, institutions and tokens."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid

from django.db import transaction
from django.utils import timezone

from imagebank.core.actor import Actor
from imagebank.core.audit import record, write_card
from imagebank.core.errors import Denied, Invalid, SecondFactorFirst

from .models import SCOPES, Agreement, ApiToken, Institution, User

TOKEN_PREFIX = "ib_"  # noqa: S105 - a mark by which secret scanners know a token
TOKEN_DAYS = 90


@transaction.atomic
def welcome(*, actor: Actor, user: User) -> None:
    """Somebody has made an account: the trail holds the commitment of their card from now on (privacy.md 18)."""
    write_card(user.id, user.name, user.email)
    record(actor, "create", user, action="C")


def hash_token(token: str) -> str:
    """Tokens are random, so a plain hash suffices."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_token(
    *, owner: User, name: str, scopes: list[str], actor: Actor, days: int = TOKEN_DAYS
) -> tuple[ApiToken, str]:
    """Returns the row and the token, which is shown this once. A token cannot make tokens."""
    if not _makes_tokens_of(actor, owner):
        raise Denied("token_by_person")
    if not actor.second_factor:
        raise SecondFactorFirst()
    if unknown := set(scopes) - set(SCOPES):
        raise Invalid(errors={"scopes": f"Unknown: {', '.join(sorted(unknown))}."})
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        owner=owner,
        name=name,
        scopes=sorted(set(scopes)),
        digest=hash_token(token),
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    record(actor, "create", row, action="C")
    return row, token


def _makes_tokens_of(actor: Actor, owner: User) -> bool:
    """A person its own; a steward those of the institution's service accounts; an administrator any."""
    steward = owner.institution_id in actor.institutions("steward")
    return actor.is_person and (actor.user_id == owner.id or steward or "admin" in actor.roles)


@transaction.atomic
def revoke_token(*, actor: Actor, token: ApiToken) -> None:
    """It opens nothing from now on. Its owner does this in a session, or the steward of a service account."""
    if not _makes_tokens_of(actor, token.owner):
        raise Denied("token_by_person")
    token.revoked = True
    token.save(update_fields=["revoked"])
    record(actor, "revoke", token, action="D")


def find_token(token: str) -> ApiToken | None:
    """The live token of an active owner; notes the day of use."""
    return live_token(digest=hash_token(token))


def live_token(**by: object) -> ApiToken | None:
    """The same by another field."""
    rows = ApiToken.objects.select_related("owner").filter(**by, revoked=False, owner__is_active=True)
    row = rows.filter(expires_at__gt=timezone.now()).first()
    today = timezone.now().date()
    if row and row.last_used_on != today:
        ApiToken.objects.filter(pk=row.pk).update(last_used_on=today)
    return row


def agreement_is_current(institution_id: uuid.UUID) -> bool:
    """Without a current agreement: no deposit, no mirror (privacy.md 8)."""
    today = timezone.now().date()
    signed = Agreement.objects.filter(institution_id=institution_id, signed_on__lte=today)
    return (
        Institution.objects.filter(pk=institution_id, state="active").exists()
        and signed.exclude(ends_on__lt=today).exists()
    )
