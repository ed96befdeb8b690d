"""Tasks: thin, limited in time, safe to run twice."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="api.hourly")
def hourly() -> None:
    from . import idempotency

    idempotency.forget_old()
