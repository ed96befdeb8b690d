"""Every way in which a job child can end, as a code of `anonymize.codes`."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from anonymize import codes
from anonymize.policy import Limits

Cause = Literal["time", "memory"]
"""Why the template killed a child."""
_KILLED: Final = (signal.SIGKILL, signal.SIGTERM)


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


def settle(answer: dict[str, Any] | None, fate: Fate | None, seconds: float, limits: Limits) -> Outcome:
    """The outcome of what the child said (`None`: nothing, or garbage) and of how it ended (`None`: template lost)."""
    code, detail, result = _judge(answer, fate, limits)
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
    answer: dict[str, Any] | None, fate: Fate | None, limits: Limits
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    if fate is None:
        return "failed.killed", {}, {}
    if fate.cause == "memory":
        return "refused.limit_memory", {"peak_bytes": fate.peak_bytes, **met(limits, "resident_bytes")}, {}
    if fate.cause == "time":
        code = "refused.limit_time" if fate.cpu_seconds >= limits.cpu_seconds / 2 else "failed.time"
        return code, {"cpu_seconds": fate.cpu_seconds, **met(limits, "wall_seconds")}, {}
    if fate.status != 0:
        return _ended(fate.status, limits)
    return _said(answer)


def met(limits: Limits, setting: str) -> dict[str, Any]:
    """For the detail of a refusal: which of the `Limits` was met, and what it is."""
    return {"setting": setting, "limit": getattr(limits, setting)}


def _ended(status: int, limits: Limits) -> tuple[str, dict[str, Any], dict[str, Any]]:
    number = status & 0x7F
    if number == signal.SIGXCPU:
        return "refused.limit_time", met(limits, "cpu_seconds"), {}
    if number:
        return ("failed.killed" if number in _KILLED else "failed.crashed"), {"signal": number}, {}
    return "failed.crashed", {"exit": status >> 8}, {}


def _said(answer: dict[str, Any] | None) -> tuple[str, dict[str, Any], dict[str, Any]]:
    if answer is None:
        return "failed.crashed", {"answer": "none"}, {}
    detail, result, code = answer.get("detail", {}), answer.get("result", {}), answer.get("code")
    code = code or (result.get("code") if isinstance(result, dict) else None) or "clean"
    if not isinstance(detail, dict) or not isinstance(result, dict) or code not in codes.CODES:
        return "failed.crashed", {"answer": "malformed"}, {}
    return code, detail, result
