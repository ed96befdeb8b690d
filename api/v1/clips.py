"""One clip and its bytes. Public ones are found by the projection of their case, others by permission."""

from __future__ import annotations

import uuid
import zipfile
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.conditions import not_modified
from api.media import Media, headers, serve
from api.views import ApiView
from imagebank.accounts.models import User
from imagebank.accounts.permissions import allowed
from imagebank.catalog.models import Clip, PublicCase, Rendition
from imagebank.catalog.projection import clip_document
from imagebank.catalog.search.present import clip_json
from imagebank.catalog.search.visible import visible_to
from imagebank.catalog.selectors import refuse_withdrawn
from imagebank.core.actor import ANONYMOUS, Actor
from imagebank.core.errors import Denied
from imagebank.core.stores import STORES

from .schemas.clips import ClipShown

FRAME_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Seen:
    """A clip that the caller may see, and whether everybody may."""

    clip: Clip
    public: PublicCase | None
    open: bool


def seen(pk: uuid.UUID, actor: Actor) -> Seen:
    """The clip by the projection of its case, else by permission; hidden and absent answer alike."""
    refuse_withdrawn(pk)
    clip = Clip.objects.select_related("case").filter(pk=pk).first()
    if clip is not None and clip.state == "public" and (public := _public(clip, actor)):
        return Seen(clip, public, _public(clip, ANONYMOUS) is not None)
    if clip is None or actor.is_anonymous or not _may_see(clip, actor):
        raise Http404
    return Seen(clip, None, False)


def _public(clip: Clip, actor: Actor) -> PublicCase | None:
    return visible_to(actor).filter(case=clip.case).first()


def _may_see(clip: Clip, actor: Actor) -> bool:
    return clip.state != "expired" and allowed(actor, "clip.see", Clip.objects.filter(pk=clip.pk)).exists()


class OneClip(ApiView):
    """A clip."""

    @extend_schema(operation_id="clips_read", responses=ClipShown)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """What it shows technically, and the addresses of its media."""
        found = seen(pk, self.actor)
        return Response(clip_json(_document(found), self.lang))


def _document(found: Seen) -> dict[str, Any]:
    """Of a public clip what the projection tells; of another one its facts."""
    if found.public is None:
        return clip_document(found.clip)
    return next(clip for clip in found.public.document["clips"] if clip["id"] == str(found.clip.pk))


class MediaView(ApiView):
    """Base of the bytes: not throttled, as a page of clips asks for many at once."""

    throttle_classes = ()
    role: str
    name = ""

    def rendition(self, clip: Clip) -> Rendition:
        found = clip.renditions.filter(role=self.role).first()
        if found is None:
            raise Http404
        return found

    def media(self, pk: uuid.UUID) -> Media:
        found = seen(pk, self.actor)
        return Media(self.rendition(found.clip), found.open)

    @extend_schema(exclude=True)
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        return serve(request._request, self.media(pk))


def _described(operation: str, kind: str) -> Any:
    return extend_schema(
        operation_id=operation,
        responses={(200, kind): OpenApiTypes.BINARY, (206, kind): OpenApiTypes.BINARY, 304: None, 416: None},
    )


class Playback(MediaView):
    role = "playback"
    gives = ("video/mp4",)

    @_described("clips_playback", "video/mp4")
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """The film in full size (H.264), with Range."""
        return super().get(request, pk)


class Small(MediaView):
    role = "small"
    gives = ("video/mp4",)

    @_described("clips_small", "video/mp4")
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """The film for a slow line, with Range."""
        return super().get(request, pk)


class Poster(MediaView):
    role = "poster"
    gives = ("image/webp",)

    @_described("clips_poster", "image/webp")
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """The still picture of the film."""
        return super().get(request, pk)


class Dicom(MediaView):
    role = "dicom"
    gives = ("application/dicom",)

    @_described("clips_dicom", "application/dicom")
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """The clean DICOM object, with Range: an account that has accepted the terms, or a token that may read."""
        return super().get(request, pk)

    def media(self, pk: uuid.UUID) -> Media:
        found = seen(pk, self.actor)
        require_terms(self.actor, self.account)
        return Media(self.rendition(found.clip), False, f"clip-{str(pk)[:8]}.dcm")


class Frame(MediaView):
    role = "frames"
    gives = ("image/webp",)

    @extend_schema(operation_id="clips_frame", responses={(200, "image/webp"): OpenApiTypes.BINARY, 304: None})
    def get(self, request: Request, pk: uuid.UUID, number: int) -> HttpResponseBase:  # type: ignore[override]
        """One frame, numbered from 1."""
        media = self.media(pk)
        told = headers(f'"{media.rendition.sha256}-{number}"', open_to_all=media.open)
        answer = HttpResponse(content_type="image/webp", headers=told)
        if known := not_modified(request._request, answer):
            return known
        answer.content = _frame(media.rendition, number)
        return answer


def _frame(rendition: Rendition, number: int) -> bytes:
    """A member of the archive of frames, which is stored without compression."""
    with (
        STORES[rendition.store].open(rendition.clip_id, rendition.role, rendition.sha256) as handle,
        zipfile.ZipFile(handle) as archive,
    ):
        try:
            member = archive.getinfo(f"{number:04d}.webp")
        except KeyError:
            raise Http404 from None
        if member.compress_type != zipfile.ZIP_STORED or member.file_size > FRAME_BYTES:
            raise Http404
        return archive.read(member)


def require_terms(actor: Actor, user: User) -> None:
    """DICOM asks for an account and accepted terms (privacy.md 6); an institution's account has its agreement."""
    if not actor.may("read"):
        raise Denied("scope")
    if user.kind == "person" and not user.accepted_terms:
        raise Denied("terms")
