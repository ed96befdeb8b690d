"""kill -9 while objects come in: `python -m deploy.benchmarks.kills --supervisor PID [--url URL --token TOKEN]`.

By STOW-RS to a running demo whose web process is killed every so often (and its worker too with `--worker`), or with
`--stations FILE` by C-STORE to a listener of our own that is killed whole. Who gives does so until it is acknowledged;
everything is given a second time at the end. Then the bank's own tables and sealed files are read, in its environment
(`IMAGEBANK_DATA` ...): every acknowledged object must be there byte for byte, and once. With `--settle SECONDS` the
worker may finish first, and each must be one clip; else the worker is held so that the intake alone is tried.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import django
import pydicom
from django.utils import timezone
from pynetdicom import AE

from deploy.benchmarks.c_store import JPEG, MULTIFRAME
from deploy.benchmarks.dicomweb import JSON, RELATED, clips, related
from deploy.benchmarks.measuring import say

UID, TAKEN = "00081155", "00081199"
PAUSE: Final = 0.3
"""Seconds before an instance is given again."""
PATIENCE: Final = 120.0
"""Seconds without any answer after which there is none to be expected."""


@dataclass
class Fire:
    """What came of it."""

    acknowledged: dict[int, str] = field(default_factory=dict)
    """Number of the instance -> the UID that the answer gave it."""
    retries: int = 0
    kills: int = 0
    seconds: float = 0.0


class Client(Protocol):
    """Gives one object until it is acknowledged."""

    retries: int

    def give(self, data: bytes) -> str: ...


class Giver:
    """A client that does not give up."""

    def __init__(self, root: str, token: str) -> None:
        parts = urlsplit(root)
        self._host, self._path = parts.netloc, parts.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Accept": JSON, "Content-Type": RELATED}
        self.retries = 0

    def give(self, data: bytes) -> str:
        """The UID of the acknowledgement; RuntimeError for a refusal, TimeoutError when nobody answers any more."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                status, told = self._post(related(data))
            except (OSError, http.client.HTTPException):
                status, told = 503, b""
            if status == 200:
                items: list[dict[str, Any]] = json.loads(told)[TAKEN]["Value"]
                return str(items[0][UID]["Value"][0])
            if status not in (429, 502, 503):
                raise RuntimeError(f"{status} {told[:300]!r}")
            self.retries += 1
            time.sleep(PAUSE)
        raise TimeoutError

    def _post(self, body: bytes) -> tuple[int, bytes]:
        line = http.client.HTTPConnection(self._host, timeout=60)
        try:
            line.request("POST", f"{self._path}/studies", body, self._headers)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()


