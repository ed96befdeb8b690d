"""Every error as RFC 9457 `application/problem+json`, with a stable type and code."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from imagebank.core.errors import BankError, Denied, Missing, SignInFirst, TooMuch, Unavailable, Unsupported, Wait

MEDIA_TYPE: Final = "application/problem+json"
TYPES: Final = "/help/problems/"
CHALLENGE: Final = 'Bearer realm="imagebank"'
ERRORS: Final = {"token": "invalid_token", "scope": "insufficient_scope"}
"""Our code -> that of RFC 6750, 3.1."""
LATER: Final = 30
"""Seconds after which something that is not possible now may be."""


class Broken(BankError):
    """Our own fault; nothing of it is told."""

    status = 500
    code = "internal"
    title = "Something went wrong on our side."


def problem(error: BankError) -> dict[str, Any]:
    """The body: type, title, status, detail, code and, for bad fields, errors."""
    body = {
        "type": f"{TYPES}{error.code.replace('.', '-')}",
        "title": _phrase(error.status),
        "status": error.status,
        "detail": _(error.title),
        "code": error.code,
    }
    return {**body, "errors": error.errors} if error.errors else body


def _phrase(status: int) -> str:
    """As RFC 9110 names it; tus has one of its own."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Checksum Mismatch"


def headers_of(error: BankError) -> dict[str, str]:
    """WWW-Authenticate with 401 and for a lack of scope, Retry-After with 429 and 503; never stored by a cache."""
    headers = {"Cache-Control": "no-store"}
    if error.status == 401 or error.code in ERRORS:
        headers["WWW-Authenticate"] = _challenge(error.code)
    if isinstance(error, Wait | Unavailable):
        headers["Retry-After"] = str(error.seconds if isinstance(error, Wait) else LATER)
    return headers


def _challenge(code: str) -> str:
    return f'{CHALLENGE}, error="{ERRORS[code]}"' if code in ERRORS else CHALLENGE


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """REST framework's exception handler. What nobody foresaw is logged by its signal and told as 500."""
    told = _as_bank_error(error)
    if told is None:
        got_request_exception.send(sender=type(context["view"]), request=context["request"]._request)
        _log(error)
        told = Broken()
    return Response(problem(told), status=told.status, headers=headers_of(told), content_type=MEDIA_TYPE)


def answer(error: BankError, headers: Mapping[str, str] | None = None) -> JsonResponse:
    """The same outside of REST framework's renderers."""
    told = {**headers_of(error), **(headers or {})}
    return JsonResponse(problem(error), status=error.status, headers=told, content_type=MEDIA_TYPE)


@csrf_exempt
def nothing_here(request: HttpRequest, **_: Any) -> JsonResponse:
    """For every address below /api/v1/ that is not one."""
    return answer(Missing())


def _as_bank_error(error: Exception) -> BankError | None:
    if isinstance(error, BankError):
        return error
    if isinstance(error, exceptions.Throttled):
        return Wait(getattr(error, "wait", None))
    if isinstance(error, exceptions.ValidationError):
        return _named(422, "invalid", "Some of what was sent is not valid.", _sentences(error.detail))
    if isinstance(error, exceptions.APIException):
        return _named(
            error.status_code, *_KNOWN.get(error.status_code, ("invalid", "The request cannot be carried out."))
        )
    return _from_django(error)


def _from_django(error: Exception) -> BankError | None:
    if isinstance(error, TooManyFilesSent):
        return TooMuch("limit_files")
    if isinstance(error, RequestDataTooBig):
        return TooMuch("limit_fields")
    if isinstance(error, Http404):
        return Missing()
    if isinstance(error, PermissionDenied):
        return _named(403, *_KNOWN[403])
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return _named(400, *_KNOWN[400])
    return None


_KNOWN: Final = {
    400: ("malformed", "The request cannot be read."),
    405: ("method", "This address does not take this method."),
    **{kind.status: (kind.code, kind.title) for kind in (SignInFirst, Denied, Missing, Unsupported)},
}


def _named(status: int, code: str, title: str, errors: dict[str, Any] | None = None) -> BankError:
    error = BankError(code, title, errors=errors)
    error.status = status
    return error


def _sentences(detail: Any) -> dict[str, Any]:
    """Field -> sentence; nested fields keep their nesting."""
    if isinstance(detail, Mapping):
        return {str(name): _sentence(value) for name, value in detail.items()}
    return {"request": _sentence(detail)}


def _sentence(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _sentences(value)
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return " ".join(value)
    return [_sentence(part) for part in value] if isinstance(value, list) else str(value)


def _log(error: Exception) -> None:
    logging.getLogger("api").error("unforeseen error", exc_info=error)
