"""Whether the audit trail is whole; the daily anchor that shows when all of it was written anew (privacy.md 18, 24).

The chain betrays a changed, removed or inserted row. Whoever can write the whole database can also chain it anew; so
once a day its head is put into a file that no role of the database reaches: in the folder of keys, one a day, never
overwritten.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from django.utils import timezone

from .audit import digest
from .files import write_new
from .keys import folder
from .models import AuditEvent, AuditLink

GENESIS: Final = "0" * 64
SETTLED: Final = dt.timedelta(minutes=10)
"""An act older than this has its link: the sequencer runs every few seconds."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The chain's head when it was written that day: how many links, and the digest of the last."""

    day: dt.date
    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the trail is not whole. `gap`: a link is missing; `changed`: an act or its link is not what was chained;
    `unlinked`: an act stands outside of the chain; `anchor`: the chain is not the one of that day's anchor."""

    code: Literal["gap", "changed", "unlinked", "anchor"]
    seq: int | None = None
    day: dt.date | None = None


def anchor_today() -> Anchor | None:
    """Write today's anchor unless it is there; None while nothing is chained."""
    last = AuditLink.objects.order_by("-seq").first()
    if last is None:
        return None
    made = Anchor(timezone.now().date(), last.seq, last.digest)
    try:
        write_new(folder("anchors") / f"{made.day}.json", json.dumps({"seq": made.seq, "digest": made.digest}).encode())
    except FileExistsError:
        return _read(made.day)
    return made


def anchors() -> list[Anchor]:
    """Those that were written, oldest first."""
    return [_read(dt.date.fromisoformat(path.stem)) for path in sorted(folder("anchors").glob("*.json"))]


def _read(day: dt.date) -> Anchor:
    told = json.loads((folder("anchors") / f"{day}.json").read_text())
    return Anchor(day, int(told["seq"]), str(told["digest"]))


def faults() -> Iterator[Fault]:
    """Walks the whole chain once, in order; a fault does not hide those after it."""
    waiting = {anchor.seq: anchor for anchor in anchors()}
    previous, expected = GENESIS, 1
    for link in AuditLink.objects.select_related("event").order_by("seq").iterator(chunk_size=2_000):
        if link.seq != expected:
            yield Fault("gap", expected)
        if link.seq == expected and digest(previous, link.event) != link.digest:
            yield Fault("changed", link.seq)
        if (anchor := waiting.pop(link.seq, None)) and anchor.digest != link.digest:
            yield Fault("anchor", link.seq, anchor.day)
        previous, expected = link.digest, link.seq + 1
    yield from (Fault("anchor", anchor.seq, anchor.day) for anchor in waiting.values())
    if AuditEvent.objects.filter(link=None, recorded_at__lt=timezone.now() - SETTLED).exists():
        yield Fault("unlinked")
