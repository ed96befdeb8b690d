"""Rounds of work over clean objects that came before something was read of them; what is left waits for the next."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import BinaryIO, Final

from django.db.models import QuerySet

from imagebank.catalog.models import Rendition
from imagebank.core.stores import STORES

SECONDS: Final = 30.0
MOST: Final = 2_000
"""Of one round."""


def fill(missing: QuerySet[Rendition], read: Callable[[Rendition, BinaryIO], bool]) -> int:
    """Safe to run at any time and twice; returns how many succeeded. In any order, so that none stands in the way."""
    begun, done = time.monotonic(), 0
    for stored in missing.select_related("clip").order_by("?")[:MOST]:
        if time.monotonic() - begun > SECONDS:
            break
        done += filled(stored, read)
    return done


def filled(stored: Rendition, read: Callable[[Rendition, BinaryIO], bool]) -> bool:
    """Whether it could be read; not when the object was withdrawn meanwhile."""
    try:
        source = STORES[stored.store].open(stored.clip_id, stored.role, stored.sha256)
    except FileNotFoundError:
        return False
    with source:
        return read(stored, source)
