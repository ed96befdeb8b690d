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


@shared_task(name="intake.describe_clip")
def describe_clip(clip_id: str) -> None:
    """A reader asked for it before `fill_headers` came by."""
    from imagebank.catalog.models import Rendition

    from .headers import describe

    for stored in Rendition.objects.filter(clip_id=uuid.UUID(clip_id), role="dicom").select_related("clip"):
        describe(stored)


@shared_task(name="intake.fill_headers")
def fill_headers() -> None:
    """Round after round while there is something to read."""
    from . import headers

    if headers.fill_headers():
        fill_headers.delay()
