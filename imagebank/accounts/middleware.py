"""Who acts in this request, by its session: shared by pages and REST."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from imagebank.core.actor import Actor

from .actors import actor_for

Handler = Callable[[HttpRequest], HttpResponse]
SECOND_FACTOR = "mfa"
"""allauth's record of an authenticator app, a recovery code or a passkey."""


class ActorMiddleware:
    """Sets `request.actor`, found out when it is first asked for. Stands behind allauth's middleware."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: session_actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def session_actor(request: HttpRequest) -> Actor:
    """The actor of the session; anonymous without one."""
    return actor_for(request.user, second_factor=_used_second_factor(request))  # type: ignore[arg-type]


def actor_of(request: HttpRequest) -> Actor:
    """What the middleware has set."""
    return request.actor  # type: ignore[attr-defined]


def _used_second_factor(request: HttpRequest) -> bool:
    if not request.user.is_authenticated:
        return False
    return any(record["method"] == SECOND_FACTOR for record in get_authentication_records(request, request.user))
