"""Every way in which a job child can end, as a code of `anonymize.codes`."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from anonymize import codes

Cause = Literal["time", "memory"]
"""Why the template killed a child."""
_SIGNALS: Final = {
    signal.SIGXCPU: "refused.limit_time",
    signal.SIGKILL: "failed.killed",
    signal.SIGTERM: "failed.killed",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one job ended. Without a code of its own a job that returned is `clean`."""

    verdict: str
    code: str
    detail: dict[str, Any] = field(default_factory=dict)
    """Numbers, limits, class and place of an error; never a value of the file."""
    result: dict[str, Any] = field(default_factory=dict)
    """What the job returned; empty when it did not."""
    cpu_seconds: float = 0.0
    seconds: float = 0.0
    peak_bytes: int = 0
    """Highest resident set that was seen."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What the template saw of a child."""

    status: int
    """As of `os.waitpid`."""
    cause: Cause | None = None
    cpu_seconds: float = 0.0
    peak_bytes: int = 0


def settle(answer: dict[str, Any] | None, fate: Fate | None, seconds: float, cpu_limit: float) -> Outcome:
    """The outcome of what the child said (`None`: nothing, or garbage) and of how it ended (`None`: template lost)."""
    code, detail, result = _judge(answer, fate, cpu_limit)
    return Outcome(
        verdict=codes.verdict(code),
        code=code,
        detail=detail,
        result=result,
        cpu_seconds=fate.cpu_seconds if fate else 0.0,
        seconds=round(seconds, 3),
        peak_bytes=fate.peak_bytes if fate else 0,
    )


def _judge(
    answer: dict[str, Any] | None, fate: Fate | None, cpu_limit: float
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    if fate is None:
        return "failed.killed", {}, {}
    if fate.cause == "memory":
        return "refused.limit_memory", {"peak_bytes": fate.peak_bytes}, {}
    if fate.cause == "time":
        busy = fate.cpu_seconds >= cpu_limit / 2
        return ("refused.limit_time" if busy else "failed.time"), {"cpu_seconds": fate.cpu_seconds}, {}
    if fate.status != 0:
        return _ended(fate.status)
    return _said(answer)


def _ended(status: int) -> tuple[str, dict[str, Any], dict[str, Any]]:
    number = status & 0x7F
    if number:
        return _SIGNALS.get(signal.Signals(number), "failed.crashed"), {"signal": number}, {}
    return "failed.crashed", {"exit": status >> 8}, {}


def _said(answer: dict[str, Any] | None) -> tuple[str, dict[str, Any], dict[str, Any]]:
    if answer is None:
        return "failed.crashed", {"answer": "none"}, {}
    detail, result, code = answer.get("detail", {}), answer.get("result", {}), answer.get("code")
    code = code or (result.get("code") if isinstance(result, dict) else None) or "clean"
    if not isinstance(detail, dict) or not isinstance(result, dict) or code not in codes.CODES:
        return "failed.crashed", {"answer": "malformed"}, {}
    return code, detail, result
