"""WADO-RS retrieve of a study, a series, an instance (PS3.18 10.4): clean objects as they are stored, or a ZIP."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from api.media import Media, headers, serve
from api.v1.clips import require_terms
from imagebank.catalog.models import Clip, Header
from imagebank.collections.archive import Pipe
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.intake.headers import headers_of

from .accepting import ANY, Offer, choose
from .answering import Part, in_parts, single, streamed, tag
from .selection import address_of, selected
from .stored import Object, object_in, rendition, wishes
from .tags import EXPLICIT_LITTLE_ENDIAN, others
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
        if offer.kind == DICOM:
            self.charge(wishes(found, rows, offer))
        _told(self.actor, found, request)
        if offer.kind == ZIP:
            return _archive(request, found, rows)
        return self._objects(request, found, rows, offer)

    def _objects(
        self, request: Request, found: Sequence[Clip], rows: Sequence[Header], offer: Offer
    ) -> HttpResponseBase:
        name = f"{str(found[0].pk)[:8]}.dcm"
        if not offer.parts and offer.syntax == rows[0].transfer_syntax:
            return serve(request._request, Media(rendition(found[0], "dicom"), False, name))
        told = headers(_tag(offer, rows), open_to_all=False)
        if offer.parts:
            pairs = zip(found, rows, strict=True)
            return in_parts(request._request, DICOM, lambda: (_part(*pair, offer.syntax) for pair in pairs), told)
        told["Content-Disposition"] = f'attachment; filename="{name}"'
        return single(request._request, offer.content_type, lambda: _part(found[0], rows[0], offer.syntax), told)

    def delete(self, request: Request, **_: str) -> HttpResponseBase:
        """Withdraw: by who deposited it, the steward, a token with the scope `withdraw`."""
        return self.withdraw(request)


def _offers(rows: Sequence[Header], *, alone: bool) -> list[Offer]:
    """As stored, or without loss in another transfer syntax: Explicit VR Little Endian for who names none."""
    stored = {row.transfer_syntax for row in rows}
    possible = others(stored)
    syntaxes = [*(stored if len(stored) == 1 else [ANY]), *possible]
    usual = EXPLICIT_LITTLE_ENDIAN if EXPLICIT_LITTLE_ENDIAN in syntaxes else syntaxes[0]
    parts = [Offer(DICOM, parts=True, syntax=each, default=each == usual) for each in syntaxes]
    return [*parts, *([replace(each, parts=False) for each in parts] if alone else []), Offer(ZIP)]


def _part(clip: Clip, row: Header, syntax: str) -> Part:
    """Made, where it must be."""
    given = row.transfer_syntax if syntax == ANY else syntax
    content = object_in(clip, row, given)
    return Part(Offer(DICOM, syntax=given).content_type, content.whole, address_of(clip), content.size)


def _tag(offer: Offer, rows: Sequence[Header]) -> str:
    return tag(offer.content_type, *(row.sha256 for row in rows))


def _told(actor: Actor, found: Sequence[Clip], request: Request) -> None:
    """Each object that leaves stands in the trail."""
    if request.method == "GET":
        for clip in found:
            record(actor, "download", clip, action="R")


def _archive(request: Request, found: Sequence[Clip], rows: Sequence[Header]) -> HttpResponseBase:
    told = headers(tag(ZIP, *(row.sha256 for row in rows)), open_to_all=False)
    told["Content-Disposition"] = 'attachment; filename="clips.zip"'
    stored = [object_in(clip, row, ANY) for clip, row in zip(found, rows, strict=True)]
    return streamed(request._request, ZIP, lambda: _zipped(stored), told)


def _zipped(stored: Sequence[Object]) -> Iterator[bytes]:
    """Members are numbered and carry no time."""
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for number, content in enumerate(stored, 1):
            with archive.open(zipfile.ZipInfo(f"{number:06d}.dcm"), "w", force_zip64=True) as member:
                for piece in content.whole():
                    member.write(piece)
                    yield pipe.take()
    yield pipe.take()
