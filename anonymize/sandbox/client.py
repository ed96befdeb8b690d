"""The parent's side: hand descriptors to the template, answer the child's questions for keys, judge how it ended."""

from __future__ import annotations

import array
import contextlib
import dataclasses
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast, get_args

from anonymize.keying import Keyer, Kind
from anonymize.policy import Limits
from anonymize.sandbox.jobs import JOBS
from anonymize.sandbox.outcome import Fate, Outcome, settle
from anonymize.sandbox.wire import LONGEST_VALUE, MOST_VALUES, Garbage, Inbox, pack

_ROOT: Final = str(Path(__file__).resolve().parents[2])
_BOOT: Final = (
    "import json, sys; sys.path.insert(0, sys.argv[1]);"
    "from anonymize.sandbox.template import main; main(int(sys.argv[2]), **json.loads(sys.argv[3]))"
)
_ENVIRONMENT: Final = {
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(4 << 20),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""What is large goes back to the system at once (a job peaks 100 MB lower), in large pages (a detector pass: a sixth
less time)."""
_BOOT_SECONDS: Final = 120.0
_GRACE_SECONDS: Final = 5.0
_MOST_STARTS: Final = 3
_MOST_QUESTIONS: Final = 1_000
_LIVING: Final[weakref.WeakSet[Sandbox]] = weakref.WeakSet()


class Sandbox:
    """One template process per process that uses it; safe from threads and after a fork; restarted when it dies."""

    def __init__(
        self, limits: Limits | None = None, *, jobs: Mapping[str, str] | None = None, preload: Sequence[str] = ()
    ) -> None:
        """`jobs`: "module:function" by name beside `JOBS`; `preload`: modules to import before the first job."""
        self.limits = limits or Limits()
        self._boot = json.dumps({"jobs": {**JOBS, **(jobs or {})}, "preload": list(preload)})
        self._lock = threading.Lock()
        self._template: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self.holds: dict[str, bool] = {}
        """Fences that hold on this machine, known once the template runs: `network` namespace, `user` is not root."""
        self.failed: list[str] = []
        """Modules that could not be loaded beforehand."""
        _LIVING.add(self)

    def run(
        self,
        job: str,
        *,
        source: int,
        outputs: Mapping[str, int] | None = None,
        request: dict[str, Any] | None = None,
        keyer: Keyer | None = None,
        extra: Mapping[str, int] | None = None,
        limits: Limits | None = None,
    ) -> Outcome:
        """Run one job in a child of its own and wait for its end. Never raises for what the file does."""
        limits = limits or self.limits
        outputs, extra = outputs or {}, extra or {}
        order = {"job": job, "limits": dataclasses.asdict(limits), "outputs": list(outputs), "extra": list(extra)}
        descriptors = [source, *outputs.values(), *extra.values()]
        started = time.monotonic()
        for _ in range(_MOST_STARTS):
            call = self._call(json.dumps(order).encode(), descriptors, pack(request or {}), keyer, limits)
            if call.born:
                break
        return settle(call.answer, call.fate, time.monotonic() - started, limits)

    def _call(self, order: bytes, descriptors: list[int], request: bytes, keyer: Keyer | None, limits: Limits) -> _Call:
        """One try. A template that is lost is replaced before the next."""
        talk, child_end = socket.socketpair()
        fate, template_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with talk, fate:
            with child_end, template_end:
                self._send(order, [child_end.fileno(), template_end.fileno(), *descriptors])
            call = _Call(talk, fate, keyer)
            call.follow(request, limits.wall_seconds + _GRACE_SECONDS)
        if call.fate is None:
            self.close()
        return call

    @property
    def template_pid(self) -> int | None:
        """Of the template that this process has started."""
        return self._template.pid if self._template else None

    def start(self) -> None:
        """Start the template now rather than with the first job."""
        with self._lock:
            self._ensure()

    def close(self) -> None:
        """End the template; a later job starts another."""
        with self._lock:
            self._drop()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, order: bytes, descriptors: list[int]) -> None:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        with self._lock:
            try:
                self._ensure().sendmsg([order], rights)
            except OSError:
                self._drop()
                self._ensure().sendmsg([order], rights)

    def _ensure(self) -> socket.socket:
        """The control socket of a living template of this very process."""
        if self._control is not None and self._template is not None and self._template.poll() is None:
            return self._control
        self._drop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            arguments = [sys.executable, "-I", "-c", _BOOT, _ROOT, str(theirs.fileno()), self._boot]
            self._template = subprocess.Popen(
                arguments,
                env=_ENVIRONMENT,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )
        self._control = ours
        self._greet(ours)
        return ours

    def _greet(self, control: socket.socket) -> None:
        control.settimeout(_BOOT_SECONDS)
        greeting = control.recv(1 << 16)
        if not greeting:
            raise RuntimeError("the sandbox template did not start")
        control.settimeout(None)
        told = json.loads(greeting)
        self.holds, self.failed = told["holds"], told["failed"]

    def forget(self) -> None:
        """In a forked process: the template belongs to the parent, and so may the lock."""
        self._lock = threading.Lock()
        if self._control is not None:
            self._control.close()
        if self._template is not None:
            self._template.returncode = 0
        self._control = self._template = None

    def _drop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._template is not None:
            try:
                self._template.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self._template.kill()
                self._template.wait()
        self._control = self._template = None


class _Call:
    """One job under way: questions of the child and answers to them, until the template says how it ended."""

    def __init__(self, talk: socket.socket, fate: socket.socket, keyer: Keyer | None) -> None:
        self._talk, self._fate, self._keyer = talk, fate, keyer
        self._inbox, self._questions = Inbox(), 0
        self.answer: dict[str, Any] | None = None
        self.fate: Fate | None = None
        self.born = False
        """The template has forked the child: from here on the job may have done something."""

    def follow(self, request: bytes, seconds: float) -> None:
        """Until the child's end is known, the template is lost, or the time is over."""
        deadline = time.monotonic() + seconds
        self.send(request)
        poll = select.poll()
        poll.register(self._talk, select.POLLIN)
        poll.register(self._fate, select.POLLIN)
        while (left := deadline - time.monotonic()) > 0:
            ready = {fd for fd, _ in poll.poll(left * 1000)}
            if self._talk.fileno() in ready and not self.hear():
                poll.unregister(self._talk)
            if self._fate.fileno() in ready and self._told():
                return

    def _told(self) -> bool:
        """Take a message of the template; True when there will be no more."""
        message = self._fate.recv(1 << 12)
        told = json.loads(message) if message else {}
        if "born" in told:
            self.born = True
            return False
        while self.hear():
            pass
        self.fate = Fate(**told) if told else None
        return True

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self._talk.sendall(data)

    def hear(self) -> bool:
        """Take in what is there; False at the end of the line, or when nothing is there now."""
        try:
            piece = self._talk.recv(1 << 16, socket.MSG_DONTWAIT)
            self._inbox.add(piece)
            while piece and (message := self._inbox.take()) is not None:
                self._take(message)
        except OSError:
            return False
        except Garbage:
            self.answer = None
            self._talk.shutdown(socket.SHUT_RDWR)
            return False
        return bool(piece)

    def _take(self, message: dict[str, Any]) -> None:
        if "key" in message:
            self.send(pack({"keys": self._keys(message["key"])}))
        elif self.answer is None:
            self.answer = message

    def _keys(self, question: Any) -> list[str]:
        self._questions += 1
        if self._keyer is None or self._questions > _MOST_QUESTIONS or not isinstance(question, list):
            raise Garbage
        kind, values = question if len(question) == 2 else ("", None)
        if kind not in get_args(Kind) or not isinstance(values, list) or len(values) > MOST_VALUES:
            raise Garbage
        if not all(isinstance(value, str) and len(value) <= LONGEST_VALUE for value in values):
            raise Garbage
        return self._keyer.key(cast(Kind, kind), values)


def _forget_all() -> None:
    for sandbox in _LIVING:
        sandbox.forget()


os.register_at_fork(after_in_child=_forget_all)
