"""The API described: OpenAPI 3.1, and a page to read it without a script."""

from __future__ import annotations

import json
from copy import deepcopy
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
from imagebank.accounts.models import SCOPES

from .examples import add_examples
from .rules import RULES, VERSIONS

FHIR = "application/fhir+json"
OUTCOME = {"type": "object", "description": "An OperationOutcome.", "additionalProperties": True}
WORDS = {"rules": RULES, "versions": VERSIONS}
METHODS = ("get", "post", "put", "patch", "delete")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document; it changes only with the program."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


class Schema(ApiView):
    """The OpenAPI document."""

    renderer_classes = [OpenApiJsonRenderer]
    gives = (OpenApiJsonRenderer.media_type, "application/json")

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(document())


class Docs(View):
    """Every operation on one page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "api/docs.html", {"groups": _groups(), "info": document()["info"], **WORDS})


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's hook: every operation may answer a problem (RFC 9457)."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for item in result["paths"].values():
        for method in METHODS:
            if method in item:
                item[method]["responses"]["default"] = {"description": "A problem.", "content": deepcopy(content)}
                if any(FHIR in answer.get("content", {}) for answer in item[method]["responses"].values()):
                    item[method]["responses"]["default"]["content"][FHIR] = {"schema": OUTCOME}
                _add_headers(item[method], method)
                if method == "get":
                    item[method]["responses"].setdefault("304", {"description": "The caller has it already."})
    result["components"]["parameters"] = HEADERS
    result["components"]["securitySchemes"]["oauth2"] = OAUTH
    add_examples(result)
    return result


def _add_headers(operation: dict[str, Any], method: str) -> None:
    """The headers that every operation of this kind takes, and the ways to name oneself."""
    names = ("If-None-Match",) if method == "get" else ("Idempotency-Key", "If-Match")
    operation.setdefault("parameters", []).extend({"$ref": f"#/components/parameters/{name}"} for name in names)
    operation["security"] = [*operation.get("security", [{}]), {"oauth2": []}]


def _header(name: str, words: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": words, "schema": {"type": "string", **schema}}


HEADERS: dict[str, Any] = {
    "Idempotency-Key": _header(
        "Idempotency-Key",
        "Same key and body within 24 hours: the same answer, and nothing is done twice. Another body: 422.",
        maxLength=200,
        pattern=r"^[!-~]+$",
    ),
    "If-Match": _header("If-Match", "The ETag of what was read: 412 where it has changed since."),
    "If-None-Match": _header("If-None-Match", "The ETag that one has: 304 where nothing has changed."),
}
OAUTH: dict[str, Any] = {
    "type": "oauth2",
    "description": "The client is a token of the account: `client_id` its id, `client_secret` the token itself.",
    "flows": {"clientCredentials": {"tokenUrl": "/oauth/token/", "scopes": {name: name for name in SCOPES}}},
}


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
                shown = {**item[method], "method": method.upper(), "address": address, "shown": _shown(item[method])}
                shown["parameters"] = [_named(one) for one in item[method].get("parameters", [])]
                groups.setdefault(address.removeprefix("/api/v1/").split("/")[0], []).append(shown)
    return list(groups.items())


def _named(parameter: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = HEADERS[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
    return found


def _shown(operation: dict[str, Any]) -> list[tuple[str, str]]:
    """(what it is, text) of the examples of an operation: what is sent, what is answered."""
    answers = [(status, one) for status, one in operation["responses"].items() if status != "default"]
    bodies = [("request", operation.get("requestBody", {})), *answers]
    return [
        (f"{what} {kind}", _text(content["example"]))
        for what, body in bodies
        for kind, content in body.get("content", {}).items()
        if "example" in content
    ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)
