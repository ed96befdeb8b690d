"""What every address of the API has: the actor, one kind of answer, ETags, one way to carry out an act."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import get_language
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from imagebank.accounts.models import User
from imagebank.accounts.permissions import require_signed_in
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, Denied
from imagebank.vocabulary.tables import LANGUAGES

from . import authentication, idempotency, problems
from .conditions import not_modified
from .parsers import storable

DRAINED: Final = 64 << 20
PIECE: Final = 1 << 16


class ApiView(APIView):
    """Base of the addresses of /api/v1/."""

    scopes: tuple[str, ...] = ("read",)
    """A token needs one of these to read here."""

    @cached_property
    def actor(self) -> Actor:
        return authentication.actor(self.request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        try:
            storable(dict(request.query_params.lists()))
        except ValueError:
            raise ParseError() from None
        actor = self.actor
        if request.method in authentication.SAFE and not actor.is_anonymous and not any(map(actor.may, self.scopes)):
            raise Denied("scope", f"The token lacks the scope {' or '.join(self.scopes)}.")

    def require_account(self) -> Actor:
        """SignInFirst for anonymous callers."""
        require_signed_in(self.actor)
        return self.actor

    @property
    def account(self) -> User:
        """The account behind the request; SignInFirst for anonymous callers."""
        self.require_account()
        return cast(User, self.request.user)

    @property
    def lang(self) -> str:
        """`?lang=`, else what Accept-Language or the page's cookie asks for."""
        wanted = self.request.query_params.get("lang") or (get_language() or "en")[:2]
        return wanted if wanted in LANGUAGES else "en"

    def once(self, act: Callable[[], Response], **options: Any) -> Response:
        """Carry out an unsafe act under its Idempotency-Key."""
        return idempotency.once(self.request, self.actor, self.request.data, act, **options)

    def unchanged(self, etag: str) -> HttpResponse | None:
        """304 where the caller has the answer with this tag, so that nothing more need be read for it."""
        answer = HttpResponse(headers={"ETag": f'"{etag}"'})
        _by_caller(answer)
        return not_modified(self.request._request, answer)

    def handle_exception(self, exc: Exception) -> Response:
        """A refusal reaches only a client that could send its body to the end."""
        drain(self.request._request)
        return super().handle_exception(exc)

    def finalize_response(  # type: ignore[override]
        self, request: HttpRequest, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        final = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        if isinstance(final, Response):
            _by_caller(final)
            final.add_post_render_callback(lambda rendered: conditional(request, rendered))
        return final


def _by_caller(response: HttpResponse) -> None:
    """The answer depends on who asks."""
    patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
    response.headers.setdefault("Cache-Control", "private, no-cache")


def drain(request: HttpRequest) -> None:
    """Read what is left of the body and forget it, up to DRAINED; a larger one is cut off."""
    left = DRAINED
    try:
        while left > 0 and (piece := request.read(PIECE)):
            left -= len(piece)
    except UnreadablePostError:
        return


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """A strong ETag on what was read, that of the bytes unless the view gave one; 304 where the caller has it."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200:
        return response
    if "ETag" not in response.headers:
        response.headers["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()}"'
    try:
        return not_modified(request, response) or response
    except BankError as error:
        return problems.answer(error)
