"""A STOW-RS body as it arrives (RFC 2046, RFC 2387): part after part, never held as a whole, no part within a part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final, cast

from django.http import HttpRequest
from django.http.multipartparser import ChunkIter, InterBoundaryIter, LazyStream, MultiPartParserError
from django.utils.http import parse_header_parameters

from imagebank.core.errors import TooMuch, Unsupported

from .uids import BadRequest

DICOM: Final = "application/dicom"
HEAD: Final = 4_096
"""Most bytes of a part's own header."""
PIECE: Final = 1 << 16
BOUNDARY: Final = 70
"""Longest boundary (RFC 2046, 5.1.1)."""


def boundary_of(request: HttpRequest) -> bytes | None:
    """The boundary of a body in parts, None for a single object; Unsupported for any other kind of body."""
    kind, parameters = parse_header_parameters(request.headers.get("Content-Type", ""))
    if kind == DICOM:
        return None
    if kind != "multipart/related" or parameters.get("type", DICOM).lower() != DICOM:
        raise Unsupported()
    boundary = parameters.get("boundary", "")
    if not 0 < len(boundary) <= BOUNDARY or not boundary.isascii():
        raise BadRequest(errors={"Content-Type": "The boundary is missing or longer than 70 letters."})
    return boundary.encode()


def body_of(request: HttpRequest) -> IO[bytes]:
    """The stream of the body; one sent in chunks has no length, and the server tells where it ends."""
    if "CONTENT_LENGTH" not in request.META and request.META.get("wsgi.input_terminated"):
        return cast(IO[bytes], request.META["wsgi.input"])
    return cast(IO[bytes], request)


def parts(stream: IO[bytes], boundary: bytes | None, most: int) -> Iterator[Iterator[bytes]]:
    """Each object in pieces, to be read before the next is asked for.

    BadRequest for a body that breaks the grammar or has no end, Unsupported for a part that is no DICOM, TooMuch beyond
    `most` parts. What was read until then is the caller's to throw away.
    """
    if boundary is None:
        yield _pieces(stream)
        return
    try:
        yield from _parts(stream, boundary, most)
    except MultiPartParserError:
        raise broken() from None


def broken() -> BadRequest:
    return BadRequest(errors={"body": "This is no multipart/related body, or it does not reach its closing boundary."})


def _parts(stream: IO[bytes], boundary: bytes, most: int) -> Iterator[Iterator[bytes]]:
    lazy = LazyStream(ChunkIter(cast(Any, stream), PIECE))
    found = 0
    for number, part in enumerate(InterBoundaryIter(lazy, b"--" + boundary)):
        if number == 0:
            _preamble(part)
        elif _closes(part):
            if not found:
                raise broken()
            return
        else:
            found += 1
            if found > most:
                raise TooMuch("limit_files")
            _check_head(part)
            yield _pieces(part)
    raise broken()


def _preamble(part: LazyStream) -> None:
    """What stands before the first boundary is to be ignored, but nobody needs much of it."""
    if len(part.read(HEAD + 1)) > HEAD:
        raise broken()


def _closes(part: LazyStream) -> bool:
    """Whether the boundary before this was the closing one."""
    start = part.read(2)
    part.unget(start)
    return bool(start == b"--")


def _check_head(part: LazyStream) -> None:
    """Read the part's header; it must be short, and say DICOM if it says anything."""
    start = part.read(HEAD)
    head, end, rest = start.partition(b"\r\n\r\n")
    if not end:
        raise broken()
    part.unget(rest)
    kinds = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-type:")]
    if kinds and parse_header_parameters(kinds[0].decode("latin-1").strip())[0] != DICOM:
        raise Unsupported()


def _pieces(stream: Any) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece
