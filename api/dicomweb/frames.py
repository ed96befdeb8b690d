"""WADO-RS frames and bulk data (PS3.18 10.4.1.1.5-6): the bytes of the pixel data as they lie in the clean object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from api.media import headers
from api.v1.clips import require_terms
from imagebank.catalog.models import Clip, Header
from imagebank.core.errors import Missing, NotAcceptable
from imagebank.intake.headers import headers_of

from .accepting import Offer, choose
from .answering import Part, in_parts, single, tag
from .selection import address_of, selected
from .stored import Object, object_in, wishes
from .tags import CODED, EXPLICIT_LITTLE_ENDIAN, NATIVE, PIXEL_DATA, others
from .uids import BadRequest
from .views import DicomwebView

MOST: Final = 3_000


def numbers(text: str, count: int) -> list[int]:
    """The frames of an address, from 1: `1,5,2`. BadRequest for what is no such list, Missing beyond the last."""
    parts = text.split(",")
    if len(parts) > MOST or not all(part.isascii() and part.isdigit() and 0 < len(part) < 10 for part in parts):
        raise BadRequest(errors={"frames": "Numbers from 1, separated by commas."})
    found = [int(part) for part in parts]
    if 0 in found:
        raise BadRequest(errors={"frames": "Frames are numbered from 1."})
    if max(found) > count:
        raise Missing()
    return found


class Frames(DicomwebView):
    """Single frames."""

    throttle_classes = ()

    def get(self, request: Request, frames: str, **_: str) -> HttpResponseBase:
        """One part a frame, in the order asked for; a single one also without parts."""
        clip = selected(self.actor, self.place)[0]
        require_terms(self.actor, self.account)
        row = headers_of([clip])[0]
        wanted = numbers(frames, clip.frames)
        if len(row.pixels["frames"]) != clip.frames:
            raise NotAcceptable(
                errors={"frames": "This is stored as a film: take it as bulk data, or frames rendered."}
            )
        offer = choose(request._request, offers(row, alone=len(wanted) == 1))
        self.charge(wishes([clip], [row], offer))
        told = headers(tag(row.sha256, offer.content_type, frames), open_to_all=False)

        def made() -> list[Part]:
            content = object_in(clip, row, offer.syntax)
            return [_frame_part(clip, content, offer, number) for number in wanted]

        if not offer.parts:
            return single(request._request, offer.content_type, lambda: made()[0], told)
        return in_parts(request._request, offer.kind, made, told)


class BulkData(DicomwebView):
    """The pixel data of everything at the address; the objects hold no other bulk data."""

    throttle_classes = ()

    def get(self, request: Request, tag_name: str = PIXEL_DATA, **_: str) -> HttpResponseBase:
        """Native samples in one part an instance, coded frames in one part each."""
        found = selected(self.actor, self.place)
        require_terms(self.actor, self.account)
        if tag_name.upper() != PIXEL_DATA:
            raise Missing()
        rows = headers_of(found)
        offer = choose(request._request, _common(rows, alone="instance" in self.place))
        self.charge(wishes(found, rows, offer))
        told = headers(tag(offer.content_type, *(row.sha256 for row in rows)), open_to_all=False)

        def made() -> Iterator[Part]:
            for clip, row in zip(found, rows, strict=True):
                yield from _bulk(clip, object_in(clip, row, offer.syntax), offer)

        if not offer.parts:
            return single(request._request, offer.content_type, lambda: next(made()), told)
        return in_parts(request._request, offer.kind, made, told)


def offers(row: Header, *, alone: bool) -> list[Offer]:
    """As coded under its own media type, or as bytes to whoever names the transfer syntax (or any); and without loss in
    every other one, under that one's media type (PS3.18 table 8.7.3-5)."""
    stored = row.transfer_syntax
    kind = CODED[stored] if row.pixels["coded"] else NATIVE
    found = [Offer(kind, parts=True, syntax=stored)]
    if kind != NATIVE:
        found.append(Offer(NATIVE, parts=True, syntax=stored, default=False))
    found += [Offer(CODED.get(syntax, NATIVE), parts=True, syntax=syntax) for syntax in others([stored])]
    return [
        *found,
        *([replace(each, parts=False) for each in found if each.kind != NATIVE or each.default] if alone else []),
    ]


def _frame_part(clip: Clip, content: Object, offer: Offer, number: int) -> Part:
    """The bytes of a frame as they lie in the object; `number` from 1."""
    place = content.pixels["frames"][number - 1]
    return Part(offer.content_type, content.runs([place]), f"{address_of(clip)}/frames/{number}", place[1])


def _common(rows: Sequence[Header], *, alone: bool) -> list[Offer]:
    """What all of them can be given as."""
    listed = [offers(row, alone=alone) for row in rows]
    common = [offer for offer in listed[0] if all(offer in each for each in listed[1:])]
    return [offer for offer in common if offer.parts or _in_one(rows[0], offer)] or [Offer(NATIVE, parts=True)]


def _in_one(row: Header, offer: Offer) -> bool:
    """Whether the bulk data are one run of bytes: a codestream each frame is not."""
    return offer.syntax == EXPLICIT_LITTLE_ENDIAN or len(row.pixels["frames"]) == 1


def _bulk(clip: Clip, content: Object, offer: Offer) -> list[Part]:
    """Samples in one part; coded frames, or a film, in one part each."""
    places = content.pixels["frames"]
    runs = [[place] for place in places] if content.pixels["coded"] else [places]
    location = f"{address_of(clip)}/bulkdata/{PIXEL_DATA}"
    sizes = [sum(length for _, length in run) for run in runs]
    return [Part(offer.content_type, content.runs(run), location, size) for run, size in zip(runs, sizes, strict=True)]
