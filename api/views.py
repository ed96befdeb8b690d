"""What every address of the API has: the actor, one kind of answer, ETags, one way to carry out an act."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import get_language, override
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from imagebank.accounts.models import User
from imagebank.accounts.permissions import require_signed_in
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, Denied, Unsupported
from imagebank.vocabulary.tables import LANGUAGES

from . import authentication, conditions, idempotency, problems
from .conditions import not_modified
from .parsers import storable
from .throttling import rate_headers

DRAINED: Final = 64 << 20
PIECE: Final = 1 << 16


class ApiView(APIView):
    """Base of the addresses of /api/v1/."""

    scopes: tuple[str, ...] = ("read",)
    """A token needs one of these to read here."""
    gives: tuple[str, ...] | None = ()
    """Media types of bytes that no renderer writes; None: the view looks at Accept itself."""
    parses = True
    """Whether bodies go through the parsers; a view that reads them itself looks at their kind itself."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """In the language of `?lang=`, where there is one, down to the sentences of problems."""
        wanted = request.GET.get("lang", "")
        with override(wanted if wanted in LANGUAGES else get_language()):
            return super().dispatch(request, *args, **kwargs)

    @cached_property
    def actor(self) -> Actor:
        return authentication.actor(self.request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        try:
            storable(dict(request.query_params.lists()))
        except ValueError:
            raise ParseError() from None
        if self.parses and _has_body(request._request) and not self._parser(request):
            raise Unsupported()
        actor = self.actor
        if request.method in authentication.SAFE and not actor.is_anonymous and not any(map(actor.may, self.scopes)):
            raise Denied("scope", f"The token lacks the scope {' or '.join(self.scopes)}.")

    def _parser(self, request: Request) -> Any:
        return self.get_content_negotiator().select_parser(request, self.get_parsers())

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
        """Carry out an unsafe act under its Idempotency-Key and its preconditions."""
        return idempotency.once(self.request, self.actor, self.request.data, self.on_condition(act), **options)

    @property
    def changed(self) -> str:
        """The path of what a write to this address changes."""
        return self.request.path

    def current(self, request: Request, **place: Any) -> Response:
        """What a write to this address would change, in the form whose ETag an If-Match names."""
        found: Response = self.get(request, **place)  # type: ignore[attr-defined]
        return found

    def on_condition(self, act: Callable[[], Response]) -> Callable[[], Response]:
        """`act` after its preconditions; those who change what stands there go one after the other."""
        asked = conditions.are_asked(self.request._request)
        adds = self.request.method == "POST" and self.changed == self.request.path

        def wary() -> Response:
            if asked or not adds:
                conditions.alone(self.changed)
            if asked:
                conditions.require(self.request._request, self._present_tag())
            return act()

        return wary

    def _present_tag(self) -> str:
        """The strong ETag of what is changed; empty where there is nothing to read."""
        found = resolve(self.changed)
        kind = getattr(found.func, "view_class", None)
        if kind is None or not hasattr(kind, "get"):
            return ""
        view = kind()
        view.request, view.args, view.kwargs = self.request, (), found.kwargs
        answer = view.current(self.request, **found.kwargs)
        return str(answer.headers.get("ETag") or tag_of(view.renderer_classes[0]().render(answer.data)))

    def unchanged(self, etag: str) -> HttpResponse | None:
        """304 where the caller has the answer with this tag, so that nothing more need be read for it."""
        answer = HttpResponse(headers={"ETag": f'"{etag}"'})
        _by_caller(answer)
        return not_modified(self.request._request, answer)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """The methods of this address, in `Allow`."""
        takes = {"Accept-Patch": "application/json"} if hasattr(self, "patch") else {}
        return Response(status=204, headers=takes)

    def handle_exception(self, exc: Exception) -> Response:
        """A refusal reaches only a client that could send its body to the end."""
        drain(self.request._request)
        return super().handle_exception(exc)

    def finalize_response(  # type: ignore[override]
        self, request: HttpRequest, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        final = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        for name, value in rate_headers(self.request._request).items():
            final.headers[name] = value
        if isinstance(final, Response):
            final.headers.setdefault("Content-Language", get_language() or "en")
            if final.status_code == 201:
                _say_where(self.request.path, final)
            _by_caller(final)
            final.add_post_render_callback(lambda rendered: conditional(request, rendered))
        return final


def _has_body(request: HttpRequest) -> bool:
    return request.META.get("CONTENT_LENGTH") not in (None, "", "0") or "Transfer-Encoding" in request.headers


def _by_caller(response: HttpResponse) -> None:
    """The answer depends on who asks."""
    patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
    response.headers.setdefault("Cache-Control", "private, no-cache")


def _say_where(path: str, response: Response) -> None:
    """Location of what was made (RFC 9110, 10.2.2), where it has an address below that of its list."""
    made = response.data if isinstance(response.data, dict) else {}
    address = f"{path}{made.get('slug') or made.get('id')}/"
    if "Location" not in response.headers and hasattr(getattr(resolve(address).func, "view_class", None), "get"):
        response.headers["Location"] = address


def tag_of(content: bytes) -> str:
    """A strong ETag of these bytes."""
    return f'"{hashlib.sha256(content).hexdigest()}"'


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
        response.headers["ETag"] = tag_of(response.content)
    try:
        return not_modified(request, response) or response
    except BankError as error:
        return problems.answer(error)
