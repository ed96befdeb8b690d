"""What a worker does for the index now and then: a fresh snapshot, and an end to old entries of the log."""

from __future__ import annotations

import datetime as dt
import time
from typing import Final

from django.db import connection
from django.utils import timezone

from imagebank.catalog.models import PublicCase, SearchChange

from . import changes, current, snapshot

STALE: Final = 86_400
"""Seconds after which a snapshot is written anew."""
CHANGED: Final = 10_000
"""Rows changed since, after which it is."""
KEPT: Final = dt.timedelta(seconds=snapshot.OLDEST, days=1)


def run() -> None:
    """Safe to run at any time and twice."""
    SearchChange.objects.filter(at__lt=timezone.now() - KEPT).delete()
    if due():
        write()


def due() -> bool:
    """Whether a bank of this size lacks a snapshot that is nearly up to date."""
    held = snapshot.held()
    if held is None:
        return PublicCase.objects.count() > current.SMALL
    followed, made = held
    changed = changes.since(followed)
    return time.time() - made > STALE or changed.everything or len(changed.rows) > CHANGED


def write() -> None:
    """Take in what is new and write it; outside of any transaction, so that it all holds."""
    state = current.advanced(held) if (held := current.from_snapshot()) else current.from_database()
    _write(state)


def make() -> None:
    """From the database alone."""
    _write(current.from_database())


def _write(state: current.State) -> None:
    assert not connection.in_atomic_block
    found = state.generation
    snapshot.write(found.packed() if found.loose else found, state.followed)
