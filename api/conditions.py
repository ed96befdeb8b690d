"""Preconditions by ETag (RFC 9110, 13). Nothing here has a modification time, so dates are left aside."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from imagebank.core.errors import BankError

KEPT: Final = ("Cache-Control", "ETag", "Vary")


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
