"""The OpenAPI document is whole, true to the addresses, and readable without a third party."""

from __future__ import annotations

import json
import re

import jsonschema  # type: ignore[import-untyped]
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from api.v1 import urls
from api.v1.description import METHODS
from tests.factories import World, session

NOT_DESCRIBED = {"schema/", "docs/", r"^[\s\S]*$"}


def document() -> dict:
    return json.loads(Client().get("/api/v1/schema/").content)


def test_the_document_is_valid_and_made_without_a_warning(world: World) -> None:
    GENERATOR_STATS.reset()
    made = SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS, dict(GENERATOR_STATS._warn_cache) | dict(GENERATOR_STATS._error_cache)
    validate_schema(made)
    assert made["openapi"] == "3.1.0"


def test_every_address_is_described(world: World) -> None:
    described = {path.removeprefix("/api/v1/") for path in document()["paths"]}
    routes = {str(pattern.pattern) for pattern in urls.urlpatterns} - NOT_DESCRIBED
    assert {as_template(route) for route in routes} == described


def as_template(route: str) -> str:
    """A route as RFC 6570 writes it."""
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", route).strip("^$")
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", named).replace("{pk}", "{id}")


def test_every_operation_says_what_it_does_and_may_answer_a_problem(world: World) -> None:
    for path, item in document()["paths"].items():
        for method in set(METHODS) & set(item):
            operation = item[method]
            assert operation["description"], (method, path)
            assert "application/problem+json" in operation["responses"]["default"]["content"]


def test_every_operation_has_an_example_of_its_shape_and_of_its_errors(world: World) -> None:
    whole = document()
    for path, item in whole["paths"].items():
        for method in set(METHODS) & set(item):
            operation = item[method]
            bodies = [operation.get("requestBody", {}), *(a for s, a in operation["responses"].items() if s[0] == "2")]
            for content in (told for body in bodies for told in body.get("content", {}).values()):
                shape = {**content.get("schema", {}), "components": whole["components"]}
                jsonschema.validate(content["example"], shape)
            errors = operation["responses"]["default"]["content"]["application/problem+json"]["examples"]
            assert {"sign_in", "too_many"} <= set(errors), (method, path)
            assert ("not_found" in errors) == ("{" in path) and ("precondition" in errors) == (method != "get")
    for code, example in whole["components"]["examples"].items():
        jsonschema.validate(example["value"], whole["components"]["schemas"]["Problem"])
        assert example["value"]["code"] == code


def test_answers_have_the_shape_that_is_described(world: World) -> None:
    whole = document()
    case = world.published(world.stored())
    asked = {
        "/api/v1/cases/{id}/": f"/api/v1/cases/{case.pk}/",
        "/api/v1/clips/{id}/": f"/api/v1/clips/{case.clips.get().pk}/",
        "/api/v1/findings/": "/api/v1/findings/",
        "/api/v1/indications/": "/api/v1/indications/",
        "/api/v1/views/": "/api/v1/views/",
        "/api/v1/me/": "/api/v1/me/",
        "/api/v1/node/": "/api/v1/node/",
        "/api/v1/institutions/": "/api/v1/institutions/",
        "/api/v1/deposits/": "/api/v1/deposits/",
        "/api/v1/tokens/": "/api/v1/tokens/",
        "/api/v1/cases/": "/api/v1/cases/",
    }
    client = session(world.contributor)
    client.post("/api/v1/deposits/", {})
    for path, address in asked.items():
        shape = whole["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(client.get(address).json(), {**shape, "components": whole["components"]})


def test_the_page_names_every_operation_and_no_third_party(world: World) -> None:
    page = Client().get("/api/v1/docs/").content.decode()
    for item in document()["paths"].values():
        for method in set(METHODS) & set(item):
            assert item[method]["operationId"] in page
    page = re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)  # examples hold addresses of nodes
    assert not re.findall(r'https?://|//cdn|<script(?! type="module" src="/static/)|style=', page)
