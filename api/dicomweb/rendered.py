"""WADO-RS rendered and thumbnail (PS3.18 10.4.1.1.3-4): JPEG, PNG, GIF and MP4 of the clean clip, for any viewer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from api.media import Media, headers, serve
from imagebank.catalog.models import Clip
from imagebank.intake.headers import headers_of
from imagebank.intake.pictures import picture

from .accepting import Offer, choose
from .answering import Part, in_parts, single, tag
from .frames import numbers
from .looks import look
from .selection import address_of, open_to_all, selected
from .stored import rendition, spans
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


class Rendered(DicomwebView):
    """Everything at the address, one picture or film an instance. Open ones need no account (privacy.md 6)."""

    throttle_classes = ()

    def get(self, request: Request, **_: str) -> HttpResponseBase:
        """Of an instance one picture, a moving GIF or the film; of a series or study one part an instance."""
        found = selected(self.actor, self.place)
        wanted = look(request.query_params, found[0].width, found[0].height)
        offer = choose(request._request, _offers(found, alone="instance" in self.place))
        if offer.kind == FILM:
            return serve(request._request, Media(rendition(found[0], "playback"), open_to_all(found)))
        parts = [_part(clip, offer.kind, wanted) for clip in found]
        told = headers(_tag(offer, wanted, found), open_to_all=open_to_all(found))
        if not offer.parts:
            return single(request._request, parts[0], told)
        return in_parts(request._request, offer.kind, parts, told)


class RenderedFrames(DicomwebView):
    """Single frames as pictures."""

    throttle_classes = ()

    def get(self, request: Request, frames: str, **_: str) -> HttpResponseBase:
        """One picture; of several one part each."""
        clip = selected(self.actor, self.place)[0]
        asked = numbers(frames, clip.frames)
        wanted = look(request.query_params, clip.width, clip.height)
        kinds = [Offer(kind, parts=len(asked) > 1) for kind in STILL]
        offer = choose(
            request._request, kinds + ([] if len(asked) > 1 else [Offer(kind, parts=True) for kind in STILL])
        )
        parts = [_frame(clip, offer.kind, wanted, number) for number in asked]
        told = headers(_tag(offer, {**wanted, "frames": frames}, [clip]), open_to_all=open_to_all([clip]))
        if not offer.parts:
            return single(request._request, parts[0], told)
        return in_parts(request._request, offer.kind, parts, told)


class Thumbnail(DicomwebView):
    """A small picture of the first instance at the address, or of one frame."""

    throttle_classes = ()

    def get(self, request: Request, frames: str = "", **_: str) -> HttpResponseBase:
        """The poster, or the frame."""
        clip = selected(self.actor, self.place)[0]
        wanted = {"size": THUMBNAIL, **look(request.query_params, clip.width, clip.height)}
        offer = choose(request._request, [Offer(kind) for kind in STILL])
        stored, asked = rendition(clip, "poster"), [1]
        if frames:
            stored, asked = rendition(clip, "frames"), numbers(frames, clip.frames)[:1]
        told = headers(_tag(offer, {**wanted, "frames": frames}, [clip]), open_to_all=open_to_all([clip]))
        return single(request._request, _made(stored, offer.kind, {**wanted, "frames": asked}, ""), told)


def _offers(found: Sequence[Clip], *, alone: bool) -> list[Offer]:
    parts = [Offer(kind, parts=True) for kind in STILL]
    if not alone:
        return parts
    film = [Offer(FILM)] if any(one.role == "playback" for one in found[0].renditions.all()) else []
    return [*(Offer(kind) for kind in STILL), *film, *parts]


def _tag(offer: Offer, wanted: dict[str, Any], found: Sequence[Clip]) -> str:
    return tag(offer.kind, repr(sorted(wanted.items())), *(rendition(clip, "frames").sha256 for clip in found))


def _part(clip: Clip, kind: str, wanted: dict[str, Any]) -> Part:
    """The first frame, or all of them in motion."""
    place = f"{address_of(clip)}/rendered"
    if kind != GIF or clip.frames == 1:
        return _frame(clip, kind, wanted, 1)
    step = max(1, -(-clip.frames // GIF_FRAMES))
    shown = list(range(1, clip.frames + 1, step))
    moving = {"size": GIF_SIZE, **wanted, "frames": shown, "milliseconds": step * 1000 / (clip.fps or 25)}
    return _made(rendition(clip, "frames"), kind, moving, place)


def _frame(clip: Clip, kind: str, wanted: dict[str, Any], number: int) -> Part:
    """One frame; a JPEG that is stored as such, and is shown as it is, is not made anew."""
    place = f"{address_of(clip)}/frames/{number}/rendered"
    if kind == "image/jpeg" and not wanted and (coded := _jpeg(clip, number)):
        return Part(kind, spans(rendition(clip, "dicom"), [coded]), place)
    return _made(rendition(clip, "frames"), kind, {**wanted, "frames": [number]}, place)


def _jpeg(clip: Clip, number: int) -> tuple[int, int] | None:
    """Where the frame lies, if any viewer shows its codestream right: grey or YBR as JFIF has it, not RGB."""
    (row,) = headers_of([clip])
    colours = row.elements.get(PHOTOMETRIC, {}).get("Value", [""])[0]
    right = row.transfer_syntax == JPEG_BASELINE and colours in SHOWN_RIGHT
    return row.pixels["frames"][number - 1] if right else None


def _made(stored: Any, kind: str, request: dict[str, Any], place: str) -> Part:
    """Made when its turn comes."""
    return Part(kind, lambda: [picture(stored, {**request, "kind": kind})], place)
