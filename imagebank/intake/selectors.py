"""Reading deposits and originals: only what the actor may see. Outer rooms read through here, never the models."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, QuerySet

from imagebank.accounts.permissions import allowed, check
from imagebank.core import stores
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Missing

from .models import Deposit, Original


def deposits(actor: Actor) -> QuerySet[Deposit]:
    """Own ones, the institution's inbox, all of a steward's institution."""
    rows = Deposit.objects.select_related("rights", "institution").prefetch_related("uploads")
    return allowed(actor, "deposit.see", rows)


def originals(actor: Actor) -> QuerySet[Original]:
    """Files of those deposits."""
    return allowed(actor, "original.see", Original.objects.select_related("deposit", "deposit__rights", "clip"))


def before_picture(actor: Actor, original: Original) -> bytes:
    """The untouched picture (WebP), which may show who the patient is: for a person, and each look is in the trail.

    Missing when there is none, or once it is destroyed.
    """
    check(actor, "original.handle", original, see="original.see")
    try:
        data = stores.read_preview(original.pk, original.institution_id)
    except FileNotFoundError:
        raise Missing() from None
    record(actor, "preview", original, action="R")
    return data


def after_picture(actor: Actor, original: Original) -> bytes:
    """The same picture as it will leave (WebP); Missing when there is none."""
    check(actor, "original.handle", original, see="original.see")
    found = original.clip.renditions.filter(role="after").first() if original.clip else None
    if found is None:
        raise Missing()
    with stores.STORES[found.store].open(found.clip_id, found.role, found.sha256) as handle:
        return handle.read()


def states_of(institution_id: UUID) -> dict[str, int]:
    """How many files of an institution stand in each state."""
    rows = Original.objects.filter(institution_id=institution_id).values_list("state")
    return dict(rows.annotate(n=Count("pk")).order_by())
