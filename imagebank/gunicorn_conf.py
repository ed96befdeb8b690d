"""Gunicorn: threads in one process, no access log (it would name paths), errors through our own logging."""

from __future__ import annotations

import os
import socket
import struct
import threading
from typing import Any

from gunicorn.glogging import Logger

bind = os.environ.get("IMAGEBANK_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("IMAGEBANK_WEB_PROCESSES", "1"))
threads = int(os.environ.get("IMAGEBANK_WEB_THREADS", "16"))
timeout = 60
graceful_timeout = 8
accesslog = None
forwarded_allow_ips = os.environ.get("IMAGEBANK_TRUSTED_PROXIES", "127.0.0.1")


SILENCE = int(os.environ.get("IMAGEBANK_SILENCE_SECONDS", "15"))
"""Seconds that a client may keep a thread waiting for its next byte, or for room to send it one."""


def post_worker_init(worker: Any) -> None:
    """Limits on what connections may keep waiting, and the search made ready before somebody asks."""
    _limit(worker)
    threading.Thread(target=_warm, name="search", daemon=True).start()


def _warm() -> None:
    """Django is there by now. Without a database the first question makes the index."""
    from django.db import DatabaseError, connection

    from imagebank.catalog.search import warm

    try:
        warm()
    except DatabaseError:
        return
    finally:
        connection.close()


def _limit(worker: Any) -> None:
    """Connections take these limits over from the socket they come in by (socket(7)); without, a few idle ones that
    never finish their request hold every thread."""
    for listener in worker.sockets:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", SILENCE, 0))


class Log(Logger):
    """Gunicorn's messages go to the root logger and so through the formatter of imagebank.core.logs."""

    def setup(self, cfg: Any) -> None:
        """No handlers of its own."""
        self.error_log.propagate = True


logger_class = Log
