"""Whether this node is alive and ready: /healthz and /readyz."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from .models import Heartbeat

WORKER = "worker"
SILENCE = dt.timedelta(seconds=60)
"""Four missed heartbeats."""


def worker_lives() -> None:
    """Note that a worker has just carried out a task."""
    Heartbeat.objects.update_or_create(part=WORKER, defaults={"seen_at": timezone.now()})


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _broker() -> bool:
    with current_app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return True


def _storage() -> bool:
    settings.STORAGE_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.access(settings.STORAGE_DIR, os.R_OK | os.W_OK | os.X_OK)


def _worker() -> bool:
    return Heartbeat.objects.filter(part=WORKER, seen_at__gt=timezone.now() - SILENCE).exists()


PARTS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "broker": _broker,
    "storage": _storage,
    "worker": _worker,
}


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (Error, OSError, OperationalError):
        return False


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when every part holds, else 503; says which."""
    parts = {name: _holds(check) for name, check in PARTS.items()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)
