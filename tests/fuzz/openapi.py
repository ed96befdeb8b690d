"""The OpenAPI document held against the program: made-up requests to every operation, by every kind of caller.

Each request runs in a transaction that is undone, so the objects that it may meet stay as they are. Half of the
requests keep to the schema, half break it; most go to an object that exists.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from warnings import catch_warnings, simplefilter

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from django.urls import NoReverseMatch
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from api.v1.description import document
from tests.matrix.table import BODIES, ROWS, Row
from tests.matrix.test_rest import address, body
from tests.matrix.world import Matrix

CHECKS: Final = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
MODES: Final = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass
class Found:
    """How many requests were made, what was answered, and what was wrong: {(operation, fault): example}."""

    asked: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)


def operations() -> list[Any]:
    """Every operation of the document, on this program."""
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document())))
    schema.app = WSGIHandler()
    schema.config.generation.with_security_parameters = False  # credentials are those of real callers
    every: list[Any] = list(schema.get_all_operations())
    return [found.ok() for found in every]


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests leave the connection open, so that a transaction around them can be undone."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def try_operation(operation: Any, matrix: Matrix, found: Found, *, examples: int, number: int) -> None:
    """So many requests to it; `number` makes them others."""
    for mode in MODES:
        _try(operation, mode, matrix, found, examples=max(1, examples // len(MODES)), number=number)


def _try(operation: Any, mode: GenerationMode, matrix: Matrix, found: Found, *, examples: int, number: int) -> None:
    places, bodies = list(_places(operation, matrix)), list(_bodies(operation, matrix))
    drawn = {
        "case": operation.as_strategy(generation_mode=mode),
        "caller": st.sampled_from(sorted(matrix.callers)),
        "place": st.sampled_from([None, *places]),
        "said": st.sampled_from([None, *bodies]),
    }

    @seed(number)
    @settings(
        max_examples=examples, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(**drawn)
    def asks(case: Any, caller: str, place: dict[str, str] | None, said: Any) -> None:
        if place is not None:
            case.path_parameters = place
        if said is not None and isinstance(case.body, dict) and mode is GenerationMode.POSITIVE:
            case.body = {**case.body, **said}
        _ask(case, caller, matrix, found)

    try:
        with catch_warnings(), one_connection():
            simplefilter("ignore")
            asks()
    except Unsatisfiable:
        return


def _ask(case: Any, caller: str, matrix: Matrix, found: Found) -> None:
    name = f"{case.method} {case.path}"
    with transaction.atomic():
        answer = case.call(headers=credentials(matrix.callers[caller]))
        transaction.set_rollback(True)
    found.asked[name] += 1
    found.statuses[answer.status_code] += 1
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        for fault in group.exceptions:
            told = f"{name}: {type(fault).__name__}: {str(fault).splitlines()[0]}"
            found.faults.setdefault(told, f"{caller}: {case.as_curl_command()}\n{fault}")


def credentials(client: Client) -> dict[str, str]:
    """What a caller of the matrix sends: a token, or a session with its CSRF token."""
    if token := client.defaults.get("HTTP_AUTHORIZATION"):
        return {"Authorization": token}
    if not client.cookies:
        return {}
    secret = "c" * 32
    return {"Cookie": f"{client.cookies.output(header='', sep=';').strip()}; csrftoken={secret}", "X-CSRFToken": secret}


def _places(operation: Any, matrix: Matrix) -> Iterator[dict[str, str]]:
    """Path parameters of the objects that the permission matrix knows for this address."""
    template = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+?)", operation.full_path) + "$")
    for row in ROWS:
        if row.state and (met := template.match(_address(row, matrix.ids))):
            yield met.groupdict()


def _address(row: Row, ids: dict[str, str]) -> str:
    """Empty where there is no such object."""
    try:
        return address(row, ids)
    except NoReverseMatch:
        return ""


def _bodies(operation: Any, matrix: Matrix) -> Iterator[Any]:
    """What the permission matrix sends there."""
    template = re.sub(r"\{\w+\}", "[^/]+", operation.full_path)
    for row in ROWS:
        known = row.method == operation.method.upper() and (row.method, row.route) in BODIES
        if known and re.fullmatch(template, _address(row, matrix.ids)):
            yield body(row, matrix.ids)
