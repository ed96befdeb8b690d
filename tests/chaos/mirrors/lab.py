"""A mirror behind a bad line, killed again and again, while the node that it follows goes on writing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from imagebank.catalog.models import Origin
from imagebank.exchange.following.models import Following
from tests.exchange.following.conftest import follow
from tests.exchange.following.origin import SmallOrigin, serving
from tests.waiting import wait_for

from .checker import faults_of, folders, held_by_bank
from .proxy import Line, line_to
from .writer import Writer

PATIENCE = 900.0


@dataclass
class Lab:
    writer: Writer
    row: Following
    kills: int = 0
    refused: int = 0
    """Spoilt answers."""
    seconds: float = 0.0

    def settled(self) -> bool:
        """The mirror stands at the head, nothing waits, and the last receipt has gone."""
        self.row.refresh_from_db()
        at_head = self.row.seq == self.writer.node.head.seq == self.row.receipted_seq
        return at_head and not self.row.followed.filter(made="waiting").exists()


def run_lab(token_file: Path, *, seed: int, changes: int, kills: int, share: float) -> Lab:
    """The faults that were found are raised as an AssertionError; what was done is told."""
    before, chance = folders(), random.Random(seed)
    with serving(SmallOrigin()) as node:
        writer = Writer(node, chance)
        with line_to(urlsplit(node.url).port or 0, seed, share) as line:
            mirror = follow(node, token_file)
            Origin.objects.update(address=line.url)
            lab, begun = Lab(writer, mirror.row), time.monotonic()
            with _process() as process:
                for number in range(changes):
                    writer.act()
                    line.down = chance.random() < 0.02
                    if kills and number % max(1, changes // kills) == 0:
                        _at_work(lab, line, line.asked + chance.randint(1, 15))
                        process.kill()
                        lab.kills += 1
                line.down = False
                wait_for(lab.settled, PATIENCE)
            lab.refused, lab.seconds = sum(line.faults.values()), time.monotonic() - begun
    found = faults_of(held_by_bank(before), writer, ever_shown=set())
    assert not found, f"seed {seed}: {found}"
    return lab


def _at_work(lab: Lab, line: Line, asked: int) -> None:
    """The mirror is in the middle of something: it has asked so often, or has nothing left to ask."""
    wait_for(lambda: line.asked >= asked or lab.settled(), PATIENCE)


class Process:
    """`manage.py mirror run`, started again after each kill -9."""

    def __init__(self) -> None:
        self._running = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "imagebank.settings.testing",
            "IMAGEBANK_DATABASE_NAME": settings.TEST_DATABASE, "IMAGEBANK_ROLE": "worker",
        }  # fmt: skip
        command = [sys.executable, "manage.py", "mirror", "run", "--pause=0.2"]
        with Path(settings.TEST_HOME, "mirror.log").open("ab") as log:
            return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log,
                                    start_new_session=True)  # fmt: skip

    def kill(self) -> None:
        self.end()
        self._running = self._started()

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()


@contextmanager
def _process() -> Iterator[Process]:
    process = Process()
    try:
        yield process
    finally:
        process.end()
