"""The web process itself on the test database, on a port of its own."""

from __future__ import annotations

import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from imagebank.embedded import services
from imagebank.embedded.processes import Child
from tests.waiting import wait_for


@contextmanager
def web_server() -> Iterator[int]:
    """Its port; it has ended when the block ends."""
    port = free_port()
    with web_process(port):
        yield port


@contextmanager
def web_process(port: int) -> Iterator[Child]:
    """The process that listens there; it has ended when the block ends."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "imagebank.settings.testing",
        "IMAGEBANK_DATABASE_NAME": settings.TEST_DATABASE,
        "IMAGEBANK_SILENCE_SECONDS": "2",
    }
    child = services.web(Path(settings.TEST_HOME), environment, port)
    child.start()
    try:
        wait_for(lambda: _answers(port) or not child.alive())
        assert child.alive(), child.log.read_text()
        yield child
    finally:
        kill(child)


def kill(child: Child) -> None:
    """The process, its pool and whatever they started in their group: at once, without a word.

    Also how a test's processes end: a polite stop takes five seconds and belongs to the supervisor's own tests.
    """
    if child.process is not None:
        with suppress(ProcessLookupError):  # a test may have done it
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
