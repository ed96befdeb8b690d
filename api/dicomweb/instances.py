"""WADO-RS retrieve of a study, a series, an instance (PS3.18 10.4): clean objects as they are stored, or a ZIP."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from typing import Final

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from api.conditions import not_modified
from api.media import Media, headers, serve
from api.v1.clips import require_terms
from imagebank.catalog.models import Clip, Header
from imagebank.collections.archive import Pipe
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.intake.headers import headers_of

from .accepting import Offer, choose
from .answering import Part, in_parts, tag
from .selection import address_of, selected
from .stored import rendition, whole
from .withdrawing import Withdrawable

DICOM: Final = "application/dicom"
ZIP: Final = "application/zip"


class Instances(Withdrawable):
    """Study, series or instance: all that the caller may see of it."""

    throttle_classes = ()

    def get(self, request: Request, **_: str) -> HttpResponseBase:
        """The objects; an account that has accepted the terms (privacy.md 6)."""
        found = selected(self.actor, self.place)
        require_terms(self.actor, self.account)
        rows = headers_of(found)
        offer = choose(request._request, _offers(rows, alone="instance" in self.place))
        _told(self.actor, found, request)
        if offer.kind == ZIP:
            return _archive(request, found)
        if not offer.parts:
            return serve(request._request, Media(rendition(found[0], "dicom"), False, f"{str(found[0].pk)[:8]}.dcm"))
        parts = [_part(clip, row) for clip, row in zip(found, rows, strict=True)]
        return in_parts(request._request, DICOM, parts, headers(_tag(offer, rows), open_to_all=False))

    def delete(self, request: Request, **_: str) -> HttpResponseBase:
        """Withdraw: by who deposited it, the steward, a token with the scope `withdraw`."""
        return self.withdraw(request)


def _offers(rows: Sequence[Header], *, alone: bool) -> list[Offer]:
    """In the transfer syntax that is stored; several objects of different ones are to be had by `*` only."""
    syntaxes = {row.transfer_syntax for row in rows}
    syntax = syntaxes.pop() if len(syntaxes) == 1 else ""
    parts = [Offer(DICOM, parts=True, syntax=syntax)]
    return [*parts, *([Offer(DICOM, syntax=syntax)] if alone else []), Offer(ZIP)]


def _part(clip: Clip, row: Header) -> Part:
    kind = Offer(DICOM, syntax=row.transfer_syntax).content_type
    return Part(kind, whole(rendition(clip, "dicom")), address_of(clip))


def _tag(offer: Offer, rows: Sequence[Header]) -> str:
    return tag(offer.kind, *(row.sha256 for row in rows))


def _told(actor: Actor, found: Sequence[Clip], request: Request) -> None:
    """Each object that leaves stands in the trail."""
    if request.method == "GET":
        for clip in found:
            record(actor, "download", clip, action="R")


def _archive(request: Request, found: Sequence[Clip]) -> HttpResponseBase:
    sums = [rendition(clip, "dicom").sha256 for clip in found]
    told = headers(tag(ZIP, *sums), open_to_all=False)
    told["Content-Disposition"] = 'attachment; filename="clips.zip"'
    answer = HttpResponse(content_type=ZIP, headers=told)
    if known := not_modified(request._request, answer):
        return known
    return answer if request.method == "HEAD" else StreamingHttpResponse(_zipped(found), content_type=ZIP, headers=told)


def _zipped(found: Sequence[Clip]) -> Iterator[bytes]:
    """Members are numbered and carry no time."""
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for number, clip in enumerate(found, 1):
            with archive.open(zipfile.ZipInfo(f"{number:06d}.dcm"), "w", force_zip64=True) as member:
                for piece in whole(rendition(clip, "dicom"))():
                    member.write(piece)
                    yield pipe.take()
    yield pipe.take()
