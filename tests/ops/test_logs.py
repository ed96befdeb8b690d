"""Logs name the route and nothing a person typed, uploaded or asked for (privacy.md 23)."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from django.test import Client

from imagebank.core import logs

CANARY = "Kanarienvogel-1947"


@pytest.fixture
def written() -> Iterator[Callable[[], tuple[str, list[dict[str, object]]]]]:
    """What the product's own handler wrote since: the text, and its lines."""
    root = logging.getLogger()
    before, level, raising = root.handlers, root.level, logging.raiseExceptions
    logs.configure({"level": "INFO"})
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    handler.setStream(stream)
    yield lambda: (stream.getvalue(), [json.loads(line) for line in stream.getvalue().splitlines()])
    root.handlers, logging.raiseExceptions = before, raising
    root.setLevel(level)


Written = Callable[[], tuple[str, list[dict[str, object]]]]


@pytest.mark.django_db
def test_request_line_has_route_and_no_path_or_query(written: Written) -> None:
    Client().get(f"/healthz?q={CANARY}")
    Client().get(f"/{CANARY}/")
    text, found = written()
    assert CANARY not in text
    requests = [line for line in found if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in requests] == [("healthz", 200), ("none", 404)]


def test_exception_has_class_and_place_but_no_message(written: Written) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        structlog.get_logger("test").exception("it_failed")
    text, [line] = written()
    assert CANARY not in text
    assert line["exception"] == "builtins.ValueError"
    assert "test_logs.py" in str(line["places"])


@pytest.mark.parametrize("message", [("value %s", CANARY), (f"value {CANARY}",), (ValueError(CANARY),)])
def test_values_of_other_libraries_stay_out(message: tuple[object, ...], written: Written) -> None:
    logging.getLogger("library").warning(*message)
    text, [line] = written()
    assert CANARY not in text
    assert line["logger"] == "library"
    assert line["event"] == ("value %s" if len(message) > 1 else line["event"])


def test_exception_of_another_library_has_no_message(written: Written) -> None:
    try:
        raise KeyError(CANARY)
    except KeyError:
        logging.getLogger("library").exception("it failed")
    text, [line] = written()
    assert CANARY not in text
    assert line["exception"] == "builtins.KeyError"


def test_last_words_of_a_dying_process_have_no_message(written: Written) -> None:
    logs._last_words(ValueError, ValueError(CANARY), None)
    text, [line] = written()
    assert CANARY not in text
    assert line["exception"] == "builtins.ValueError"
