"""The API described: OpenAPI 3.1, and a page to read it without a script."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import MEDIA_TYPE
from api.views import ApiView

METHODS = ("get", "post", "patch", "delete")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document; it changes only with the program."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


class Schema(ApiView):
    """The OpenAPI document."""

    renderer_classes = [OpenApiJsonRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(document())


class Docs(View):
    """Every operation on one page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "api/docs.html", {"groups": _groups(), "info": document()["info"]})


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's hook: every operation may answer a problem (RFC 9457)."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for item in result["paths"].values():
        for method in METHODS:
            if method in item:
                item[method]["responses"]["default"] = {"description": "A problem.", "content": content}
    return result


PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457: what went wrong, with a stable code.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "object", "description": "Field -> sentence.", "additionalProperties": True},
    },
}


@cache
def _groups() -> list[tuple[str, list[dict[str, Any]]]]:
    """(first part of the address, operations), in order of the document."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, item in document()["paths"].items():
        for method in METHODS:
            if method in item:
                shown = {**item[method], "method": method.upper(), "address": address}
                groups.setdefault(address.removeprefix("/api/v1/").split("/")[0], []).append(shown)
    return list(groups.items())
