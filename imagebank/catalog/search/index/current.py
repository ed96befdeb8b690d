"""The index as this process has it now, brought up to date with each question."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.db import connection

from imagebank.catalog.models import PublicCase

from . import changes, snapshot
from .changes import Followed
from .generation import Generation, built

LOOSE: Final = 20_000
"""Rows beside the sorted ones from which on everything is sorted anew."""
SMALL: Final = 20_000
"""Rows up to which every process makes its index itself, in a second."""
PATIENCE: Final = 300.0
"""Seconds for the making of a snapshot."""
MAKE: Final = "import django; django.setup(); from imagebank.catalog.search.index import upkeep; upkeep.make()"


@dataclass(frozen=True, slots=True)
class State:
    """A generation and how far the log of changes is in it. Swapped in one assignment."""

    generation: Generation
    followed: Followed
    origin: int
    """How far the log was when its sorted part was made."""
    asked: float = 0.0
    """When the log was last read, by the clock that never goes back."""


_state: State | None = None
_lock = threading.Lock()


def generation() -> Generation:
    """With all that was committed up to SEARCH_FRESH_SECONDS ago, unless another thread is just taking it in."""
    state = _state
    if state is not None and time.monotonic() < state.asked + settings.SEARCH_FRESH_SECONDS:
        return state.generation
    if not _lock.acquire(blocking=state is None):
        assert state is not None
        return state.generation
    try:
        return _advance().generation
    finally:
        _lock.release()


def forget() -> None:
    """Begin again with the next question."""
    global _state
    with _lock:
        _state = None


def _advance() -> State:
    global _state
    asked = time.monotonic()
    _state = replace(advanced(_state or opened()), asked=asked)
    return _state


def opened() -> State:
    """From the snapshot where there is one that can be used, else from the database."""
    return from_snapshot() or _made()


def advanced(state: State) -> State:
    """With what was committed since."""
    changed = changes.since(state.followed)
    if changed.everything:
        return from_database()
    if not changed.rows:
        return replace(state, followed=changed.followed)
    return _tidy(replace(state, generation=state.generation.folded(changed.rows), followed=changed.followed))


def _tidy(state: State) -> State:
    """When much has come since the base was sorted, a newer snapshot, or all sorted anew."""
    if state.generation.loose <= max(LOOSE, state.generation.base.size // 20):
        return state
    newer = snapshot.held()
    found = from_snapshot() if newer and newer[0].horizon > state.origin else None
    if found:
        return advanced(found)
    return replace(state, generation=state.generation.packed(), origin=state.followed.horizon)


def _made() -> State:
    """Of a large bank by way of a snapshot that another process makes: what the making takes ends with it."""
    if PublicCase.objects.count() > SMALL and not connection.in_atomic_block:
        subprocess.run([sys.executable, "-c", MAKE], timeout=PATIENCE, check=False)
    return from_snapshot() or from_database()


def from_snapshot() -> State | None:
    """As it was when the file was written; None without one that can be used."""
    found = snapshot.read()
    return State(*found, origin=found[1].horizon) if found else None


def from_database() -> State:
    """Everything that is committed."""
    followed = changes.start()
    return State(built(), followed, origin=followed.horizon)
