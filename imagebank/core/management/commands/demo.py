"""`manage.py demo`: a living image bank on this machine, on loopback, with made-up accounts and synthetic clips."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from imagebank.core.models import Node
from imagebank.embedded import services
from imagebank.embedded.binaries import EmbeddedError
from imagebank.embedded.folders import private_folder
from imagebank.embedded.postgres import Server, reset
from imagebank.embedded.processes import Supervisor, end_with_parent

PASSWORD = "demo-pocus"  # noqa: S105  (public: it is printed, and works only in a demo-marked database)
PEOPLE = ("trainee", "contributor", "reviewer", "curator", "steward", "admin")
# Everything that a demo writes into its data folder; --reset removes these and nothing else.
OWN_FOLDERS = ("postgresql", "storage", "quarantine", "logs", "static", "spool")
TEXTS = ("load_vocabulary", "load_sheets")
READY_SECONDS = 90


class Command(BaseCommand):
    help = "Run the whole image bank on this machine with synthetic clips; only on 127.0.0.1."
    requires_system_checks: list[str] = []  # the database does not run yet

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--reset", action="store_true", help="throw away the demo's data first")

    def handle(self, *args: Any, port: int, reset: bool, **options: Any) -> None:
        if not settings.DEMO_ALLOWED:
            raise CommandError("The demo does not run with production settings.")
        try:
            with _only_one(), _listening_free(port):
                self._run(port, reset)
        except EmbeddedError as problem:
            raise CommandError(str(problem)) from problem

    def _run(self, port: int, anew: bool) -> None:
        if anew:
            self._say("removing the old data")
            _remove_data()
        os.environ.setdefault("IMAGEBANK_BASE_URL", f"http://127.0.0.1:{port}")
        server = Server(settings.CLUSTER, named_binaries=os.environ.get("IMAGEBANK_POSTGRES_BIN", ""))
        logs = private_folder(_data_folder() / "logs")
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        supervisor = Supervisor(
            [
                server,
                services.worker(logs, os.environ),
                services.beat(logs, os.environ, settings.STATE_DIR),
                services.web(logs, os.environ, port),
            ]
        )
        supervisor.listen()
        try:
            self._say("starting PostgreSQL")
            server.start()
            self._prepare()
            self._serve(supervisor, port)
        finally:
            supervisor.stop()

    def _prepare(self) -> None:
        self._say("preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("grant_roles", verbosity=0)
        Node.objects.filter(pk=Node.current().pk).update(demo=True)
        for name in TEXTS:
            if name in get_commands():
                call_command(name, verbosity=0, stdout=io.StringIO())
        connections.close_all()

    def _serve(self, supervisor: Supervisor, port: int) -> None:
        self._say("starting worker, beat and web")
        if not supervisor.watch(_ready(port)):
            return
        if "seed_demo" in get_commands() and not self._seed(supervisor):
            return
        self._introduce(port)
        supervisor.watch()

    def _seed(self, supervisor: Supervisor) -> bool:
        """Accounts and clips, through the real pipeline; False when a stop was asked for meanwhile."""
        child = subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "seed_demo"],
            start_new_session=True,  # Ctrl-C is for us alone
            preexec_fn=end_with_parent(signal.SIGTERM),
        )
        try:
            finished = supervisor.watch(lambda: child.poll() is not None)
        finally:
            child.terminate()
            child.wait()
        if finished and child.returncode:
            raise CommandError("The demo's clips could not be made; the lines above say why.")
        return finished

    def _introduce(self, port: int) -> None:
        address = f"http://127.0.0.1:{port}/"
        self._say(f"pages    {address}")
        self._say(f"REST     {address}api/v1/docs/   schema {address}api/v1/schema/")
        self._say(f"accounts {', '.join(f'{name}@demo.example' for name in PEOPLE)}   password {PASSWORD}")
        self._say("no real patients: every clip is synthetic. Ctrl-C stops everything.")
        self._say(f"ready: {address}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _data_folder() -> Path:
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    settings.DATA_DIR.chmod(0o711 if settings.CLUSTER.account.drop else 0o700)  # the database's account walks through
    return Path(settings.DATA_DIR)


def _remove_data() -> None:
    reset(settings.CLUSTER)
    for name in OWN_FOLDERS:
        shutil.rmtree(settings.DATA_DIR / name, ignore_errors=True)
    shutil.rmtree(settings.KEYS_DIR, ignore_errors=True)


@contextmanager
def _only_one() -> Iterator[None]:
    """Holds the lock of this data folder; a second demo on it gets a sentence."""
    with (private_folder(settings.STATE_DIR) / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise CommandError(f"A demo already runs on {settings.DATA_DIR}.") from taken
        yield


@contextmanager
def _listening_free(port: int) -> Iterator[None]:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise CommandError(f"Port {port} is taken by another program; choose one with --port.") from taken
    yield


def _ready(port: int) -> Callable[[], bool]:
    """A check that asks /readyz once; CommandError when it is asked for too long."""
    deadline = time.monotonic() + READY_SECONDS

    def ask() -> bool:
        if time.monotonic() > deadline:
            raise CommandError(f"Not ready after {READY_SECONDS} s; the logs are in {settings.DATA_DIR / 'logs'}.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return ask
