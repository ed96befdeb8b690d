"""Runs an embedded cluster: initdb, start, stop, and starting again after a kill -9."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from imagebank.embedded import bootstrap, folders
from imagebank.embedded.binaries import Binaries, EmbeddedError, find
from imagebank.embedded.cluster import SUPERUSER, Cluster
from imagebank.embedded.processes import end_with_parent

START_SECONDS = 60
STOP_SECONDS = 10
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
# Nothing of a statement, a parameter or a row reaches the log: "terse" leaves out DETAIL, which quotes rows,
# and level "log" leaves out errors, whose messages quote values.
CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "log_lock_waits": "off",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "timezone": "UTC",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # a question takes one core: others are waiting
}
# For throw-away clusters of tests: a crash of the machine may lose them.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Server:
    """A running or runnable PostgreSQL over one cluster. Start it from the main thread: it ends with that thread."""

    def __init__(self, cluster: Cluster, *, named_binaries: str = "", durable: bool = True) -> None:
        self.cluster = cluster
        self._binaries = find(cluster.account, named_binaries)
        self._configuration = CONFIGURATION if durable else CONFIGURATION | NOT_DURABLE
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Bring the server up, making and preparing the cluster when there is none.

        Raises EmbeddedError with a sentence when the cluster is of another major version or does not come up.
        """
        _prepare_folders(self.cluster)
        _check_version(self.cluster, self._binaries)
        end_leftovers(self.cluster)
        if not (self.cluster.data / "PG_VERSION").exists():
            _initdb(self.cluster, self._binaries)
        self._process = self._launch()
        self._wait_until_ready()
        bootstrap.prepare(self.cluster)

    def alive(self) -> bool:
        """Whether the server process that `start` launched still runs."""
        return self._process is not None and self._process.poll() is None

    def keep_up(self) -> None:
        """Start it again when it died."""
        if not self.alive():
            self.start()

    def stop(self) -> None:
        """Fast shutdown, SIGKILL of what is left after 10 s."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        end_leftovers(self.cluster)

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = self._configuration | {"unix_socket_directories": str(self.cluster.socket)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        with self.cluster.log.open("ab") as log:
            return subprocess.Popen(
                [self._binaries.program("postgres"), "-D", str(self.cluster.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=ENVIRONMENT,
                start_new_session=True,  # Ctrl-C reaches the supervisor, which stops the database last
                preexec_fn=end_with_parent(signal.SIGINT),
                **self.cluster.account.popen_arguments(),  # type: ignore[call-overload]
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self.cluster):
            if not self.alive() or time.monotonic() > deadline:
                self.stop()
                raise EmbeddedError(f"PostgreSQL did not start; its log is {self.cluster.log}.")
            time.sleep(0.05)


def reset(cluster: Cluster) -> None:
    """Throw the cluster away, wherever it lives."""
    end_leftovers(cluster)
    shutil.rmtree(cluster.home, ignore_errors=True)
    shutil.rmtree(cluster.socket, ignore_errors=True)


def end_leftovers(cluster: Cluster) -> None:
    """End processes of an earlier server on this cluster: they hold its shared memory after a kill -9 of the first."""
    for signal_number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        deadline = time.monotonic() + seconds
        for process in _processes_in(cluster.data):
            _signal(process, signal_number)
        while _processes_in(cluster.data) and time.monotonic() < deadline:
            time.sleep(0.05)


def _signal(process: int, signal_number: int) -> None:
    try:
        os.kill(process, signal_number)
    except ProcessLookupError:
        return


def _processes_in(folder: Path) -> list[int]:
    """Every PostgreSQL process stands in its data folder, which no other program does."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _stands_in(entry, folder):
            found.append(int(entry.name))
    return found


def _stands_in(process: Path, folder: Path) -> bool:
    try:
        return os.readlink(process / "cwd") == str(folder) and (process / "comm").read_text().strip() == "postgres"
    except OSError:  # ended meanwhile, or another account's
        return False


def _prepare_folders(cluster: Cluster) -> None:
    folders.private_folder(cluster.state)
    for folder in (cluster.home.parent, cluster.home, cluster.socket):
        folder.mkdir(parents=True, exist_ok=True)
    if cluster.account.drop:
        cluster.home.parent.chmod(0o711)  # the server's account walks through, and sees no names
    for folder in (cluster.home, cluster.socket):
        if folder.stat().st_uid not in (os.geteuid(), cluster.account.uid):
            raise EmbeddedError(f"{folder} belongs to another user; remove it or choose another data folder.")
        cluster.account.give(folder)
        folder.chmod(0o700)


def _check_version(cluster: Cluster, binaries: Binaries) -> None:
    marker = cluster.data / "PG_VERSION"
    if marker.exists() and marker.read_text().strip() != str(binaries.major):
        raise EmbeddedError(
            f"The database in {cluster.data} was made by PostgreSQL {marker.read_text().strip()}, but PostgreSQL "
            f"{binaries.version} is installed. Name the older one in IMAGEBANK_POSTGRES_BIN, or begin anew: --reset."
        )


def _initdb(cluster: Cluster, binaries: Binaries) -> None:
    shutil.rmtree(cluster.data, ignore_errors=True)  # an interrupted initdb leaves no PG_VERSION
    with tempfile.NamedTemporaryFile("w", dir=cluster.home) as password:
        password.write(cluster.password("superuser"))
        password.flush()
        cluster.account.give(Path(password.name))
        result = subprocess.run(
            [
                binaries.program("initdb"),
                f"--pgdata={cluster.data}",
                f"--username={SUPERUSER}",
                f"--pwfile={password.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ],
            capture_output=True,
            text=True,
            cwd="/",
            env=ENVIRONMENT,
            **cluster.account.popen_arguments(),  # type: ignore[call-overload]
        )
    if result.returncode != 0:
        shutil.rmtree(cluster.data, ignore_errors=True)
        raise EmbeddedError(f"initdb could not make a cluster in {cluster.data}: {result.stderr.strip()}")


def _answers(cluster: Cluster) -> bool:
    try:
        with psycopg.connect(cluster.dsn("superuser", "postgres"), connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False
