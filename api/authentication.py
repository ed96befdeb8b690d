"""Who calls: a bearer token or a session. CSRF is proved by header alone, so nothing of the body is read for it."""

from __future__ import annotations

import copy
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import CSRFCheck as Check
from rest_framework.request import Request

from imagebank.accounts.actors import actor_for_token
from imagebank.accounts.granting import PREFIX, find_granted
from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import ApiToken, User
from imagebank.accounts.services import find_token
from imagebank.core.actor import Actor
from imagebank.core.errors import Denied, SignInFirst

from .problems import CHALLENGE

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class Bearer(BaseAuthentication):
    """`Authorization: Bearer TOKEN` (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if not kind:
            return None
        found = _found(token.strip()) if kind.lower() == "bearer" else None
        if found is None:
            raise SignInFirst("token")
        return found.owner, found

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class Session(BaseAuthentication):
    """The session of the pages; an unsafe method needs the header X-CSRFToken."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        user = getattr(request._request, "user", None)
        if user is None or not user.is_active:
            return None
        if request.method not in SAFE:
            require_csrf_header(request._request)
        return user, None


def _found(token: str) -> ApiToken | None:
    """What the account made, or what was given for it at /oauth/token/."""
    return find_granted(token) if token.startswith(PREFIX) else find_token(token)


def require_csrf_header(request: HttpRequest) -> None:
    """Denied unless cookie and header agree. Django's check would parse the form of a POST to look for a field."""
    seen = copy.copy(request)
    seen.method = "PUT"  # the check looks at the header only
    check = Check(_nothing)
    check.process_request(seen)
    if reason := check.process_view(seen, _nothing, (), {}):
        raise Denied("csrf", f"Send the CSRF token in the header X-CSRFToken. {reason}")


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def actor(request: Request) -> Actor:
    """The actor of an authenticated request: a token where one was sent, else the session's, else anonymous."""
    if isinstance(request.auth, ApiToken):
        return actor_for_token(request.auth)
    return actor_of(request._request)


class BearerScheme(OpenApiAuthenticationExtension):
    """For the API's description."""

    target_class = Bearer
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    """For the API's description."""

    target_class = Session
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        from django.conf import settings

        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
