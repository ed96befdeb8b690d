"""The first sync in a few large files instead of a request for each object: a signed snapshot and its packs.

A pack is trusted no more than the feed: its hash is signed, each item proves itself, each object has its hash. What
cannot be had this way (no snapshot, a pack gone since) comes by the feed from its start: no harm is done.
"""

from __future__ import annotations

import json
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings

from imagebank.exchange.outgoing import Unreachable
from imagebank.exchange.wire import Blob, Head, Item, Pack, Page, Snapshot, WireFault

from .client import BlobGone, OriginClient
from .models import Following
from .refusing import Refused
from .staging import Staging
from .taking import Result, refuse, take

TRIES: Final = 30
PAUSE: Final = 2.0
UNAVAILABLE: Final = 503
BATCH: Final = 100
"""Items of a transaction."""
LONGEST: Final = 4 << 20
"""Bytes of an item."""
ITEMS: Final = "items.ndjson"


def begin(following: Following, client: OriginClient, keys: dict[str, bytes]) -> Result | None:
    """All that is live, and the cursor behind it; nothing where there is no snapshot to be had now."""
    if following.seq or following.cursor:
        return None
    try:
        snapshot = Snapshot.of(_asked(client), keys)
        if snapshot.node != str(following.origin_id) or not snapshot.packs:
            return None
        return _taken(following, client, snapshot)
    except (Unreachable, BlobGone, Refused):
        return None
    except WireFault as fault:
        refuse(following, 0, None, "chain", fault.code)
        return None


def _asked(client: OriginClient) -> Any:
    """The snapshot, which a worker there makes when it is first asked for (503 until then)."""
    for left in reversed(range(TRIES)):
        try:
            return client.snapshot()
        except Unreachable as problem:
            if problem.status != UNAVAILABLE or not left:
                raise
        time.sleep(PAUSE)
    raise AssertionError


def _taken(following: Following, client: OriginClient, snapshot: Snapshot) -> Result:
    total, here, staging = Result(), Head(following.seq, following.digest), Staging(following.origin_id)
    for pack in snapshot.packs:
        path = _obtained(staging, client, pack)
        for items in _batches(_items(path)):
            page = Page(snapshot.node, snapshot.epoch, items, snapshot.head, following.cursor)
            done = take(following, client, page, here)
            total.items, total.shown = total.items + done.items, total.shown + done.shown
        staging.drop([pack.sha256])
    last = Page(snapshot.node, snapshot.epoch, (), snapshot.head, snapshot.next)
    take(following, client, last, snapshot.head)
    return total


def _obtained(staging: Staging, client: OriginClient, pack: Pack) -> Path:
    """The pack, whole and of its hash; its objects are staged as if each had been fetched."""
    if pack.size > settings.LIMITS.archive_bytes:
        raise Refused("size", "pack")
    path = staging.obtained(client, Blob(pack.sha256, pack.size, "pack", ""), most=settings.LIMITS.archive_bytes)
    for name, file in _members(path):
        if name.startswith("blobs/"):
            staging.stage(name.removeprefix("blobs/"), file)
    return path


def _items(path: Path) -> Iterator[Item]:
    """Each proves itself (wire); whole ones only."""
    for name, file in _members(path):
        if name == ITEMS:
            while line := file.readline(LONGEST):
                try:
                    item = Item.of(json.loads(line))
                except ValueError:
                    raise WireFault("shape", ITEMS) from None
                if not item.is_stub:
                    yield item


def _members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Plain files of the two known kinds; nothing is ever unpacked by its name."""
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isreg() else None
                if file is not None:
                    yield member.name, file
    except tarfile.TarError:
        raise WireFault("shape", "pack") from None


def _batches(items: Iterator[Item]) -> Iterator[tuple[Item, ...]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield tuple(batch)
            batch = []
    if batch:
        yield tuple(batch)
