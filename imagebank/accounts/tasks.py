"""Tasks: thin, limited in time, safe to run twice."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="accounts.minutely")
def minutely() -> None:
    from . import erasing, exporting, mailing

    exporting.make_waiting()
    erasing.erase_due()
    mailing.send_due()


@shared_task(name="accounts.hourly")
def hourly() -> None:
    from . import exporting, mailing

    exporting.forget_old()
    mailing.forget_old()


@shared_task(name="accounts.make_export")
def make_export(export_id: str) -> None:
    from .exporting import make

    make(export_id)
