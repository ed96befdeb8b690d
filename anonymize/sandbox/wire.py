"""Messages between parent and child: four bytes of length, then JSON. Neither end believes the other."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, Final

LONGEST: Final = 16 << 20
"""Longest message in bytes."""
MOST_VALUES: Final = 20_000
"""To be keyed in one question."""
LONGEST_VALUE: Final = 4_096
"""Characters of one of them."""
_LENGTH: Final = struct.Struct("!I")


class Garbage(Exception):
    """The other end sent what is no message."""


def pack(message: dict[str, Any]) -> bytes:
    """One message as bytes; `ValueError` when it is too long."""
    body = json.dumps(message, separators=(",", ":")).encode()
    if len(body) > LONGEST:
        raise ValueError("message too long")
    return _LENGTH.pack(len(body)) + body


class Inbox:
    """Puts messages together from what arrives in pieces."""

    def __init__(self) -> None:
        self._data = bytearray()

    def add(self, piece: bytes) -> None:
        self._data += piece
        if len(self._data) > 2 * LONGEST:
            raise Garbage

    def take(self) -> dict[str, Any] | None:
        """The next whole message, if there is one."""
        if len(self._data) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._data)
        if length > LONGEST:
            raise Garbage
        if len(self._data) < _LENGTH.size + length:
            return None
        body = bytes(self._data[_LENGTH.size : _LENGTH.size + length])
        del self._data[: _LENGTH.size + length]
        return _parse(body)


def _parse(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Garbage from error
    if not isinstance(message, dict):
        raise Garbage
    return message


def receive(line: socket.socket, inbox: Inbox) -> dict[str, Any]:
    """Wait for one message; `EOFError` when the line closes."""
    while (message := inbox.take()) is None:
        piece = line.recv(1 << 16)
        if not piece:
            raise EOFError
        inbox.add(piece)
    return message
