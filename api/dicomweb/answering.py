"""Answers in JSON, XML or parts (multipart/related, RFC 2387), with ETag and the cache rules of privacy.md 13."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from api.conditions import not_modified
from api.media import headers

from .accepting import MULTIPART, Offer, choose
from .model import JSON, XML, Dataset, as_json, as_xml

MODELS: Final = (Offer(JSON), Offer(XML, parts=True), Offer("application/json"))
"""What metadata and lists of matches are given as."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answer; `pieces` opens what is sent only when its turn comes."""

    content_type: str
    pieces: Callable[[], Iterable[bytes]]
    location: str = ""
    size: int | None = None
    """Of its bytes, where it is known beforehand."""

    def head(self) -> bytes:
        place = f"\r\nContent-Location: {self.location}" if self.location else ""
        return f"Content-Type: {self.content_type}{place}\r\n\r\n".encode()


def tag(*said: str) -> str:
    """A strong entity tag of what determines the bytes."""
    return f'"{hashlib.sha256("/".join(said).encode()).hexdigest()}"'


def datasets(
    request: HttpRequest, found: Sequence[Dataset], told: Mapping[str, str] | None = None, offer: Offer | None = None
) -> HttpResponseBase:
    """Data sets in the form that the caller likes best."""
    offer = offer or choose(request, MODELS)
    extra = {**headers(tag(offer.kind, as_json(found).decode()), open_to_all=False), **(told or {})}
    if offer.parts:
        return in_parts(request, offer.kind, lambda: [Part(offer.kind, _whole(as_xml(each))) for each in found], extra)
    answer = HttpResponse(as_json(found), content_type=offer.kind, headers=extra)
    return not_modified(request, answer) or answer


def in_parts(
    request: HttpRequest, kind: str, made: Callable[[], Iterable[Part]], told: Mapping[str, str]
) -> HttpResponseBase:
    """`multipart/related`; the boundary follows from the ETag, so that equal answers are equal bytes.

    `made` is called only when bytes are to be sent.
    """
    boundary = hashlib.sha256(told["ETag"].encode()).hexdigest()[:32]
    content_type = f'{MULTIPART}; type="{kind}"; boundary={boundary}'
    return streamed(request, content_type, lambda: _stream(boundary, made()), told)


def streamed(
    request: HttpRequest, content_type: str, made: Callable[[], Iterable[bytes]], told: Mapping[str, str]
) -> HttpResponseBase:
    """Bytes as they come."""
    return _nothing_to_send(request, content_type, told) or StreamingHttpResponse(
        made(), content_type=content_type, headers=dict(told)
    )


def single(
    request: HttpRequest, content_type: str, made: Callable[[], Part], told: Mapping[str, str]
) -> HttpResponseBase:
    """One part without a wrapping; what is not known to be of a certain size is small enough to be held."""
    if short := _nothing_to_send(request, content_type, told):
        return short
    part = made()
    if part.size is None:
        return HttpResponse(b"".join(part.pieces()), content_type=content_type, headers=dict(told))
    sized = {**told, "Content-Length": str(part.size)}
    return StreamingHttpResponse(part.pieces(), content_type=content_type, headers=sized)


def _nothing_to_send(request: HttpRequest, content_type: str, told: Mapping[str, str]) -> HttpResponse | None:
    """The answer to who knows it already, or asks for its head."""
    answer = HttpResponse(content_type=content_type, headers=dict(told))
    return not_modified(request, answer) or (answer if request.method == "HEAD" else None)


def _stream(boundary: str, parts: Iterable[Part]) -> Iterator[bytes]:
    for number, part in enumerate(parts):
        yield f"{'' if number == 0 else chr(13) + chr(10)}--{boundary}\r\n".encode() + part.head()
        yield from part.pieces()
    yield f"\r\n--{boundary}--\r\n".encode()


def _whole(data: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: [data]
