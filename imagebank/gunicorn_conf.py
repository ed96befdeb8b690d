"""Gunicorn: threads in one process, no access log (it would name paths), errors through our own logging."""

from __future__ import annotations

import os
from typing import Any

from gunicorn.glogging import Logger

bind = os.environ.get("IMAGEBANK_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("IMAGEBANK_WEB_PROCESSES", "1"))
threads = int(os.environ.get("IMAGEBANK_WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 8
accesslog = None
forwarded_allow_ips = os.environ.get("IMAGEBANK_TRUSTED_PROXIES", "127.0.0.1")


class Log(Logger):
    """Gunicorn's messages go to the root logger and so through the formatter of imagebank.core.logs."""

    def setup(self, cfg: Any) -> None:
        """No handlers of its own."""
        self.error_log.propagate = True


logger_class = Log
