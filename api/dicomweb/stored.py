"""Bytes of a clean object out of its store: the whole or runs of it. Nothing is parsed here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing

from api.media import Pieces
from api.ranges import Span
from imagebank.catalog.models import Clip, Rendition
from imagebank.core.errors import Missing
from imagebank.core.stores import STORES


def rendition(clip: Clip, role: str) -> Rendition:
    """Of the clip's stored objects the one of this role; Missing when there is none."""
    found = next((one for one in clip.renditions.all() if one.role == role), None)
    if found is None:
        raise Missing()
    return found


def whole(stored: Rendition) -> Callable[[], Iterable[bytes]]:
    """The object in pieces, opened when they are asked for."""
    return spans(stored, [(0, stored.size)])


def spans(stored: Rendition, places: Sequence[tuple[int, int]]) -> Callable[[], Iterable[bytes]]:
    """Runs of the object's bytes one after the other: (offset, length)."""

    def pieces() -> Iterator[bytes]:
        for start, length in places:
            handle = STORES[stored.store].open(stored.clip_id, stored.role, stored.sha256)
            with closing(Pieces(handle, Span(start, start + length))) as run:
                yield from run

    return pieces
