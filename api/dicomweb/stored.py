"""Bytes of a clean object, or of what was made of it: the whole or runs of it. Nothing is parsed here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO

from api.media import Pieces
from api.ranges import Span
from imagebank.catalog.models import Clip, Header, Rendition
from imagebank.core.errors import Missing
from imagebank.core.stores import STORES
from imagebank.intake.making import Wish, converted

from .accepting import ANY, Offer


def rendition(clip: Clip, role: str) -> Rendition:
    """Of the clip's stored objects the one of this role; Missing when there is none."""
    found = next((one for one in clip.renditions.all() if one.role == role), None)
    if found is None:
        raise Missing()
    return found


@dataclass(frozen=True, slots=True)
class Object:
    """The clip as a DICOM object in one transfer syntax."""

    size: int
    pixels: dict[str, Any]
    """`Header.pixels`."""
    open: Callable[[], BinaryIO]

    def whole(self) -> Iterator[bytes]:
        """All of it, in pieces."""
        return self.runs([(0, self.size)])()

    def runs(self, places: Sequence[tuple[int, int]]) -> Callable[[], Iterator[bytes]]:
        """Runs of its bytes one after the other: (offset, length)."""

        def pieces() -> Iterator[bytes]:
            for start, length in places:
                with closing(Pieces(self.open(), Span(start, start + length))) as run:
                    yield from run

        return pieces


def object_in(clip: Clip, row: Header, syntax: str) -> Object:
    """As it is stored, or made anew where that is another transfer syntax."""
    stored = rendition(clip, "dicom")
    if syntax in (row.transfer_syntax, ANY):
        return Object(
            stored.size, row.pixels, lambda: STORES[stored.store].open(stored.clip_id, stored.role, stored.sha256)
        )
    made = converted(stored, syntax).made()
    return Object(made.size, made.facts["pixels"], lambda: made.path.open("rb"))


def wishes(found: Sequence[Clip], rows: Sequence[Header], offer: Offer) -> list[Wish]:
    """What is not stored in the transfer syntax in which it is to be given."""
    pairs = zip(found, rows, strict=True)
    wanted = [clip for clip, row in pairs if offer.syntax not in (row.transfer_syntax, ANY)]
    return [converted(rendition(clip, "dicom"), offer.syntax) for clip in wanted]
