"""What the listener counts, as Prometheus reads it: no identifier, no address, no AE title (privacy.md 23)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

PREFIX: Final = "imagebank_listen"
HELP: Final = {
    "received_total": ("counter", "Objects answered with success: sealed and durable."),
    "repeated_total": ("counter", "Of these, the same bytes again: kept once."),
    "refused_total": ("counter", "Objects answered otherwise, by reason."),
    "received_bytes_total": ("counter", "Bytes of received objects."),
    "associations_total": ("counter", "Associations that were accepted."),
    "associations_rejected_total": ("counter", "Associations of callers that are not on the list, or one too many."),
    "associations": ("gauge", "Associations that are open."),
    "spool_objects": ("gauge", "Objects that wait to be registered or forwarded."),
    "spool_bytes": ("gauge", "Their bytes on the disk, sealed."),
    "disk_free_bytes": ("gauge", "Free bytes where the spool is."),
    "forward_objects": ("gauge", "Objects of an edge gateway, by state."),
}
"""Name -> type and sentence."""


class Counters:
    """Counts of several threads."""

    def __init__(self) -> None:
        self._lock, self._counts = threading.Lock(), Counter[tuple[str, str]]()

    def add(self, name: str, amount: int = 1, label: str = "") -> None:
        """`label` is the value of the metric's one label."""
        with self._lock:
            self._counts[name, label] += amount

    def all(self) -> dict[tuple[str, str], int]:
        with self._lock:
            return dict(self._counts)


def exposition(found: Mapping[tuple[str, str], int]) -> str:
    """Prometheus' text format 0.0.4."""
    lines = []
    for name, (kind, sentence) in HELP.items():
        lines += [f"# HELP {PREFIX}_{name} {sentence}", f"# TYPE {PREFIX}_{name} {kind}"]
        values = {label: value for (each, label), value in sorted(found.items()) if each == name}
        if not values and kind == "counter":
            values = {"": 0}
        label_name = "state" if name == "forward_objects" else "reason"
        lines += [
            f'{PREFIX}_{name}{{{label_name}="{label}"}} {value}' if label else f"{PREFIX}_{name} {value}"
            for label, value in values.items()
        ]
    return "\n".join(lines) + "\n"


def serve(port: int, found: Callable[[], Mapping[tuple[str, str], int]]) -> ThreadingHTTPServer:
    """`/metrics` on loopback, in a thread of its own."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            right = self.path == "/metrics"
            body = exposition(found()).encode() if right else b"only /metrics is here\n"
            self.send_response(200 if right else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Page)
    threading.Thread(target=server.serve_forever, daemon=True, name="metrics").start()
    return server
