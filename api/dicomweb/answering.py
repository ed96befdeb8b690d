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
        return in_parts(request, offer.kind, [Part(offer.kind, _whole(as_xml(each))) for each in found], extra)
    answer = HttpResponse(as_json(found), content_type=offer.kind, headers=extra)
    return not_modified(request, answer) or answer


def in_parts(request: HttpRequest, kind: str, parts: Sequence[Part], told: Mapping[str, str]) -> HttpResponseBase:
    """`multipart/related`; the boundary follows from the ETag, so that equal answers are equal bytes."""
    boundary = hashlib.sha256(told["ETag"].encode()).hexdigest()[:32]
    content_type = f'{MULTIPART}; type="{kind}"; boundary={boundary}'
    whole = HttpResponse(content_type=content_type, headers=dict(told))
    if known := not_modified(request, whole):
        return known
    if request.method == "HEAD":
        return whole
    return StreamingHttpResponse(_stream(boundary, parts), content_type=content_type, headers=dict(told))


def single(request: HttpRequest, part: Part, told: Mapping[str, str]) -> HttpResponseBase:
    """One part without a wrapping; it is small enough to be held."""
    answer = HttpResponse(content_type=part.content_type, headers=dict(told))
    if known := not_modified(request, answer):
        return known
    if request.method != "HEAD":  # what is not asked for is not made
        answer.content = b"".join(part.pieces())
    return answer


def _stream(boundary: str, parts: Sequence[Part]) -> Iterator[bytes]:
    for number, part in enumerate(parts):
        yield f"{'' if number == 0 else chr(13) + chr(10)}--{boundary}\r\n".encode() + part.head()
        yield from part.pieces()
    yield f"\r\n--{boundary}--\r\n".encode()


def _whole(data: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: [data]
