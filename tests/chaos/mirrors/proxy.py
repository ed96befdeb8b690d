"""A line between two nodes that does what lines do: cuts, waits, repeats, gives old answers, turns bits over."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAULTS = ("cut", "late", "old", "swapped", "flipped", "refused")
"""In mid body; after a while; the answer to an earlier request; that to another request; one bit; no answer at all."""
KEPT = ("Content-Type", "Content-Range", "ETag")


@dataclass
class Line:
    """Every answer is spoilt with the chance `share`. `target` is the port of the honest node."""

    target: int
    chance: random.Random
    share: float = 0.25
    faults: Counter[str] = field(default_factory=Counter)
    seen: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    last: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: int = 0
    """Requests so far."""
    url: str = ""
    down: bool = False
    """The node is dead: nobody answers."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[str, Any]:
        """The fault, and what is sent: status, headers, body."""
        with self.lock:
            self.asked += 1
            fault = self.chance.choice(FAULTS) if self.chance.random() < self.share else ""
            self.faults[fault] += bool(fault)
        if self.down:
            return "refused", (0, {}, b"")
        if fault == "late":
            time.sleep(0.05)
        if method == "POST":
            twice = [self._ask(method, path, headers, body) for _ in range(2 if fault == "old" else 1)]
            return ("cut" if fault == "cut" else ""), twice[-1]
        route = path.partition("?")[0]
        if fault == "old" and route in self.last:
            return "", self.last[route]
        if fault == "swapped" and self.seen:
            return "", self.chance.choice(self.seen)
        got = self._ask(method, path, headers, body)
        with self.lock:
            self.last.setdefault(route, got)
            self.seen = [*self.seen[-20:], got]
        return fault, self._flipped(got) if fault == "flipped" else got

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.target, timeout=30)
        try:
            connection.request(method, path, body=body or None, headers=headers)
            got = connection.getresponse()
            return got.status, {name: got.headers[name] for name in KEPT if name in got.headers}, got.read()
        finally:
            connection.close()

    def _flipped(self, got: tuple[int, dict[str, str], bytes]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = got
        if body:
            place = self.chance.randrange(len(body))
            body = body[:place] + bytes([body[place] ^ 1 << self.chance.randrange(8)]) + body[place + 1 :]
        return status, headers, body


class _Passes(BaseHTTPRequestHandler):
    line: Line
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass(b"")

    def do_POST(self) -> None:
        self._pass(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _pass(self, body: bytes) -> None:
        self.close_connection = True
        wanted = {
            name: self.headers[name] for name in ("Range", "Authorization", "Content-Type") if name in self.headers
        }
        try:
            fault, (status, headers, answer) = self.line.answer(self.command, self.path, wanted, body)
        except OSError:  # the node is being killed
            return
        if fault == "refused":
            return
        cut = len(answer) // 2 if fault == "cut" else len(answer)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(answer)), "Connection": "close"}.items():
            self.send_header(name, value)
        with suppress(OSError):  # the mirror was killed
            self.end_headers()
            self.wfile.write(answer[:cut])

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()


@contextmanager
def line_to(target: int, seed: int, share: float) -> Iterator[Line]:
    """A line on a port of its own, until the block ends."""
    line = Line(target, random.Random(f"line {seed}"), share)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Passes", (_Passes,), {"line": line}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    line.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
