"""Which parser and which renderer."""

from __future__ import annotations

from typing import Any, Final

from django.http.request import MediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from imagebank.core.errors import NotAcceptable

ANY: Final = ("*", "")


class OneRenderer(BaseContentNegotiation):
    """There is one representation of everything; a caller that accepts none of it is told so (RFC 9110, 12.5.1)."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        renderer = renderers[0]
        view = request.parser_context["view"] if request.parser_context else None
        gives = getattr(view, "gives", ())
        if gives is None or request.method == "OPTIONS":
            return renderer, renderer.media_type
        kinds = gives or (renderer.media_type, *getattr(renderer, "also", ()))
        if not accepts(request.headers.get("Accept", ""), kinds):
            raise NotAcceptable()
        return renderer, renderer.media_type


def accepts(header: str, kinds: tuple[str, ...]) -> bool:
    """Whether Accept leaves one of these media types: of the ranges that a type fits, the most specific decides.

    What cannot be read is as good as no header at all.
    """
    try:
        ranges = [MediaType(part) for part in header.split(",") if part.strip()]
    except ValueError:
        return True
    return not ranges or any(_quality(ranges, kind) > 0 for kind in kinds)


def _quality(ranges: list[MediaType], kind: str) -> float:
    main, _, sub = kind.partition("/")
    fitting = [one for one in ranges if one.main_type in (main, *ANY) and one.sub_type in (sub, *ANY)]
    return max(fitting, key=lambda one: one.specificity).quality if fitting else 0.0
