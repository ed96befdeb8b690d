"""Stored bytes over HTTP: strong ETag, 304, one range (206, 416, If-Range), HEAD; no Last-Modified, no file name.

Cache rules of privacy.md 13: open media may be kept for a minute, everything else is asked for again each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from imagebank.catalog.models import Rendition
from imagebank.core.errors import BankError
from imagebank.core.stores import STORES

from .conditions import not_modified
from .problems import answer
from .ranges import Span, Unsatisfiable, span_of

PIECE: Final = 1 << 16
OPEN: Final = "public, max-age=60, must-revalidate"
PRIVATE: Final = "private, no-cache"
SANDBOX: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


class BadRange(BankError):
    """Nothing of the object lies there."""

    status = 416
    code = "range"
    title = "The range lies beyond the end."


@dataclass(frozen=True, slots=True)
class Media:
    """A stored object and how it may be kept. `name` makes it a download."""

    rendition: Rendition
    open: bool
    name: str = ""

    @property
    def etag(self) -> str:
        return f'"{self.rendition.sha256}"'

    def headers(self) -> dict[str, str]:
        return headers(self.etag, open_to_all=self.open) | (
            {"Content-Disposition": f'attachment; filename="{self.name}"'} if self.name else {}
        )


def headers(etag: str, *, open_to_all: bool) -> dict[str, str]:
    """What every answer with stored bytes carries."""
    return {
        "ETag": etag,
        "Cache-Control": OPEN if open_to_all else PRIVATE,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
    } | ({} if open_to_all else {"Vary": "Authorization, Cookie"})


def serve(request: HttpRequest, media: Media) -> HttpResponseBase:
    """The object or the part of it that was asked for."""
    told = {**media.headers(), "Accept-Ranges": "bytes"}
    whole = HttpResponse(content_type=media.rendition.content_type, headers=told)
    if known := not_modified(request, whole):
        return known
    if settings.ACCEL_PREFIX:
        whole.headers["X-Accel-Redirect"] = _internal(media.rendition)
        return whole
    return _span(request, media, told)


def _span(request: HttpRequest, media: Media, told: dict[str, str]) -> HttpResponseBase:
    size = media.rendition.size
    try:
        span = span_of(_range(request, media.etag), size)
    except Unsatisfiable:
        return answer(BadRange(), {"Content-Range": f"bytes */{size}"})
    status, span = (206, span) if span else (200, Span(0, size))
    told |= {"Content-Length": str(span.length)}
    told |= {"Content-Range": span.content_range(size)} if status == 206 else {}
    kind = media.rendition.content_type
    if request.method == "HEAD":
        return HttpResponse(status=status, content_type=kind, headers=told)
    return StreamingHttpResponse(Pieces(_opened(media.rendition), span), status=status, content_type=kind, headers=told)


def _range(request: HttpRequest, etag: str) -> str:
    """The range that holds: GET only, and only while If-Range still names this object."""
    if request.method != "GET" or request.headers.get("If-Range", etag).strip() != etag:
        return ""
    return request.headers.get("Range", "")


def _opened(rendition: Rendition) -> BinaryIO:
    return STORES[rendition.store].open(rendition.clip_id, rendition.role, rendition.sha256)


def _internal(rendition: Rendition) -> str:
    """The address at which the proxy in front finds the file."""
    path = STORES[rendition.store].path(rendition.clip_id, rendition.role, rendition.sha256)
    return f"{settings.ACCEL_PREFIX}{path.relative_to(settings.STORAGE_DIR)}"


class Pieces:
    """A span of an open file in pieces; closes the file."""

    def __init__(self, handle: BinaryIO, span: Span) -> None:
        self._handle, self._span = handle, span

    def __iter__(self) -> Iterator[bytes]:
        self._handle.seek(self._span.start)
        left = self._span.length
        while left and (piece := self._handle.read(min(PIECE, left))):
            left -= len(piece)
            yield piece

    def close(self) -> None:
        self._handle.close()