def give_under_fire(
    giver: Client, instances: Sequence[bytes], kill: Callable[[], None], *, clients: int, kills: int
) -> Fire:
    """Give all; `kill` is called so many times, evenly over what is acknowledged."""
    fire, begun = Fire(), time.monotonic()
    step = max(1, len(instances) // (kills + 1))

    def give(number: int) -> None:
        fire.acknowledged[number] = giver.give(instances[number])

    with ThreadPoolExecutor(clients) as pool:
        given = [pool.submit(give, number) for number in range(len(instances))]
        for number in range(kills):  # from this thread: what it starts ends with it (prctl(2), PR_SET_PDEATHSIG)
            while len(fire.acknowledged) < step * (number + 1) and not all(each.done() for each in given):
                time.sleep(0.01)
            kill()
            fire.kills += 1
        for each in given:
            each.result()
    fire.retries, fire.seconds = giver.retries, time.monotonic() - begun
    return fire


class Sender:
    """The same by C-STORE, one association an object after a failure."""

    def __init__(self, port: int) -> None:
        self._ae = AE(ae_title="BENCH")
        self._ae.add_requested_context(MULTIFRAME, JPEG)
        self._port, self.retries = port, 0
        self._lines: dict[int, Any] = {}

    def give(self, data: bytes) -> str:
        """Its SOP Instance UID, which C-STORE does not change; TimeoutError when nobody answers any more."""
        dataset, until, me = pydicom.dcmread(io.BytesIO(data)), time.monotonic() + PATIENCE, threading.get_ident()
        while time.monotonic() < until:
            line = self._lines.get(me)
            if line is None or not line.is_established:
                line = self._lines[me] = self._ae.associate("127.0.0.1", self._port, ae_title="IMAGEBANK")
            if line.is_established and (status := line.send_c_store(dataset)) and status.Status == 0:
                return str(dataset.SOPInstanceUID)
            self.retries += 1
            time.sleep(PAUSE)
        raise TimeoutError


def main() -> None:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imagebank.settings.development")
    django.setup()
    from deploy.benchmarks import kills_found  # it has models

    instances = clips(options.count)
    begun = timezone.now()
    with _held(options):
        with _server(options) as (giver, kill):
            fire = give_under_fire(giver, instances, kill, clients=options.clients, kills=options.kills)
            say("instances acknowledged", f"{len(fire.acknowledged)} of {options.count}", "all")
            say("kills -9, instances given again", f"{fire.kills}, {fire.retries}")
            say("acknowledged a second, kills included", f"{len(fire.acknowledged) / fire.seconds:.1f}")
            for data in instances[: options.again]:
                giver.give(data)
        kills_found.told(instances, begun)
    if options.settle:
        kills_found.settled(instances, begun, options.settle)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--supervisor", type=int, required=True, help="process id of the running `manage.py demo`")
    parser.add_argument("--url", default="http://127.0.0.1:8000/dicomweb", help="the DICOMweb root")
    parser.add_argument("--token", default="")
    parser.add_argument("--stations", type=Path, help="give by C-STORE to a listener of our own with this list")
    parser.add_argument("--port", type=int, default=4242, help="of that listener")
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--again", type=int, default=1_000, help="of these, so many are given a second time at the end")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--worker", action="store_true", help="kill the worker in turn with the server")
    parser.add_argument("--settle", type=float, default=0.0, help="seconds for the worker to bring all to an end")
    return parser.parse_args()


@contextmanager
def _server(options: argparse.Namespace) -> Iterator[tuple[Client, Callable[[], None]]]:
    """Who gives, and how the one who takes is killed."""
    if not options.stations:
        names = (b"gunicorn", *((b"celery",) if options.worker else ()))
        turn = iter(range(1 << 30))
        yield (
            Giver(options.url, options.token),
            lambda: _kill(options.supervisor, names[next(turn) % len(names)]),
        )
        return
    listeners = [_listener(options)]

    def again() -> None:
        _kill_tree(listeners[-1].pid)
        listeners[-1].wait()
        listeners.append(_listener(options))

    try:
        yield Sender(options.port), again
    finally:
        listeners[-1].terminate()
        listeners[-1].wait()


def _listener(options: argparse.Namespace) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "listen", "--stations", str(options.stations), "--port", str(options.port)]
    return subprocess.Popen(command, env={**os.environ, "IMAGEBANK_ROLE": "web"}, stdout=subprocess.DEVNULL)


@contextmanager
def _held(options: argparse.Namespace) -> Iterator[None]:
    """The worker stands still, unless it is to finish."""
    worker = [] if options.settle else _tree(_child(options.supervisor, b"celery"))
    for pid in worker:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in worker:
            os.kill(pid, signal.SIGCONT)


def _kill(supervisor: int, name: bytes) -> None:
    """A process below that supervisor, with whatever it started."""
    os.killpg(_child(supervisor, name), signal.SIGKILL)


def _child(supervisor: int, name: bytes) -> int:
    """The one that is named so; waited for while the supervisor starts it again. `beat` is no worker."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for child in _children(supervisor):
            line = Path(f"/proc/{child}/cmdline").read_bytes()
            if name in line and b"\0beat\0" not in line:
                return child
        time.sleep(0.2)
    raise TimeoutError(name)


def _children(parent: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _tree(pid: int) -> list[int]:
    return [pid, *(each for child in _children(pid) for each in _tree(child))]


def _kill_tree(pid: int) -> None:
    for each in _tree(pid):
        os.kill(each, signal.SIGKILL)


if __name__ == "__main__":
    main()
