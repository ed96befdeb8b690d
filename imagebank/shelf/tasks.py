"""Tasks: thin, limited in time, safe to run twice."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="shelf.hourly")
def hourly() -> None:
    from .searches import look

    look()
