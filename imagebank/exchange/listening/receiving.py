"""The receiving process: `python -m imagebank.exchange.listening.receiving`, started by `manage.py listen`.

It has an environment without secrets and, where the one who starts it is root, an account of its own that can write
below the spool's `in/` and nowhere else. What it needs comes as one line of JSON; it ends with that line's pipe.
"""

from __future__ import annotations

import json
import logging
import os
import pwd
import resource
import socket
import ssl
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from imagebank.core import logs

from .listener import Listener
from .metrics import serve
from .spool import Spool
from .stations import Stations

ADDRESS_SPACE: Final = 4 << 30
"""Bytes: the fence behind the quotas."""
FORWARDED: Final = "forward.json"
"""Name in the spool: how the forwarding of a gateway stands."""


@dataclass(frozen=True, slots=True)
class Orders:
    """How to receive."""

    spool: str
    stations: list[dict[str, str]]
    ae_title: str
    host: str
    port: int
    limit: int
    objects: int
    metrics_port: int = 0
    tls: tuple[str, str, str] | None = None
    """Paths: certificate, key, those who sign the stations' certificates."""
    user: int = -1
    """Number of the account to become; -1: stay."""

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


class LateHandshake(ssl.SSLContext):
    """The handshake is made by the association's own thread, so that a slow peer keeps nobody else out."""

    def wrap_socket(self, sock: socket.socket, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        return super().wrap_socket(sock, *args, **{**kwargs, "do_handshake_on_connect": False})


def mutual_tls(cert: str, key: str, ca: str) -> ssl.SSLContext:
    """Both sides show a certificate (BCP 195, PS3.15 B.12)."""
    context = LateHandshake(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(cert, key)
    context.load_verify_locations(ca)
    return context


def account(named: str) -> int:
    """Number of a user who is named or numbered; ValueError for one who does not exist."""
    if named.isdigit():
        return int(named)
    try:
        return pwd.getpwnam(named).pw_uid
    except KeyError:
        raise ValueError(f"there is no user {named}") from None


def become(user: int) -> None:
    """Another account and its group for good, no way to more rights, no core dumps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    if user >= 0:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


def main() -> None:
    orders = Orders(**json.loads(sys.stdin.buffer.readline()))
    logs.configure({"service": True})
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
    os.chdir(orders.spool)  # entered before the account changes: the folders above it stay closed to the other one
    spool = Spool(Path())
    listener = Listener(
        orders.ae_title, Stations.listed(orders.stations), spool, limit=orders.limit, objects=orders.objects
    )
    tls = mutual_tls(*orders.tls) if orders.tls else None
    port = listener.start(orders.host, orders.port, tls)
    become(orders.user)
    if orders.metrics_port:
        serve(orders.metrics_port, lambda: {**listener.metrics(), **_forwarded(spool)})
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()  # until whoever started us ends
    listener.stop()


def _forwarded(spool: Spool) -> dict[tuple[str, str], int]:
    try:
        states = json.loads((spool.root / FORWARDED).read_text())["states"]
    except FileNotFoundError:
        return {}
    return {("forward_objects", state): count for state, count in states.items()}


if __name__ == "__main__":
    main()
