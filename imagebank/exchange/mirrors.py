"""What is known of the mirrors: how far they are, what they have confirmed, which withdrawals are overdue.

A receipt proves that a node's key has signed a claim. It proves no deletion at a node that lies.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from imagebank.accounts.permissions import allowed
from imagebank.core.actor import Actor
from imagebank.core.errors import Invalid
from imagebank.core.models import Node

from .followers import ever, keys_of
from .models import Change, Mirror, Receipt
from .node_keys import head
from .rights import reaches
from .wire import Receipt as Said
from .wire import WireFault, canonical, key_id, sha256

SILENT: Final = dt.timedelta(days=7)
"""A mirror that has not asked for so long shows nothing of ours any more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A mirror with what is told of it."""

    mirror: Mirror
    state: str
    overdue: int
    behind: int
    """Changes that it has not asked beyond."""


@transaction.atomic
def take_receipt(*, mirror: Mirror, message: Any) -> Receipt:
    """Keep a mirror's signed word; the same one again changes nothing. Invalid says what does not hold."""
    try:
        said = Said.of(message, keys_of(mirror))
    except WireFault as fault:
        raise Invalid("receipt", errors={"receipt": f"It does not hold: {fault.code}."}) from None
    _check(mirror, said)
    fields = {"seq": said.seq, "purged": len(said.purged), "message": message}
    row, _ = Receipt.objects.get_or_create(mirror=mirror, digest=sha256(canonical(message)), defaults=fields)
    Mirror.objects.filter(pk=mirror.pk).update(
        acknowledged_seq=Greatest(F("acknowledged_seq"), said.seq), acknowledged_at=Now()
    )
    mirror.refresh_from_db()
    return row


def _check(mirror: Mirror, said: Said) -> None:
    """It is about this node, of this mirror, and names the digest that stands at its number."""
    node = Node.current()
    wrong = {
        "node": said.node != str(node.pk),
        "mirror": said.mirror != str(mirror.node),
        "epoch": said.epoch != str(node.epoch),
        "head": said.seq > 0 and not Change.objects.filter(seq=said.seq, digest=said.head).exists(),
    }
    if any(wrong.values()):
        names = [name for name, is_wrong in wrong.items() if is_wrong]
        raise Invalid("receipt", errors=dict.fromkeys(names, "Not what stands here."))


def seen_by(actor: Actor) -> QuerySet[Mirror]:
    """Those of a steward's institution; all for an administrator."""
    rows = Mirror.objects.select_related("institution", "account").order_by("institution__slug", "created_at")
    return allowed(actor, "mirror.see", rows)


def standings(rows: Iterable[Mirror]) -> list[Standing]:
    """How far each is."""
    mirrors = list(rows)
    late, last = overdue(mirrors), head().seq
    return [
        Standing(row, _state(row, late[row.pk], last), late[row.pk], last - (row.asked_seq or 0)) for row in mirrors
    ]


def overdue(rows: Iterable[Mirror]) -> dict[uuid.UUID, int]:
    """Mirror -> how many withdrawals that may have reached it lack its receipt for too long."""
    mirrors = list(rows)
    limit = timezone.now() - dt.timedelta(minutes=settings.MIRROR_OVERDUE_MINUTES)
    least = min((row.acknowledged_seq for row in mirrors), default=0)
    gone = Change.objects.filter(operation="withdraw", seq__gt=least, numbered_at__lt=limit)
    told = list(gone.values_list("seq", "reach"))
    return {row.pk: sum(_awaited(row, seq, reach) for seq, reach in told) for row in mirrors}


def _awaited(row: Mirror, seq: int, reach: list[dict[str, Any]]) -> bool:
    if seq <= row.acknowledged_seq or row.asked_seq is None:
        return False
    return any(reaches(rights, who) for rights in reach for who in ever(row))


def _state(row: Mirror, late: int, last: int) -> str:
    if row.ended:
        return "ended"
    if late:
        return "overdue"
    if row.asked_at is None or row.asked_at < timezone.now() - SILENT:
        return "silent"
    if not row.registered:
        return "unregistered"
    return "current" if row.acknowledged_seq >= last else "behind"


def told(standing: Standing) -> dict[str, Any]:
    """As `MirrorShown`."""
    row = standing.mirror
    plain = (
        "id", "name", "node", "address", "region", "uses", "audience", "asked_seq", "asked_at", "acknowledged_seq",
        "acknowledged_at", "probed_at", "probe_fault",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in plain},
        "institution": row.institution.slug,
        "key": key_id(bytes(row.public)) if row.public else None,
        "state": standing.state,
        "overdue": standing.overdue,
    }
