"""Broken files against the sandbox, as many as there is time for; the state file remembers what was done.

    python -m deploy.benchmarks.mutants --seconds 600 --real ../shared/data/ultrasound
    python -m deploy.benchmarks.mutants --only 4711      # one of them again, told in full

Each number is one mutant, always the same one: base file, level, changes and job follow from it. Escape: a template
that dies, a code that nobody knows, a job over its wall clock, a process left behind, memory over the limit.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random
from typing import Any, Final

from anonymize import codes
from anonymize.keying import SecretKeyer
from anonymize.policy import Limits, MiB
from anonymize.sandbox import Outcome, Sandbox
from tests.anonymize.mutations import mutant
from tests.anonymize.mutations.bases import large, small

STATE: Final = Path(__file__).with_name("mutants.json")
LIMITS: Final = Limits()
_JOBS: Final = {"clean": 12, "peek": 5, "verify": 2, "render": 1}
_OUTPUTS: Final = {
    "clean": ("clean", "before", "after"),
    "render": ("playback.mp4", "small.mp4", "poster.webp", "frames.zip"),
}
_TICK_BYTES: Final = 256 * MiB
"""What a child may touch between two looks of the watchdog."""
_LARGE_SHARE: Final = 0.02
"""Of mutants made from pictures as devices send them: they take longer and find no more."""
_BINS_PER_DOUBLING: Final = 8
_MOST_LISTED: Final = 200
_SAVE_EVERY: Final = 50
_KEYER: Final = SecretKeyer(b"k" * 32)


@dataclass(slots=True)
class State:
    """What was found so far; `done` is the number of the next mutant."""

    done: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    """Histogram of wall seconds: eight logarithmic bins a doubling, by their upper edges."""
    cpu_seconds: Counter[str] = field(default_factory=Counter)
    peak_bytes: int = 0
    hours: float = 0.0
    escapes: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Named, but our own (`failed`), by class and place: how many, and the first of them."""

    @classmethod
    def load(cls, path: Path) -> State:
        state = cls()
        for key, value in (json.loads(path.read_text()) if path.exists() else {}).items():
            setattr(state, key, Counter(value) if isinstance(getattr(state, key), Counter) else value)
        return state

    def save(self, path: Path) -> None:
        part = path.with_suffix(".part")
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        part.write_text(json.dumps(plain, indent=1, sort_keys=True) + "\n")
        part.replace(path)

    def add(self, number: int, base: str, level: str, job: str, outcome: Outcome, wrong: list[str]) -> None:
        """Count one mutant."""
        self.done = number + 1
        self.verdicts[outcome.verdict] += 1
        self.codes[outcome.code] += 1
        self.levels[f"{job}, {level}"] += 1
        self.seconds[_bin(outcome.seconds)] += 1
        self.cpu_seconds[_bin(outcome.cpu_seconds)] += 1
        self.peak_bytes = max(self.peak_bytes, outcome.peak_bytes)
        told = {"number": number, "base": base, "level": level, "job": job, "code": outcome.code}
        if wrong and len(self.escapes) < _MOST_LISTED:
            self.escapes.append(told | {"escape": wrong, "peak": outcome.peak_bytes, "seconds": outcome.seconds})
        if outcome.verdict == "failed":
            name = " ".join(str(value) for value in (outcome.code, *outcome.detail.values()))
            self.faults.setdefault(name, told | {"count": 0})["count"] += 1


def _bin(seconds: float) -> str:
    edge = math.ceil(math.log2(max(seconds, 0.001)) * _BINS_PER_DOUBLING)
    return f"{2 ** (edge / _BINS_PER_DOUBLING):.4f}"


def percentile(histogram: Counter[str], share: float) -> float:
    """Upper edge of the bin in which the share is reached, in seconds."""
    passed = 0
    for edge, count in sorted(histogram.items(), key=lambda pair: float(pair[0])):
        passed += count
        if passed >= share * histogram.total():
            return float(edge)
    return 0.0


@dataclass(frozen=True, slots=True)
class Bases:
    """Whole files by name."""

    small: dict[str, bytes]
    large: dict[str, bytes]


