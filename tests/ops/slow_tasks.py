"""A task that takes a second and writes down who worked on it; the worker of a test imports it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from celery import shared_task


@shared_task(name="tests.slow")
def slow(diary: str, number: int) -> None:
    """Adds "start NUMBER PID" and, a second later, "done NUMBER PID" to a file."""
    _note(diary, f"start {number} {os.getpid()}\n")
    time.sleep(1)
    _note(diary, f"done {number} {os.getpid()}\n")


def _note(diary: str, line: str) -> None:
    with Path(diary).open("a") as file:
        file.write(line)
