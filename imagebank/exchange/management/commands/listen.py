"""`manage.py listen`: ultrasound by C-STORE, from the stations of the list alone; with `--forward` as a gateway."""

from __future__ import annotations

import fcntl
import ipaddress
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from imagebank.core.errors import Unavailable
from imagebank.core.guard import refuse_demo_node
from imagebank.exchange.listening.forwarding import Forwarder, status
from imagebank.exchange.listening.receiving import Orders, account, mutual_tls
from imagebank.exchange.listening.registering import Registrar
from imagebank.exchange.listening.sending import Bank
from imagebank.exchange.listening.spool import Spool
from imagebank.exchange.listening.stations import Stations

ENDING: Final = (signal.SIGINT, signal.SIGTERM)
PAUSE: Final = 0.25
"""Seconds between two rounds when nothing waited."""
OWN_USER: Final = "61112"
"""Number of the account that receives where we are root: one that owns nothing else."""
HANDED_ON: Final = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH")
"""Of the environment, what the receiving process gets: no secret, no database."""


class Command(BaseCommand):
    help = "Listen for DICOM C-ECHO and C-STORE. Off loopback only with mutual TLS."
    requires_system_checks: list[str] = []  # no page is served, and a gateway has no database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stations", type=Path, help="TOML: [[station]] ae_title, address, account")
        parser.add_argument("--ae-title", default="IMAGEBANK")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=11112)
        parser.add_argument("--tls-cert", type=Path, help="PEM of this listener, with --tls-key and --tls-ca")
        parser.add_argument("--tls-key", type=Path)
        parser.add_argument("--tls-ca", type=Path, help="PEM of those who sign the stations' certificates")
        parser.add_argument("--spool", type=Path, help="folder (default: `arriving` in the quarantine)")
        parser.add_argument("--user", default="", help=f"account that receives, where we are root ({OWN_USER})")
        parser.add_argument("--metrics-port", type=int, default=0, help="Prometheus' /metrics on loopback")
        parser.add_argument("--forward", metavar="URL", help="be a gateway: clean here, give to this DICOMweb root")
        parser.add_argument("--token-file", type=Path, help="with --forward: the bank's token")
        parser.add_argument("--bank-ca", type=Path, help="with --forward: PEM of who signs the bank's certificate")
        parser.add_argument("--status", action="store_true", help="say how spool and gateway stand, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        spool = Spool(options["spool"] or settings.QUARANTINE_DIR / "arriving")
        if options["status"]:
            self.stdout.write("\n".join(status(spool) if spool.arriving.exists() else ["nothing was received yet"]))
            return
        stations = _stations(options["stations"])
        orders = _orders(options, spool, stations)
        spool.prepare(orders.user, orders.user)
        with _alone(spool):
            spool.sweep()
            side = _side(options, spool, stations)
            try:
                side.permit()
            except Unavailable:
                raise CommandError("No worker has made its key yet: start the workers first.") from None
            self._run(orders, side.round, len(stations))

    def _run(self, orders: Orders, turn: Callable[[], int], stations: int) -> None:
        ended: list[int] = []
        for number in ENDING:
            signal.signal(number, lambda *_: ended.append(1))
        receiver = _receiver(orders)
        try:
            assert receiver.stdout is not None
            if not (port := receiver.stdout.readline().strip()):
                raise CommandError("The receiving process did not start; the lines above say why.")
            self.stdout.write(f"listening: {orders.ae_title}@{orders.host}:{port.decode()}, {stations} stations")
            self.stdout.flush()
            while not ended and receiver.poll() is None:
                if not turn():
                    time.sleep(PAUSE)
        finally:
            _end(receiver)
        while turn():  # what was acknowledged meanwhile
            pass
        if not ended:
            raise CommandError("The receiving process ended.")


def _side(options: dict[str, Any], spool: Spool, stations: Stations) -> Registrar | Forwarder:
    if not options["forward"]:
        refuse_demo_node()
        return Registrar(spool, stations)
    if not options["token_file"] or not options["token_file"].is_file():
        raise CommandError("--forward needs --token-file.")
    try:
        return Forwarder(spool, stations, Bank(options["forward"], options["token_file"], options["bank_ca"]))
    except ValueError as error:
        raise CommandError(f"--forward: {error}.") from None


def _stations(path: Path | None) -> Stations:
    if path is None:
        raise CommandError("--stations is needed.")
    try:
        return Stations.read(path)
    except (OSError, ValueError) as error:
        raise CommandError(f"The list of stations cannot be read: {error}") from None


def _orders(options: dict[str, Any], spool: Spool, stations: Stations) -> Orders:
    tls = _tls(*(options[name] for name in ("tls_cert", "tls_key", "tls_ca")))
    if tls is None and not ipaddress.ip_address(options["host"]).is_loopback and not settings.LISTEN_CLEARTEXT:
        raise CommandError("Off loopback the listener needs mutual TLS, or IMAGEBANK_LISTEN_CLEARTEXT=1.")
    try:
        user = account(options["user"] or OWN_USER) if os.geteuid() == 0 else -1
    except ValueError as error:
        raise CommandError(f"--user: {error}.") from None
    return Orders(
        spool=str(spool.root.absolute()), stations=stations.saying(), ae_title=options["ae_title"],
        host=options["host"], port=options["port"], limit=settings.LIMITS.file_bytes,
        objects=settings.LIMITS.files_per_deposit, metrics_port=options["metrics_port"], tls=tls, user=user,
    )  # fmt: skip


def _tls(*paths: Path | None) -> tuple[str, str, str] | None:
    """None without files; CommandError when some lack or cannot be read."""
    given = [str(path.absolute()) for path in paths if path]
    if not given:
        return None
    if len(given) != 3:
        raise CommandError("--tls-cert, --tls-key and --tls-ca belong together.")
    cert, key, ca = given
    try:
        mutual_tls(cert, key, ca)
    except OSError as error:
        raise CommandError(f"The files for TLS cannot be used: {error}") from None
    return cert, key, ca


@contextmanager
def _alone(spool: Spool) -> Iterator[None]:
    """One pair of processes a spool."""
    with (spool.root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError("Another listener has this spool; choose another with --spool.") from None
        yield


def _receiver(orders: Orders) -> subprocess.Popen[bytes]:
    """It ends with its standard input, however we end."""
    receiver = subprocess.Popen(
        [sys.executable, "-m", "imagebank.exchange.listening.receiving"],
        env={name: os.environ[name] for name in HANDED_ON if name in os.environ},
        cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert receiver.stdin is not None
    receiver.stdin.write(orders.line())
    receiver.stdin.flush()
    return receiver


def _end(receiver: subprocess.Popen[bytes]) -> None:
    if receiver.stdin is not None:
        receiver.stdin.close()
    try:
        receiver.wait(10)
    except subprocess.TimeoutExpired:
        receiver.kill()
        receiver.wait()
