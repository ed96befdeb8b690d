"""Logs as JSON lines that name the route and never a path, query, file name or element value (design: privacy.md 23).

Text of other libraries is not trusted: of their records the template goes out, without its values. Of an exception the
class and the places of its traceback go out, not the message.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.typing import EventDict, Processor

DEEPEST = 5
"""Frames of a traceback that are named, innermost last."""


class RequestLog:
    """One line for each request: method, route, status, milliseconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=uuid.uuid4().hex[:16]):
            response = self.get_response(request)
            structlog.get_logger("request").info(
                "request",
                method=request.method,
                route=_route(request),
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000),
            )
        return response


def _route(request: HttpRequest) -> str:
    return request.resolver_match.route if request.resolver_match else "none"


def describe_exception(error: BaseException) -> dict[str, Any]:
    """Class of an exception and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    kind = type(error)
    return {
        "exception": f"{kind.__module__}.{kind.__qualname__}",
        "places": [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _exception_without_message(_: Any, __: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event.update(describe_exception(error))
    return event


class _KeepTemplate(structlog.stdlib.ProcessorFormatter):
    """Hands template and arguments on before the standard formatter joins them."""

    def format(self, record: logging.LogRecord) -> str:
        if not isinstance(record.msg, dict):
            record = logging.makeLogRecord(record.__dict__)
            templated = bool(record.args) and isinstance(record.msg, str)
            record.msg = record.msg if templated else f"{record.module}:{record.lineno}"
            record.args = None
        return super().format(record)


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _exception_without_message,
]


def configure(options: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: everything to standard error, one JSON object a line. `options`: level, service."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter())
    if options.get("service"):  # a person at a terminal gets Python's own traceback
        sys.excepthook = _last_words
        threading.excepthook = lambda death: _last_words(death.exc_type, death.exc_value or death.exc_type(), None)
    logging.raiseExceptions = False  # a record that cannot be formatted would be printed with its values
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(options.get("level", "INFO"))


def _last_words(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
    """An exception that nobody caught; Python's own way would print its message."""
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger("uncaught").critical("uncaught", exc_info=error)


def _formatter() -> logging.Formatter:
    return _KeepTemplate(
        foreign_pre_chain=SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
