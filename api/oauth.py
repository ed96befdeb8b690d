"""`/oauth/token/`: OAuth 2.0 client credentials (RFC 6749, 4.4), and what the server says of itself (RFC 8414)."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from imagebank.accounts.granting import SECONDS, grant, is_client
from imagebank.accounts.models import SCOPES, ApiToken
from imagebank.accounts.services import find_token
from imagebank.core.throttling import seconds_left, within

FORM: Final = "application/x-www-form-urlencoded"
GRANT: Final = "client_credentials"
LONGEST: Final = 4096
BY_BASIC: Final = 'Basic realm="imagebank", charset="UTF-8"'
METHODS: Final = ["client_secret_basic", "client_secret_post"]
PRIVATE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Refused(Exception):
    """An error of RFC 6749, 5.2, by its code there."""

    def __init__(self, error: str, words: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.words, self.status = error, words, status


@method_decorator(csrf_exempt, name="dispatch")
class Token(View):
    """Gives an access token that lasts an hour."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """`grant_type=client_credentials`; the client by HTTP Basic or in the form; `scope` optional."""
        try:
            return JsonResponse(_granted(request), headers=PRIVATE)
        except Refused as refused:
            return _told(refused)


class Metadata(View):
    """`/.well-known/oauth-authorization-server`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        base = settings.BASE_URL.rstrip("/")
        return JsonResponse(
            {
                "issuer": base,
                "token_endpoint": f"{base}/oauth/token/",
                "token_endpoint_auth_methods_supported": METHODS,
                "grant_types_supported": [GRANT],
                "response_types_supported": [],
                "scopes_supported": SCOPES,
                "service_documentation": f"{base}/api/v1/docs/",
            }
        )


def _granted(request: HttpRequest) -> dict[str, Any]:
    _refuse_flood(request)
    form = _form(request)
    client, secret = _credentials(request, form)
    token = find_token(secret)
    if token is None or not is_client(token, client):
        raise Refused("invalid_client", "The client is not known, has ended or was revoked.", 401)
    if form.get("grant_type") != GRANT:
        known = "grant_type" in form
        raise Refused("unsupported_grant_type" if known else "invalid_request", f"grant_type is {GRANT} here.")
    scopes = _scopes(form, token)
    told = {"access_token": grant(token, scopes), "token_type": "Bearer", "expires_in": SECONDS}
    return {**told, "scope": " ".join(scopes)}


def _refuse_flood(request: HttpRequest) -> None:
    if not within(request, None, settings.LIMITS.reads_per_minute_address, "oauth"):
        raise Refused("temporarily_unavailable", "Too many requests; please wait.", 429)


def _form(request: HttpRequest) -> dict[str, str]:
    """The fields of the body, each at most once (RFC 6749, 3.2)."""
    if request.content_type != FORM:
        raise Refused("invalid_request", f"Send {FORM}.")
    raw = request.read(LONGEST + 1)
    try:
        fields = QueryDict(raw if len(raw) <= LONGEST else b"%", encoding="utf-8")
        form = {name: values[0] for name, values in fields.lists() if len(values) == 1}
    except ValueError:
        form, fields = {}, QueryDict()
    if len(raw) > LONGEST or len(form) != len(fields):
        raise Refused("invalid_request", "Each field once, in UTF-8, and not too many of them.")
    return form


def _credentials(request: HttpRequest, form: dict[str, str]) -> tuple[str, str]:
    """(client, secret) by one way only (RFC 6749, 2.3)."""
    header = request.headers.get("Authorization", "")
    if not header:
        return form.get("client_id", ""), form.get("client_secret", "")
    if "client_secret" in form:
        raise Refused("invalid_request", "Name the client in one way only.")
    kind, _, said = header.partition(" ")
    try:
        client, _, secret = base64.b64decode(said.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        kind = ""
    if kind.lower() != "basic":
        raise Refused("invalid_client", "The client is named by HTTP Basic.", 401)
    return unquote_plus(client), unquote_plus(secret)


def _scopes(form: dict[str, str], token: ApiToken) -> list[str]:
    """Those that were asked for, else all of the token."""
    wanted = set(form.get("scope", "").split())
    if wanted - set(token.scopes):
        raise Refused("invalid_scope", f"This client has: {' '.join(sorted(token.scopes))}.")
    return sorted(wanted or token.scopes)


def _told(refused: Refused) -> HttpResponse:
    headers = dict(PRIVATE)
    if refused.status == 401:
        headers["WWW-Authenticate"] = BY_BASIC
    if refused.status == 429:
        headers["Retry-After"] = str(max(1, round(seconds_left())))
    body = {"error": refused.error, "error_description": refused.words}
    return JsonResponse(body, status=refused.status, headers=headers)
