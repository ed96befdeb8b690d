"""Numbers and chains what was committed: outbox rows become changes, audit rows get their link.

One sequencer at a time (an advisory lock); a gap-free number is given only to rows whose transaction has committed, so
a reader who has seen number n has seen everything up to n.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction

from imagebank.core.anchoring import GENESIS
from imagebank.core.audit import digest
from imagebank.core.models import AuditEvent, AuditLink

from . import numbering

LOCK: Final = 0x1BA6EBA2
BATCH: Final = 1_000


@transaction.atomic
def run() -> int:
    """Number what is waiting; returns how many. Nothing when another sequencer is at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
    return numbering.number() + _link_audit()


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
