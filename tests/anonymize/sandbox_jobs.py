"""Jobs that end in every bad way, for the tests of the sandbox."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

from anonymize.errors import Held
from anonymize.sandbox.jobs import Context


class Panic(BaseException):
    """Stands for the panic of a Rust decoder, which is no `Exception`."""


def echo(context: Context) -> dict[str, Any]:
    """Give back what came, and write the source into the output."""
    data = os.pread(context.source, 1 << 16, 0)
    context.write("copy", data)
    return {"request": context.request, "length": len(data), "extra": sorted(context.extra)}


def ask(context: Context) -> dict[str, Any]:
    return {"keys": context.keyer.key("uid", ["1.2.3", "1.2.4"])}


def fall(context: Context) -> dict[str, Any]:
    raise ValueError("DOE^JANE")


def held(context: Context) -> dict[str, Any]:
    raise Held("held.no_picture", score=0.5)


def memory(context: Context) -> dict[str, Any]:
    return {"length": len(bytearray(8 << 30))}


def resident(context: Context) -> dict[str, Any]:
    kept = []
    while True:
        kept.append(b"x" * (8 << 20))


def recursion(context: Context) -> dict[str, Any]:
    return recursion(context)


def panic(context: Context) -> dict[str, Any]:
    raise Panic


def leave(context: Context) -> dict[str, Any]:
    os._exit(7)


def kill(context: Context) -> dict[str, Any]:
    signal.raise_signal(signal.SIGKILL)
    return {}


def crash(context: Context) -> dict[str, Any]:
    ctypes.string_at(0)
    return {}


def spin(context: Context) -> dict[str, Any]:
    while True:
        pass


def sleep(context: Context) -> dict[str, Any]:
    time.sleep(60)
    return {}


def garbage(context: Context) -> dict[str, Any]:
    os.write(_line(context), b"\xff" * 4096)
    os._exit(0)


def silent(context: Context) -> dict[str, Any]:
    os.close(_line(context))
    os._exit(0)


def huge(context: Context) -> dict[str, Any]:
    return {"text": "x" * (32 << 20)}


def oracle(context: Context) -> dict[str, Any]:
    return {"keys": context.keyer.key("secret", ["1"])}  # type: ignore[arg-type]


def files(context: Context) -> dict[str, Any]:
    """Which descriptors and variables are there."""
    return {"descriptors": len(os.listdir("/proc/self/fd")) - 1, "environment": sorted(os.environ)}


def network(context: Context) -> dict[str, Any]:
    return {"error": _error(lambda: socket.create_connection(("127.0.0.1", 9), 1))}


def program(context: Context) -> dict[str, Any]:
    return {"error": _error(lambda: os.execv("/bin/true", ["true"]))}


def fork(context: Context) -> dict[str, Any]:
    return {"error": _error(os.fork)}


def write_file(context: Context) -> dict[str, Any]:
    return {"error": _error(lambda: Path("/tmp/sandbox-was-here").write_bytes(b"x"))}


def many_files(context: Context) -> dict[str, Any]:
    return {"error": _error(lambda: [os.memfd_create("many") for _ in range(1000)])}


def too_many_files(context: Context) -> dict[str, Any]:
    return {"files": len([os.memfd_create("many") for _ in range(1000)])}


def too_much_output(context: Context) -> dict[str, Any]:
    context.write("copy", bytes(3 << 20))
    return {}


def leave_thread(context: Context) -> dict[str, Any]:
    """A thread that would go on for ever."""
    threading.Thread(target=time.sleep, args=(600,)).start()
    return {}


def signal_parent(context: Context) -> dict[str, Any]:
    return {"error": _error(lambda: os.kill(os.getppid(), signal.SIGTERM))}


def who(context: Context) -> dict[str, Any]:
    status = Path("/proc/self/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return {"uid": os.geteuid(), "no_new_privs": fields["NoNewPrivs"], "seccomp": fields["Seccomp"]}


JOBS = {
    job.__name__: f"{__name__}:{job.__name__}"
    for job in (
        echo,
        ask,
        fall,
        held,
        memory,
        resident,
        recursion,
        panic,
        leave,
        kill,
        crash,
        spin,
        sleep,
        garbage,
        silent,
        huge,
        oracle,
        files,
        network,
        program,
        fork,
        write_file,
        many_files,
        too_many_files,
        too_much_output,
        leave_thread,
        signal_parent,
        who,
    )
}


def _line(context: Context) -> int:
    return context.keyer._line.fileno()  # type: ignore[attr-defined]


def _error(act: Any) -> str:
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return ""
