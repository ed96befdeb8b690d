"""Every address of /api/v1/ for every caller and state answers as the table says, and no address lacks a row."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from api.v1 import urls
from api.views import ApiView

from .table import BODIES, CALLERS, HEADERS, ROWS, Row
from .world import Matrix, matrix  # noqa: F401 - a fixture

NUMBERED = (
    "frame", "collection-version", "collection-csl", "collection-bibtex", "collection-archive",
    "sheet-version", "sheet-changes", "sheet-withdraw", "fhir-observation",
)  # fmt: skip
"""Routes that take a number besides the object."""
METHODS = ("get", "post", "patch", "put", "delete")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method}-{row.route}-{row.state}")
def test_the_answer_is_the_one_of_the_table(row: Row, matrix: Matrix) -> None:  # noqa: F811
    told = {name: ask(client, row, matrix) for name, client in matrix.callers.items()}
    assert told == dict(zip(CALLERS, row.statuses, strict=True))


def ask(client: Client, row: Row, matrix: Matrix) -> int:  # noqa: F811
    """The status; whatever was done is undone."""
    said = {"Content-Type": "application/json", **headers(row, matrix.ids)}
    with transaction.atomic():
        answer: Any = client.generic(
            row.method,
            address(row, matrix.ids),
            json.dumps(body(row, matrix.ids)),
            content_type=said.pop("Content-Type"),
            headers=said,
        )
        drain(answer)
        transaction.set_rollback(True)
    return int(answer.status_code)


def address(row: Row, ids: dict[str, str]) -> str:
    arguments: list[Any] = [ids.get(part, part) for part in row.state.split("/")] if row.state else []
    return reverse(f"api:{row.route}", args=[*arguments, 1] if row.route in NUMBERED else arguments)


def body(row: Row, ids: dict[str, str]) -> Any:
    said = BODIES.get((row.method, row.route), {})
    return json.loads(json.dumps(said).replace("CLIP", ids["clip-free"]).replace("PUBLISHED", ids["published"]))


def headers(row: Row, ids: dict[str, str]) -> dict[str, str]:
    deposit = base64.b64encode(ids["deposit"].encode()).decode()
    said = HEADERS.get((row.method, row.route), {})
    return {name: value.replace("DEPOSIT", deposit) for name, value in said.items()}


def drain(answer: HttpResponseBase) -> None:
    if answer.streaming:
        list(answer)
    answer.close()


def test_every_route_and_method_has_a_row() -> None:
    covered = {(row.route, row.method.lower()) for row in ROWS}
    for pattern in urls.urlpatterns:
        view = getattr(pattern.callback, "view_class", None)
        taken = [m for m in METHODS if view and hasattr(view, m)] or ["get"]
        for method in taken:
            assert (pattern.name, method) in covered, f"{method} {pattern.name} has no row in tests/matrix/table.py"


def test_no_route_goes_around_the_common_base() -> None:
    """What is no ApiView has neither actor nor throttle: only the two that tell nothing."""
    others = {p.name for p in urls.urlpatterns if not issubclass(getattr(p.callback, "view_class", object), ApiView)}
    assert others == {"docs", "nothing"}
