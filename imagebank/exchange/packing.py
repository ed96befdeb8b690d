"""Snapshots: what is live at one number, as a few large files, so that a new mirror need not ask for each object.

A worker makes them for the mirror that asked. As soon as one thing in a snapshot is withdrawn or hidden the whole of it
is destroyed, and no file of it is served from that moment on; the mirror asks for another.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import tarfile
import tempfile
from collections.abc import Iterable
from typing import IO, Final

from django.db import transaction
from django.utils import timezone

from imagebank.catalog.models import Rendition
from imagebank.core import stores
from imagebank.core.errors import BankError, Gone, Missing
from imagebank.core.models import Node

from .feed import items_for, write_cursor
from .freezing import visible
from .models import Change, Mirror, Snapshot
from .models import Pack as Row
from .node_keys import head, sign_as_node
from .wire import JSON, Head, Item, Pack
from .wire import Snapshot as Said

ITEMS: Final = 1_000
BYTES: Final = 128 << 20
"""Of the blobs of a pack; the last one may go beyond."""
PACKED: Final = "dicom"
"""What mirrors are made of: they render everything else themselves."""
LARGEST: Final = 16 << 20
"""A larger blob is fetched by its hash."""
ROLE: Final = "pack"
KEPT: Final = dt.timedelta(days=1)


class InTheMaking(BankError):
    """A worker is at it."""

    status = 503
    code = "snapshot_wait"
    title = "The snapshot is being made: ask again in a little while, or read the feed from its start."


def snapshot(mirror: Mirror) -> JSON:
    """The signed list of packs; InTheMaking until a worker has made them."""
    row = _asked(mirror)
    if not row.complete:
        raise InTheMaking()
    node = Node.current()
    rows = mirror.packs.filter(seq=row.seq).order_by("number")
    packs = tuple(Pack(pack.sha256, pack.size, pack.items, pack.blobs) for pack in rows)
    at = Head(row.seq, row.digest)
    said = Said(str(node.pk), str(node.epoch), at, packs, write_cursor(node.epoch, row.seq))
    return sign_as_node("snapshot", said.told())


def pack(mirror: Mirror, sha256: str) -> Rendition:
    """What to serve; Gone when something of it was withdrawn or hidden since."""
    row = mirror.packs.filter(sha256=sha256).first()
    if row is None:
        raise Missing()
    if len(visible(row.objects_in)) < len(row.objects_in):
        raise Gone()
    kind = "application/x-tar"
    return Rendition(
        clip_id=mirror.pk, role=ROLE, store=stores.packs.name, sha256=sha256, size=row.size, content_type=kind
    )


def make_next() -> bool:
    """The next pack of the snapshot that waits longest; whether there was one to make."""
    with transaction.atomic():
        waiting = Snapshot.objects.filter(complete=False).order_by("asked_at")
        row = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("mirror").first()
        if row is not None:
            _go_on(row)
    return row is not None


def purge() -> int:
    """Destroy snapshots that are old or hold what readers do not see any more; returns how many."""
    old = timezone.now() - KEPT
    stale = [row for row in Snapshot.objects.select_related("mirror") if row.asked_at < old or _holds_gone(row.mirror)]
    for row in stale:
        forget(row.mirror)
    return len(stale)


def forget(mirror: Mirror) -> None:
    """The snapshot of a mirror goes, files and all."""
    with transaction.atomic():
        Snapshot.objects.filter(mirror=mirror).delete()
        mirror.packs.all().delete()
        transaction.on_commit(lambda: stores.packs.purge(mirror.pk))


# --- pieces


def _asked(mirror: Mirror) -> Snapshot:
    at = head()
    return Snapshot.objects.get_or_create(mirror=mirror, defaults={"seq": at.seq, "digest": at.digest})[0]


def _holds_gone(mirror: Mirror) -> bool:
    return any(len(visible(pack.objects_in)) < len(pack.objects_in) for pack in mirror.packs.all())


def _go_on(row: Snapshot) -> None:
    live = Change.objects.filter(document__isnull=False, seq__lte=row.seq).order_by("object_id")
    changes = list((live.filter(object_id__gt=row.packed_to) if row.packed_to else live)[:ITEMS])
    if not changes:
        row.complete = True
    else:
        items = items_for(row.mirror, changes, str(Node.current().pk))
        taken = _until_full(items)
        row.packed_to = changes[taken - 1].object_id
        _keep(row, [item for item in items[:taken] if not item.is_stub])
    row.save()


def _until_full(items: list[Item]) -> int:
    """How many of them fit a pack, one at least."""
    room = BYTES
    for number, item in enumerate(items, 1):
        room -= sum(blob.size for blob in item.blobs if blob.role == PACKED and blob.size <= LARGEST)
        if room <= 0:
            return number
    return len(items)


def _keep(row: Snapshot, items: list[Item]) -> None:
    if not items:
        return
    folder = stores.packs.folder(row.mirror_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryFile(dir=folder) as file:
        blobs = write_pack(file, items)
        file.seek(0)
        sha256, size = stores.packs.put(row.mirror_id, ROLE, file)
    Row.objects.create(
        mirror=row.mirror, seq=row.seq, number=row.mirror.packs.count(), sha256=sha256, size=size, items=len(items),
        blobs=blobs, objects_in=[item.id for item in items],
    )  # fmt: skip


def write_pack(file: IO[bytes], items: Iterable[Item], largest: int = LARGEST) -> int:
    """A tar of items.ndjson and the clean objects that are left of their clips, up to `largest` bytes each; returns
    how many of these."""
    rows = list(items)
    lines = b"".join(json.dumps(item.told(), ensure_ascii=False).encode() + b"\n" for item in rows)
    wanted = {blob.sha256: blob for item in rows for blob in item.blobs if blob.role == PACKED}
    small = [sha256 for sha256, blob in wanted.items() if blob.size <= largest]
    stored = Rendition.objects.filter(sha256__in=small, store="bank", clip__in=[wanted[s].clip for s in small])
    found = {row.sha256: row for row in stored}
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(_member("items.ndjson", len(lines)), io.BytesIO(lines))
        for sha256, row in sorted(found.items()):
            with stores.bank.open(row.clip_id, row.role, sha256) as handle:
                tar.addfile(_member(f"blobs/{sha256}", row.size), handle)
    return len(found)


def _member(name: str, size: int) -> tarfile.TarInfo:
    """Without time and owner."""
    found = tarfile.TarInfo(name)
    found.size, found.mode = size, 0o644
    return found