def made(number: int, bases: Bases) -> tuple[str, str, str, bytes]:
    """Base, level, job and bytes of a mutant."""
    random = Random(number)  # noqa: S311 - the same mutant whenever it is asked for
    files = bases.large if random.random() < _LARGE_SHARE else bases.small
    base = random.choice(sorted(files))
    job = random.choices(list(_JOBS), list(_JOBS.values()))[0]
    level, data = mutant(files[base], random)
    return base, level, job, data


def run(sandbox: Sandbox, job: str, data: bytes) -> Outcome:
    """One job on a file in memory, with all outputs that the job knows."""
    names = _OUTPUTS.get(job, ())
    source, *targets = (os.memfd_create(name) for name in ("source", *names))
    try:
        os.write(source, data)
        return sandbox.run(job, source=source, outputs=dict(zip(names, targets, strict=True)), keyer=_KEYER)
    finally:
        for fd in (source, *targets):
            os.close(fd)


def escaped(sandbox: Sandbox, template: int | None, outcome: Outcome) -> list[str]:
    """What went wrong beyond the file; empty as a rule."""
    told = {
        "template died": sandbox.template_pid != template or not _alive(template),
        "unnamed code": outcome.code not in codes.CODES or outcome.verdict != codes.verdict(outcome.code),
        "over the wall clock": outcome.seconds > LIMITS.wall_seconds + 5,
        "process left behind": bool(_children(template)),
        "over the memory": outcome.peak_bytes > LIMITS.resident_bytes + _TICK_BYTES
        or (outcome.verdict in ("clean", "held") and outcome.peak_bytes > LIMITS.resident_bytes),
    }
    return [name for name, true in told.items() if true]


def _alive(pid: int | None) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _children(pid: int | None) -> list[str]:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []


def told(state: State) -> str:
    """The state in a few lines."""
    wall, cpu = (
        ", ".join(f"{name} {percentile(one, share):.2f}" for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1)))
        for one in (state.seconds, state.cpu_seconds)
    )
    counted = [", ".join(f"{name} {n}" for name, n in one.most_common()) for one in (state.verdicts, state.codes)]
    faults = "".join(
        f"\nfault {name}: {one['count']}, first {one['number']} ({one['base']}, {one['level']}, {one['job']})"
        for name, one in state.faults.items()
    )
    return (
        f"{state.done} mutants in {state.hours:.2f} h: {counted[0]}; {len(state.escapes)} escapes\n"
        f"{counted[1]}\nseconds: {wall}; CPU seconds: {cpu}; peak {state.peak_bytes / MiB:.0f} MiB{faults}"
    )


def fuzz(files: Bases, state: State, path: Path, count: int, seconds: float) -> None:
    """Go on from where the state ends."""
    began, hours = time.monotonic(), state.hours
    with Sandbox(LIMITS) as sandbox:
        sandbox.start()
        for number in range(state.done, state.done + count):
            template = sandbox.template_pid
            base, level, job, data = made(number, files)
            outcome = run(sandbox, job, data)
            state.add(number, base, level, job, outcome, escaped(sandbox, template, outcome))
            state.hours = hours + (time.monotonic() - began) / 3600
            if state.done % _SAVE_EVERY == 0:
                state.save(path)
            if time.monotonic() - began > seconds:
                break
    state.save(path)


def again(number: int, files: Bases, keep: Path | None) -> None:
    """One mutant, told in full."""
    base, level, job, data = made(number, files)
    if keep:
        keep.write_bytes(data)
    with Sandbox(LIMITS) as sandbox:
        print(f"{number}: {base}, {level}, {job}, {len(data)} bytes\n{run(sandbox, job, data)}")


def main() -> int:
    """0 when nothing escaped."""
    parser = argparse.ArgumentParser("mutants", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=1_000_000, help="at most so many")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--state", type=Path, default=STATE)
    parser.add_argument("--real", type=Path, default=Path("../shared/data/ultrasound"), help="folder of real files")
    parser.add_argument("--only", type=int, help="this one alone, state untouched")
    parser.add_argument("--keep", type=Path, help="with --only: write the mutant here")
    given = parser.parse_args()
    files = Bases(small(), large(given.real))
    if given.only is not None:
        again(given.only, files, given.keep)
        return 0
    state = State.load(given.state)
    fuzz(files, state, given.state, given.count, given.seconds)
    print(told(state))
    return 1 if state.escapes else 0


if __name__ == "__main__":
    sys.exit(main())
