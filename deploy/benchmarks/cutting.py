"""A line that breaks: a TCP proxy that cuts its connections after so many bytes, or after so many seconds."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

PIECE: Final = 1 << 14
BUFFER: Final = 1 << 15
"""Bytes that may wait on the way; what waits is lost with a cut, and counts as sent."""
RESET: Final = struct.pack("ii", 1, 0)


class CutLine:
    """What went through; every connection is cut by bytes from the client, or by the seconds that it lived."""

    def __init__(
        self, target: int, *, every_bytes: int = 0, every_seconds: float = 0, bytes_per_second: int = 0
    ) -> None:
        self._target, self._bytes, self._seconds, self._rate = target, every_bytes, every_seconds, bytes_per_second
        self.sent, self.cuts, self._lock = 0, 0, threading.Lock()
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port = int(self._listener.getsockname()[1])

    def serve(self) -> None:
        """Until `close`; a thread for each connection."""
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=[near], daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _carry(self, near: socket.socket) -> None:
        with near, socket.create_connection(("127.0.0.1", self._target)) as far:
            threading.Thread(target=_back, args=[far, near], daemon=True).start()
            with contextlib.suppress(OSError):
                if self._forth(near, far):
                    near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    far.shutdown(socket.SHUT_RDWR)

    def _forth(self, near: socket.socket, far: socket.socket) -> bool:
        """True when the line is cut, False when the client ended it."""
        began, carried = time.monotonic(), 0
        while piece := near.recv(PIECE):
            with self._lock:
                self.sent += len(piece)
            far.sendall(piece)
            carried += len(piece)
            if self._rate:
                time.sleep(len(piece) / self._rate)
            if (self._bytes and carried >= self._bytes) or (
                self._seconds and time.monotonic() - began >= self._seconds
            ):
                with self._lock:
                    self.cuts += 1
                return True
        return False


def _back(far: socket.socket, near: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := far.recv(PIECE):
            near.sendall(piece)


@contextmanager
def cut_line(
    target: int, *, every_bytes: int = 0, every_seconds: float = 0, bytes_per_second: int = 0
) -> Iterator[CutLine]:
    """A running proxy in front of a port of this machine."""
    line = CutLine(target, every_bytes=every_bytes, every_seconds=every_seconds, bytes_per_second=bytes_per_second)
    threading.Thread(target=line.serve, daemon=True).start()
    try:
        yield line
    finally:
        line.close()
