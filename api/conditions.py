"""Preconditions by ETag (RFC 9110, 13). Nothing here has a modification time, so dates are left aside."""

from __future__ import annotations

from typing import Final

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from imagebank.core.errors import BankError

from .throttling import TOLD

KEPT: Final = ("Cache-Control", "ETag", "Vary", "Content-Location", *TOLD)
ASKED: Final = ("If-Match", "If-None-Match")


class PreconditionFailed(BankError):
    """If-Match names another version."""

    status = 412
    code = "precondition"
    title = "This has changed since you read it."


def not_modified(request: HttpRequest, response: HttpResponse) -> HttpResponse | None:
    """304 when the caller has the version that `response` names in its strong ETag; PreconditionFailed by If-Match."""
    etag = response.headers["ETag"]
    wanted = parse_etags(request.headers.get("If-Match", ""))
    if wanted and wanted != ["*"] and etag not in wanted:
        raise PreconditionFailed()
    held = parse_etags(request.headers.get("If-None-Match", ""))
    if held != ["*"] and etag not in {tag.removeprefix("W/") for tag in held}:
        return None
    answer = HttpResponseNotModified()
    for name in KEPT:
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def are_asked(request: HttpRequest) -> bool:
    """Whether a write depends on the version that stands."""
    return any(name in request.headers for name in ASKED)


def require(request: HttpRequest, etag: str) -> None:
    """PreconditionFailed unless a write may go on over the version with this tag; empty: there is none."""
    wanted = parse_etags(request.headers.get("If-Match", "*"))
    if "If-Match" in request.headers and (not etag or (wanted != ["*"] and etag not in wanted)):
        raise PreconditionFailed()
    held = parse_etags(request.headers.get("If-None-Match", ""))
    if etag and (held == ["*"] or etag in {tag.removeprefix("W/") for tag in held}):
        raise PreconditionFailed()


def alone(path: str) -> None:
    """Until the transaction ends nobody else writes to this address: what was compared still stands when it changes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [path])
