"""Tasks: thin, limited in time, safe to run twice."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="collections.hourly")
def hourly() -> None:
    from .forgetting import forget_withdrawn

    forget_withdrawn()
