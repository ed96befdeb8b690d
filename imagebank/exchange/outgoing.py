"""Requests to addresses that others gave (mirrors, webhooks, probes): what keeps them from reaching what is ours.

No redirects. Of the host every address is looked at, and the one that was looked at is the one that is asked: a name
that answers differently the second time gains nothing. Private, loopback and link-local addresses only where the
operator allows them (OUTGOING_PRIVATE); cleartext only there. Bodies are read up to a stated size and never logged.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

SECONDS: Final = 40.0
"""Of silence; longer than a long poll waits."""
PORTS: Final = {"https": 443, "http": 80}


class Unreachable(Exception):
    """No answer, or none that may be asked for. `code`: address, connection, status, size, type."""

    def __init__(self, code: str, status: int = 0) -> None:
        self.code, self.status = code, status
        super().__init__(f"{code} {status}" if status else code)


@dataclass(frozen=True, slots=True)
class Place:
    """A checked address: `ip` is asked, `host` is whom its certificate must name."""

    scheme: str
    host: str
    port: int
    ip: str
    target: str

    @property
    def named(self) -> str:
        """As the header Host says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def checked(url: str) -> Place:
    """Unreachable("address") for what may not be asked, Unreachable("connection") for a name that nobody knows."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise Unreachable("address") from None
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.fragment:
        raise Unreachable("address")
    ips = _addresses(parts.hostname, port)
    if not all(map(_may_be_asked, ips)) or (parts.scheme == "http" and not all(map(_is_private, ips))):
        raise Unreachable("address")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, parts.hostname, port, ips[0], target)


@contextmanager
def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    seconds: float = SECONDS,
) -> Iterator[http.client.HTTPResponse]:
    """The answer, whatever its status; Unreachable where there is none. Whoever asks reads it within the block."""
    place = checked(url)
    connection = _connection(place, seconds)
    try:
        connection.request(method, place.target, body=body, headers={"Host": place.named, **(headers or {})})
        with connection.getresponse() as answer:  # it keeps the line of an answer that is not read to its end
            yield answer
    except (OSError, http.client.HTTPException):
        raise Unreachable("connection") from None
    finally:
        connection.close()


def read(answer: http.client.HTTPResponse, most: int) -> bytes:
    """The whole body; Unreachable("size") when it is larger than `most` bytes."""
    body = answer.read(most + 1)
    if len(body) > most:
        raise Unreachable("size")
    return body


# --- pieces


def _connection(place: Place, seconds: float) -> http.client.HTTPConnection:
    if place.scheme == "http":
        connection = http.client.HTTPConnection(place.host, place.port, timeout=seconds)
    else:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        connection = http.client.HTTPSConnection(place.host, place.port, timeout=seconds, context=context)
    connection._create_connection = _pinned(place)  # type: ignore[attr-defined]
    return connection


def _pinned(place: Place) -> object:
    """Connects to the address that was checked, not to what the name says by now."""

    def connect(_: object, timeout: float, source: object = None) -> socket.socket:
        return socket.create_connection((place.ip, place.port), timeout)

    return connect


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("connection") from None
    return [str(entry[4][0]) for entry in found]


def _may_be_asked(ip: str) -> bool:
    address = _plain(ip)
    if address.is_multicast or address.is_unspecified:
        return False
    return address.is_global or settings.OUTGOING_PRIVATE


def _is_private(ip: str) -> bool:
    return not _plain(ip).is_global


def _plain(ip: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 address in IPv6's clothes is what it is."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address
