"""Tasks: thin, limited in time, safe to run twice."""

from __future__ import annotations

import uuid

from celery import shared_task


@shared_task(name="intake.process_original")
def process_original(original_id: str) -> None:
    from .pipeline import process

    process(uuid.UUID(original_id))


@shared_task(name="intake.repair")
def repair() -> None:
    from . import sweepers

    sweepers.repair()


@shared_task(name="intake.hourly")
def hourly() -> None:
    from . import looks, sweepers

    sweepers.renew_keys()
    sweepers.expire()
    sweepers.remove_orphans()
    looks.fill_looks()
