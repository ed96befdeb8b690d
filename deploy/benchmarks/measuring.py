"""CPU time of this process and of its database session, in milliseconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final, TypeVar

from django.db import connection

T = TypeVar("T")
WARM: Final = 5


def cpu_ms() -> float:
    """Used so far by both; the session's is left out where the system does not tell it."""
    return (time.process_time() + _session_seconds()) * 1_000


def _session_seconds() -> float:
    assert connection.connection is not None
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(told.read_text().split()[0]) / 1e9 if told.exists() else 0.0


def timed(act: Callable[[], T]) -> tuple[float, T]:
    """(CPU-ms, result)."""
    begun = cpu_ms()
    result = act()
    return cpu_ms() - begun, result


def each(act: Callable[[Any], Any], inputs: Iterable[Any]) -> list[float]:
    """CPU-ms of every call, ascending; after a few that do not count."""
    inputs = list(inputs)
    for one in inputs[:WARM]:
        act(one)
    return sorted(timed(lambda one=one: act(one))[0] for one in inputs)  # type: ignore[misc]


def in_turn(acts: Sequence[Callable[[], Any]], runs: int) -> list[list[float]]:
    """CPU-ms of each act, ascending: one after the other, round after round, so that all meet the same machine."""
    rounds = [[timed(act)[0] for act in acts] for _ in range(WARM + runs)][WARM:]
    return [sorted(times) for times in zip(*rounds, strict=True)]


def percentile(times: list[float], share: float) -> float:
    return times[min(int(len(times) * share), len(times) - 1)]


def tell(name: str, times: list[float], target: str, *, floor: float = 0.0) -> None:
    """One line of the table."""
    ratio = f"{median(times) / floor:6.2f}x" if floor else " " * 7
    p50, p99 = median(times), percentile(times, 0.99)
    sys.stdout.write(f"{name:52} {p50:8.2f} {p99:8.2f} {ratio}  {len(times):5}  {target}\n")
    sys.stdout.flush()


def say(name: str, figure: str, target: str = "") -> None:
    sys.stdout.write(f"{name:52} {figure:>26}         {target}\n")
    sys.stdout.flush()
