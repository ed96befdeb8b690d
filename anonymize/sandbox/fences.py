"""Fences around the template and its children. Each says whether it holds; none of them can be taken down again."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from typing import Final

from anonymize.policy import Limits
from anonymize.sandbox import seccomp

SANDBOXED: Final = 64_991
"""An account number that owns nothing: not `nobody`, to which a database of this machine may belong."""
_CLONE_NEWUSER, _CLONE_NEWIPC, _CLONE_NEWNET = 0x10000000, 0x08000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38


def leave_network() -> bool:
    """An own, empty network namespace. Must be called while the process has one thread."""
    flags = _CLONE_NEWNET | _CLONE_NEWIPC
    libc = ctypes.CDLL(None)
    return libc.unshare(flags) == 0 or libc.unshare(flags | _CLONE_NEWUSER) == 0


def leave_root() -> bool:
    """Become an account that owns nothing, when root; True when the process is no longer root."""
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):
            os.setgroups([])
            os.setresgid(SANDBOXED, SANDBOXED, SANDBOXED)
            os.setresuid(SANDBOXED, SANDBOXED, SANDBOXED)
    return os.geteuid() != 0


def lock() -> None:
    """No privileges by way of programs; memory closed to debuggers and core dumps."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def enclose(limits: Limits) -> bool:
    """Limits of one job child, then the system call filter; returns whether the filter holds."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for what, soft, hard in (
        (resource.RLIMIT_AS, limits.address_bytes, limits.address_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 2),  # SIGXCPU tells it from other kills
        (resource.RLIMIT_FSIZE, limits.output_bytes, limits.output_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
    ):
        _, most = resource.getrlimit(what)
        most = hard if most == resource.RLIM_INFINITY else min(hard, most)
        resource.setrlimit(what, (min(soft, most), most))
    lock()
    return seccomp.install()
