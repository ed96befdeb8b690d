"""Tasks of the core."""

from __future__ import annotations

from celery import shared_task

from . import anchoring, health


@shared_task(name="core.heartbeat", soft_time_limit=5, time_limit=10)
def heartbeat() -> None:
    """Beat sends this every 15 s: it proves beat, broker, worker and database at once."""
    health.worker_lives()


@shared_task(name="core.anchor", soft_time_limit=30, time_limit=45)
def anchor() -> None:
    """The audit trail's head of today, once a day, outside of the database."""
    anchoring.anchor_today()
