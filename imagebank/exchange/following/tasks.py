"""Tasks: thin, limited in time, safe to run twice."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="following.minutely")
def minutely() -> None:
    from .stale import hide_stale

    hide_stale()
