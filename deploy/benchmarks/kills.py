"""kill -9 of the web process during STOW-RS: `python -m deploy.benchmarks.kills URL --token TOKEN --supervisor PID`.

The web process is killed with all its threads every few seconds and started again by whoever watches over it (the
demo's supervisor with `--supervisor PID`). A client gives each instance until it is acknowledged. Then everything is
given once more: what was lost would be taken anew, and under the UIDs of the first answer nothing may be there twice.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

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
    giver: Giver, instances: Sequence[bytes], kill: Callable[[], None], *, clients: int, kills: int
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


def main() -> None:
    options = _options()
    giver, instances = Giver(options.url, options.token), clips(options.count)
    fire = give_under_fire(
        giver, instances, lambda: _kill_web(options.supervisor), clients=options.clients, kills=options.kills
    )
    say("instances acknowledged", f"{len(fire.acknowledged)} of {options.count}", "all")
    say("kills -9, instances given again", f"{fire.kills}, {fire.retries}")
    say("acknowledged a second, kills included", f"{len(fire.acknowledged) / fire.seconds:.1f}")
    again = {number: giver.give(data) for number, data in enumerate(instances)}
    other = sum(again[number] != uid for number, uid in fire.acknowledged.items())
    say("acknowledged under another UID the second time", str(other), "0")
    say("UIDs given to two instances", str(len(again) - len(set(again.values()))), "0")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="the DICOMweb root, such as http://127.0.0.1:8000/dicomweb")
    parser.add_argument("--token", required=True)
    parser.add_argument("--supervisor", type=int, required=True, help="process id of the running `manage.py demo`")
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--kills", type=int, default=10)
    return parser.parse_args()


def _kill_web(supervisor: int) -> None:
    """The web process below that supervisor, with whatever it started."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    for child in children:
        if b"gunicorn" in Path(f"/proc/{child}/cmdline").read_bytes():
            os.killpg(int(child), signal.SIGKILL)


if __name__ == "__main__":
    main()
