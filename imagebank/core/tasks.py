"""Tasks of the core."""

from __future__ import annotations

from celery import shared_task

from . import health


@shared_task(name="core.heartbeat", soft_time_limit=5, time_limit=10)
def heartbeat() -> None:
    """Beat sends this every 15 s: it proves beat, broker, worker and database at once."""
    health.worker_lives()
