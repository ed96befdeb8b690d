"""WADO-RS rendered and thumbnail (PS3.18 10.4.1.1.3-4): JPEG, PNG, GIF and MP4 of the clean clip, for any viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from api.media import Media, headers, serve
from imagebank.catalog.models import Clip
from imagebank.intake.headers import headers_of
from imagebank.intake.making import Wish, picture

from .accepting import Offer, choose
from .answering import Part, in_parts, single, tag
from .frames import numbers
from .looks import look
from .selection import address_of, open_to_all, selected
from .stored import object_in, rendition
from .tags import JPEG_BASELINE, PHOTOMETRIC
from .views import DicomwebView

STILL: Final = ("image/jpeg", "image/png", "image/gif", "image/webp")
FILM: Final = "video/mp4"
GIF: Final = "image/gif"
GIF_FRAMES: Final = 60
"""A moving GIF shows at most so many, evenly taken; its time is kept."""
GIF_SIZE: Final = (480, 480)
THUMBNAIL: Final = (240, 240)
SHOWN_RIGHT: Final = ("MONOCHROME2", "YBR_FULL", "YBR_FULL_422")


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture: `coded` as it is stored, else as it is wished for."""

    kind: str
    place: str
    wish: Wish
    coded: Part | None = None

    def part(self) -> Part:
        """Made when its turn comes, unless it was before."""
        if self.coded:
            return replace(self.coded, location=self.place)
        return Part(self.kind, lambda: [self.wish.made().read()], self.place)


class Pictures(DicomwebView):
    """Base: without an account where all clips are open (privacy.md 6)."""

    throttle_classes = ()

    def answer(self, offer: Offer, shown: Sequence[Shown], found: list[Clip]) -> HttpResponseBase:
        """One picture, or a part each."""
        self.charge(one.wish for one in shown if not one.coded)
        said = [f"{one.wish.key}{'=' if one.coded else ''}" for one in shown]
        told = headers(tag(offer.content_type, str(offer.parts), *said), open_to_all=open_to_all(found))
        request = self.request._request
        if not offer.parts:
            return single(request, offer.content_type, shown[0].part, told)
        return in_parts(request, offer.kind, lambda: (one.part() for one in shown), told)


class Rendered(Pictures):
    """Everything at the address, one picture or film an instance."""

    def get(self, request: Request, **_: str) -> HttpResponseBase:
        """Of an instance one picture, a moving GIF or the film; of a series or study one part an instance."""
        found = selected(self.actor, self.place)
        wanted = look(request.query_params, found[0].width, found[0].height)
        offer = choose(request._request, _offers(found, alone="instance" in self.place))
        if offer.kind == FILM:
            return serve(request._request, Media(rendition(found[0], "playback"), open_to_all(found)))
        return self.answer(offer, [_shown(clip, offer.kind, wanted) for clip in found], found)


class RenderedFrames(Pictures):
    """Single frames as pictures."""

    def get(self, request: Request, frames: str, **_: str) -> HttpResponseBase:
        """One picture; of several one part each."""
        clip = selected(self.actor, self.place)[0]
        asked = numbers(frames, clip.frames)
        wanted = look(request.query_params, clip.width, clip.height)
        kinds = [Offer(kind, parts=len(asked) > 1) for kind in STILL]
        offer = choose(
            request._request, kinds + ([] if len(asked) > 1 else [Offer(kind, parts=True) for kind in STILL])
        )
        return self.answer(offer, [_frame(clip, offer.kind, wanted, number) for number in asked], [clip])


class Thumbnail(Pictures):
    """A small picture of the first instance at the address, or of one frame."""

    def get(self, request: Request, frames: str = "", **_: str) -> HttpResponseBase:
        """The poster, or the frame."""
        clip = selected(self.actor, self.place)[0]
        wanted = {"size": THUMBNAIL, **look(request.query_params, clip.width, clip.height)}
        offer = choose(request._request, [Offer(kind) for kind in STILL])
        stored, asked = rendition(clip, "poster"), [1]
        if frames:
            stored, asked = rendition(clip, "frames"), numbers(frames, clip.frames)[:1]
        wish = picture(stored, {**wanted, "frames": asked, "kind": offer.kind})
        return self.answer(offer, [Shown(offer.kind, "", wish)], [clip])


def _offers(found: Sequence[Clip], *, alone: bool) -> list[Offer]:
    parts = [Offer(kind, parts=True) for kind in STILL]
    if not alone:
        return parts
    film = [Offer(FILM)] if any(one.role == "playback" for one in found[0].renditions.all()) else []
    return [*(Offer(kind) for kind in STILL), *film, *parts]


def _shown(clip: Clip, kind: str, wanted: dict[str, Any]) -> Shown:
    """The first frame, or all of them in motion."""
    place = f"{address_of(clip)}/rendered"
    if kind != GIF or clip.frames == 1:
        return _frame(clip, kind, wanted, 1)
    step = max(1, -(-clip.frames // GIF_FRAMES))
    shown = list(range(1, clip.frames + 1, step))
    moving = {"size": GIF_SIZE, **wanted, "frames": shown, "milliseconds": step * 1000 / (clip.fps or 25)}
    return Shown(kind, place, picture(rendition(clip, "frames"), {**moving, "kind": kind}))


def _frame(clip: Clip, kind: str, wanted: dict[str, Any], number: int) -> Shown:
    """One frame; a JPEG that is stored as such, and is shown as it is, is not made anew."""
    place = f"{address_of(clip)}/frames/{number}/rendered"
    coded = _jpeg(clip, number) if kind == "image/jpeg" and not wanted else None
    wish = picture(rendition(clip, "frames"), {**wanted, "frames": [number], "kind": kind})
    return Shown(kind, place, wish, coded)


def _jpeg(clip: Clip, number: int) -> Part | None:
    """The frame as stored, if any viewer shows its codestream right: grey or YBR as JFIF has it, not RGB."""
    (row,) = headers_of([clip])
    colours = row.elements.get(PHOTOMETRIC, {}).get("Value", [""])[0]
    if row.transfer_syntax != JPEG_BASELINE or colours not in SHOWN_RIGHT:
        return None
    content, place = object_in(clip, row, JPEG_BASELINE), row.pixels["frames"][number - 1]
    return Part("image/jpeg", content.runs([place]), size=place[1])
