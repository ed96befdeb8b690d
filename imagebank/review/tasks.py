"""Tasks: thin, limited in time, safe to run twice."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="review.minutely")
def minutely() -> None:
    from . import incidents, planting, second, services, withdrawal

    services.publish_due()
    services.release_stale_claims()
    incidents.hide_overdue()
    second.settle_lonely()
    if planting.due():
        plant.delay()
    withdrawal.withdraw_expired()
    withdrawal.purge_withdrawn()


@shared_task(name="review.plant")
def plant() -> None:
    from . import planting

    if planting.due():
        planting.plant()
