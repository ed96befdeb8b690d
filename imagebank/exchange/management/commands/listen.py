"""`manage.py listen`: takes ultrasound by C-STORE, from the stations of the list alone."""

from __future__ import annotations

import ipaddress
import signal
import ssl
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from imagebank.core.guard import refuse_demo_node
from imagebank.exchange.listening.listener import Listener
from imagebank.exchange.listening.stations import Stations

ENDING: Final = (signal.SIGINT, signal.SIGTERM)


class Command(BaseCommand):
    help = "Listen for DICOM C-ECHO and C-STORE. Off loopback only with mutual TLS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stations", type=Path, required=True, help="TOML: [[station]] ae_title, address, account")
        parser.add_argument("--ae-title", default="IMAGEBANK")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=11112)
        parser.add_argument("--tls-cert", type=Path, help="PEM of this listener, with --tls-key and --tls-ca")
        parser.add_argument("--tls-key", type=Path)
        parser.add_argument("--tls-ca", type=Path, help="PEM of those who sign the stations' certificates")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_demo_node()
        tls = mutual_tls(options["tls_cert"], options["tls_key"], options["tls_ca"])
        if tls is None and not ipaddress.ip_address(options["host"]).is_loopback and not settings.LISTEN_CLEARTEXT:
            raise CommandError("Off loopback the listener needs mutual TLS, or IMAGEBANK_LISTEN_CLEARTEXT=1.")
        try:
            stations = Stations.read(options["stations"])
        except (OSError, ValueError) as error:
            raise CommandError(f"The list of stations cannot be read: {error}") from None
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)  # of every thread: the signals wait for `sigwait`
        listener = Listener(options["ae_title"], stations)
        port = listener.start(options["host"], options["port"], tls)
        self.stdout.write(f"listening: {options['ae_title']}@{options['host']}:{port}, {len(stations)} stations")
        self.stdout.flush()
        signal.sigwait(ENDING)
        listener.stop()


def mutual_tls(cert: Path | None, key: Path | None, ca: Path | None) -> ssl.SSLContext | None:
    """Both sides show a certificate (BCP 195, PS3.15 B.12); None without files, CommandError when some lack."""
    if not (cert or key or ca):
        return None
    if not (cert and key and ca):
        raise CommandError("--tls-cert, --tls-key and --tls-ca belong together.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(cert, key)
    context.load_verify_locations(ca)
    return context
