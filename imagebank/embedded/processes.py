"""Child processes that end with us: start, watch, restart, stop in order. Call everything from the main thread."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

STOP_SECONDS = 10
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STEADY_SECONDS = 60.0
"""A child that lived this long begins with the first pause again."""
PR_SET_PDEATHSIG = 1
ROOT = Path(__file__).resolve().parents[2]
"""The checkout: children find the package whatever folder we were started in."""
_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent(signal_number: int) -> Callable[[], None]:
    """A `preexec_fn`: the child gets the signal when its parent dies, however it dies (prctl(2))."""

    def ask_kernel() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal_number)

    return ask_kernel


@dataclass
class Child:
    """One service: how to start it, where its output goes, and its running process."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE
    started: float = 0.0
    due: float = field(default=0.0)
    """Monotonic time of the next start while it is down."""

    def start(self) -> None:
        """Start it in a process group of its own, so that Ctrl-C reaches the supervisor alone."""
        with open(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGTERM),
            )
        self.started = time.monotonic()

    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.poll() is None

    def keep_up(self) -> None:
        """Restart it when it died, after a pause that doubles with each death."""
        if self.alive():
            return
        now = time.monotonic()
        if self.process is not None:
            self._note_death(now)
        if now >= self.due:
            self.start()

    def _note_death(self, now: float) -> None:
        self._kill_group()  # a killed parent leaves its pool behind
        self.process = None
        self.pause = FIRST_PAUSE if now - self.started > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
        self.due = now + self.pause

    def stop(self) -> None:
        """SIGTERM, then SIGKILL of the group after 10 s."""
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self._kill_group()
        self.process.wait()
        self.process = None

    def _kill_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Service(Protocol):
    """What a supervisor keeps up."""

    def keep_up(self) -> None:
        """Start it when it does not run."""

    def stop(self) -> None:
        """Return when nothing of it runs any more."""


class Supervisor:
    """Keeps services up until a signal asks to stop; `children` stand in the order of starting."""

    def __init__(self, children: Sequence[Service]) -> None:
        self.children = children
        self.stopping = False

    def listen(self) -> None:
        """SIGINT, SIGTERM and SIGHUP ask to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def watch(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Keep the children up until `until` holds (True) or a stop was asked for (False)."""
        while not self.stopping:
            for child in self.children:
                child.keep_up()
            if until():
                return True
            time.sleep(0.1)
        return False

    def stop(self) -> None:
        """Stop the children, the last started first."""
        for child in reversed(self.children):
            child.stop()
