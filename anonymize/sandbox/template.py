"""The template: imports everything once, then forks a child per job and watches over it.

Started as `python -I -c ...` with an empty environment and one socket; it never sees settings or secrets, and it ends
when that socket closes.
"""

from __future__ import annotations

import array
import contextlib
import encodings
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import time
from dataclasses import dataclass, fields
from typing import Any, Final, NoReturn

from anonymize.policy import Limits
from anonymize.sandbox import child, fences

_MOST_DESCRIPTORS: Final = 32
_LONGEST_ORDER: Final = 1 << 16
_TICK_MS: Final = 20
_PAGE: Final = os.sysconf("SC_PAGESIZE")


@dataclass(slots=True)
class Watched:
    """A child at work."""

    pid: int
    handle: int
    fate: socket.socket
    limits: Limits
    started: float
    peak: int = 0
    cause: str | None = None


def main(control_fd: int, jobs: dict[str, str], preload: list[str]) -> None:
    """Serve until the parent closes the control socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=control_fd)
    holds = {"network": fences.leave_network()}
    failed = _preload([target.partition(":")[0] for target in jobs.values()] + preload)
    holds["user"] = fences.leave_root()
    fences.lock()
    gc.collect()
    gc.freeze()  # a collection in a child would touch, and so copy, every page of what it shares with us
    control.send(json.dumps({"holds": holds, "failed": failed}).encode())
    _serve(control, jobs)


def _preload(modules: list[str]) -> list[str]:
    """Import all that a child may need: it may not be able to read files of ours any more. Returns what failed."""
    failed = []
    for module in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError):
            importlib.import_module(f"encodings.{module.name}")
    for name in modules:
        try:
            module_ = importlib.import_module(name)
            getattr(module_, "warm", lambda: None)()
        except Exception as error:
            failed.append(f"{name}: {type(error).__name__}")
    return failed


def _serve(control: socket.socket, jobs: dict[str, str]) -> None:
    children: dict[int, Watched] = {}
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while True:
        events = poll.poll(_TICK_MS if children else None)
        for watched in list(children.values()):
            if _look(watched):
                poll.unregister(watched.handle)
                os.close(watched.handle)
                del children[watched.handle]
        if any(fd == control.fileno() for fd, _ in events):
            born = _order(control, jobs)
            if born is None:
                return _stop(children)
            children[born.handle] = born
            poll.register(born.handle, select.POLLIN)


def _order(control: socket.socket, jobs: dict[str, str]) -> Watched | None:
    """Take one order and fork its child; None when the parent is gone."""
    received = array.array("i")
    message, ancillary, _, _ = control.recvmsg(_LONGEST_ORDER, socket.CMSG_SPACE(_MOST_DESCRIPTORS * received.itemsize))
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            received.frombytes(data[: len(data) - len(data) % received.itemsize])
    if not message:
        return None
    order: dict[str, Any] = json.loads(message)
    descriptors = list(received)
    limits = Limits(**{f.name: order["limits"][f.name] for f in fields(Limits)})
    pid = os.fork()
    if pid == 0:
        _become_child(order, jobs.get(order["job"], ""), limits, descriptors)
    fate = socket.socket(fileno=descriptors[1])
    for fd in (descriptors[0], *descriptors[2:]):
        os.close(fd)
    with contextlib.suppress(OSError):
        fate.send(json.dumps({"born": pid}).encode())
    return Watched(pid, os.pidfd_open(pid), fate, limits, time.monotonic())


def _become_child(order: dict[str, Any], target: str, limits: Limits, descriptors: list[int]) -> NoReturn:
    """Keep the own descriptors only, then run; does not return."""
    try:
        own = {descriptors[0], *descriptors[2:]}
        for name in os.listdir("/proc/self/fd"):
            if (fd := int(name)) > 2 and fd not in own:
                with contextlib.suppress(OSError):
                    os.close(fd)
        talk, _, source, *rest = descriptors
        outputs = dict(zip(order["outputs"], rest, strict=False))
        extra = dict(zip(order["extra"], rest[len(outputs) :], strict=True))
        child.run(target, limits, socket.socket(fileno=talk), source, outputs, extra)
    finally:
        os._exit(1)


def _look(watched: Watched) -> bool:
    """Enforce memory and time; True when the child is gone and its fate is told."""
    pid, status, usage = os.wait4(watched.pid, os.WNOHANG)
    if pid == 0:
        watched.peak = max(watched.peak, _resident(watched.pid))
        if watched.peak > watched.limits.resident_bytes:
            watched.cause = watched.cause or "memory"
        elif time.monotonic() - watched.started > watched.limits.wall_seconds:
            watched.cause = watched.cause or "time"
        if watched.cause:
            _kill(watched.pid)
        return False
    fate = {
        "status": status,
        "cause": watched.cause,
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
        "peak_bytes": max(watched.peak, usage.ru_maxrss * 1024),
    }
    with contextlib.suppress(OSError):
        watched.fate.send(json.dumps(fate).encode())
    watched.fate.close()
    return True


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _stop(children: dict[int, Watched]) -> None:
    for watched in children.values():
        _kill(watched.pid)
        os.waitpid(watched.pid, 0)
