"""From rows of the outbox to changes of the feed: numbered, frozen, committed to, chained.

What a row asks for is looked at again: readers see the case now or they do not, and that is what the feed says. A case
that was never told needs no withdrawal; what is withdrawn stays so. Collections and sheets are not part of the feed.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from imagebank.catalog.models import Tombstone
from imagebank.core.models import Node, Outbox

from .freezing import Frozen, freeze
from .models import Change, FeedBlob
from .node_keys import head
from .rights import Told, narrower
from .wire import Blob, Head, Item, chain

BATCH: Final = 1_000
OF_THE_FEED: Final = ("case", "clip")
FORGOTTEN: Final[dict[str, Any]] = {
    "superseded": True, "document": None, "content": "", "blobs": [], "salt": "", "subject": None, "reason": "",
}  # fmt: skip


def number() -> int:
    """Number what waits; returns how many rows of the outbox are done. Only for the sequencer, which holds the lock."""
    rows = list(Outbox.objects.order_by("id")[:BATCH])
    if not rows:
        return 0
    batch = Batch([row for row in rows if row.object_type in OF_THE_FEED])
    batch.write()
    Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@dataclass
class Batch:
    """One batch on top of the present head."""

    rows: list[Outbox]

    def __post_init__(self) -> None:
        ids = {row.object_id for row in self.rows}
        self.node = str(Node.current().pk)
        self.head: Head = head()
        self.made: list[Change] = []
        self.case_of: dict[uuid.UUID, uuid.UUID] = dict(
            FeedBlob.objects.filter(clip_id__in=ids).values_list("clip_id", "case_id")
        )
        self.kept = _latest(ids | set(self.case_of.values()))
        self.frozen = freeze(ids)
        self.reasons = dict(Tombstone.objects.filter(pk__in=ids).values_list("object_id", "reason"))

    def write(self) -> None:
        """Append a change for each row that asks for one, and let what these overtake be forgotten."""
        for row in self.rows:
            for operation, frozen, standing in self._wanted(row):
                self._append(row, operation, frozen, standing)
        before = Change.objects.filter(object_id__in={change.object_id for change in self.made})
        before.filter(superseded=False, standing=False).update(**FORGOTTEN)
        Change.objects.bulk_create(self.made)
        _name_blobs(self.made)

    def _wanted(self, row: Outbox) -> Iterator[tuple[str, Frozen | None, bool]]:
        """(operation, what is told, whether it stands for good)."""
        before = self.kept.get(row.object_id)
        if before and before.operation == "withdraw":
            return
        if row.operation == "withdraw":
            if before or row.object_id in self.case_of:
                yield "withdraw", None, False
            return
        frozen = self.frozen.get(row.object_id) if row.operation != "restrict" else None
        if frozen is None:
            if before and before.operation != "restrict":
                yield "restrict", None, False
            return
        if before and narrower(before.rights, frozen.rights):
            yield "restrict", None, True
        yield "revise" if before else "put", frozen, False

    def _append(self, row: Outbox, operation: str, frozen: Frozen | None, standing: bool) -> None:
        before = self.kept.get(row.object_id)
        rights, reach = self._rights(row, frozen)
        change = Change(
            seq=self.head.seq + 1,
            operation=operation,
            object_type=row.object_type,
            object_id=row.object_id,
            revision=before.revision + 1 if before else 1,
            previous=self.head.digest,
            salt=secrets.token_hex(16),
            rights=rights,
            reach=reach,
            reason=self.reasons.get(row.object_id, "") if operation == "withdraw" else "",
            standing=standing,
        )
        if frozen:
            change.document, change.content = frozen.document, frozen.content
            change.blobs, change.subject = frozen.blobs, frozen.subject
        change.commitment = item_of(change, self.node).commitment
        change.digest = chain(change.previous, change.commitment)
        self._keep(change, before)

    def _rights(self, row: Outbox, frozen: Frozen | None) -> tuple[Told, list[Told]]:
        """Those of now, and every one that the object ever had. A clip has the rights of its case."""
        before = self.kept.get(row.object_id) or self.kept.get(self.case_of.get(row.object_id, row.object_id))
        reach = before.reach if before else []
        if frozen is None:
            assert before is not None
            return before.rights, reach
        return frozen.rights, reach if frozen.rights in reach else [*reach, frozen.rights]

    def _keep(self, change: Change, before: Change | None) -> None:
        if before and not before.standing:
            for name, value in FORGOTTEN.items():
                setattr(before, name, value)
        self.head = Head(change.seq, change.digest)
        self.kept[change.object_id] = change
        self.made.append(change)


def item_of(change: Change, node: str, subject: str | None = None) -> Item:
    """The change as it stands on the wire."""
    return Item(
        seq=change.seq,
        prev=change.previous,
        digest=change.digest,
        op=change.operation,
        type=change.object_type,
        id=str(change.object_id),
        rev=change.revision,
        origin=node,
        content=change.content or None,
        blobs=tuple(Blob(**blob) for blob in change.blobs),
        rights=change.rights,
        reason=change.reason,
        salt=change.salt,
        document=change.document,
        subject=subject,
    )


def stub_of(change: Change, op: str) -> Item:
    """The change as it stands on the wire for whom it is not, or not any more."""
    return Item(seq=change.seq, prev=change.previous, digest=change.digest, op=op, stated=change.commitment)


def _latest(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Change]:
    """The last change of each object that the feed knows."""
    rows = Change.objects.filter(object_id__in=ids).order_by("object_id", "-revision").distinct("object_id")
    return {row.object_id: row for row in rows}


def _name_blobs(made: list[Change]) -> None:
    """Remember which objects were named; most are known from the revision before."""
    told = [(change.object_id, blob) for change in made for blob in change.blobs]
    known = FeedBlob.objects.filter(case_id__in={case for case, _ in told})
    held = {(sha256, str(clip), role) for sha256, clip, role in known.values_list("sha256", "clip_id", "role")}
    rows = [
        FeedBlob(sha256=blob["sha256"], role=blob["role"], clip_id=blob["clip"], case_id=case)
        for case, blob in told
        if (blob["sha256"], blob["clip"], blob["role"]) not in held
    ]
    FeedBlob.objects.bulk_create(rows, ignore_conflicts=True)
