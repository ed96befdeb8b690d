"""Numbers and chains what was committed: outbox rows become changes, audit rows get their link.

One sequencer at a time (an advisory lock); a gap-free number is given only to rows whose transaction has committed, so
a reader who has seen number n has seen everything up to n.
"""

from __future__ import annotations

import hashlib
from typing import Final

from django.db import connection, transaction

from imagebank.core.audit import digest
from imagebank.core.models import AuditEvent, AuditLink, Outbox

from .models import Change

LOCK: Final = 0x1BA6EBA2
BATCH: Final = 1_000
GENESIS: Final = "0" * 64


@transaction.atomic
def run() -> int:
    """Number what is waiting; returns how many. Nothing when another sequencer is at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
    return _number_changes() + _link_audit()


def _number_changes() -> int:
    last = Change.objects.order_by("-seq").first()
    seq, previous = (last.seq, last.digest) if last else (0, GENESIS)
    waiting = list(Outbox.objects.order_by("id")[:BATCH])
    changes = []
    for row in waiting:
        seq += 1
        text = f"{previous}\n{seq}|{row.operation}|{row.object_type}|{row.object_id}|{row.revision}"
        previous = hashlib.sha256(text.encode()).hexdigest()
        changes.append(
            Change(
                seq=seq,
                operation=row.operation,
                object_type=row.object_type,
                object_id=row.object_id,
                revision=row.revision,
                digest=previous,
            )
        )
    Change.objects.bulk_create(changes)
    Outbox.objects.filter(pk__in=[row.pk for row in waiting]).delete()
    return len(changes)


def _link_audit() -> int:
    last = AuditLink.objects.order_by("-seq").first()
    seq, previous = (last.seq, last.digest) if last else (0, GENESIS)
    waiting = AuditEvent.objects.filter(link__isnull=True).order_by("recorded_at", "id")[:BATCH]
    links = []
    for event in waiting:
        seq += 1
        previous = digest(previous, event)
        links.append(AuditLink(seq=seq, event=event, digest=previous))
    AuditLink.objects.bulk_create(links)
    return len(links)


def broken_link() -> int | None:
    """The first number at which the audit chain does not verify; None when it is whole."""
    previous = GENESIS
    for expected, link in enumerate(AuditLink.objects.select_related("event").order_by("seq").iterator(), 1):
        previous = digest(previous, link.event)
        if link.seq != expected or link.digest != previous:
            return expected
    return None
