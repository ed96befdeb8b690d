"""Every page for every caller and state answers as the table says, and no page lacks a row."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import WARNING, get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse

from imagebank.web.urls import urlpatterns

from .pages import CALLERS, FORMS, PAGES, Page
from .test_rest import drain
from .world import Matrix, matrix  # noqa: F401 - a fixture


@pytest.mark.parametrize("row", PAGES, ids=lambda row: "-".join(part for part in row[:4] if part))
def test_the_answer_is_the_one_of_the_table(row: Page, matrix: Matrix) -> None:  # noqa: F811
    told = {name: ask(matrix.callers[name], row, matrix) for name in CALLERS}
    assert told == dict(zip(CALLERS, row.statuses, strict=True))


def ask(client: Client, row: Page, matrix: Matrix) -> int:  # noqa: F811
    """The status, told as pages.py says; whatever was done is undone."""
    client.cookies.pop("messages", None)  # words of the answer before
    with transaction.atomic():
        said = FORMS.get((row.route, row.act), {})
        form = {name: value.replace("PUBLISHED", matrix.ids["published"]) for name, value in said.items()}
        answer: Any = client.get(address(row, matrix.ids)) if row.method == "GET" else client.post(
            address(row, matrix.ids), form
        )  # fmt: skip
        status = _told(answer)
        drain(answer)
        transaction.set_rollback(True)
    return status


def address(row: Page, ids: dict[str, str]) -> str:
    arguments = [part for part in (ids[row.state] if row.state else "", ids.get(row.act, row.act)) if part]
    return reverse(f"web:{row.route}", args=arguments)


def _told(answer: Any) -> int:
    if answer.status_code == 302 and "/login/" in answer["Location"]:
        return 401
    said = get_messages(answer.wsgi_request)
    return 409 if answer.status_code == 302 and any(word.level >= WARNING for word in said) else int(answer.status_code)


def test_every_page_has_a_row() -> None:
    missing = {pattern.name for pattern in patterns(urlpatterns)} - {row.route for row in PAGES}
    assert not missing, "pages without a row in tests/matrix/pages.py"


def patterns(listed: list[Any]) -> list[Any]:
    """All routes, those of included modules too."""
    nested = (patterns(item.url_patterns) if hasattr(item, "url_patterns") else [item] for item in listed)
    return [one for part in nested for one in part]
