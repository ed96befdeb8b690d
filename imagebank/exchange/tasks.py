"""Tasks: thin, limited in time, safe to run twice."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="exchange.sequence")
def sequence() -> None:
    from . import sequencer

    sequencer.run()
