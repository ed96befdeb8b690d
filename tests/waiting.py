"""Waiting for another process."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

PATIENCE = 30.0
"""Seconds a test waits for another process before it fails."""


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Return when `condition` holds; fail the test when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"still not so after {seconds:.0f} s")
        time.sleep(0.05)
