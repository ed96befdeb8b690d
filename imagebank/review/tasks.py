"""Tasks: thin, limited in time, safe to run twice."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="review.minutely")
def minutely() -> None:
    from . import services, withdrawal

    services.publish_due()
    services.release_stale_claims()
    withdrawal.withdraw_expired()
    withdrawal.purge_withdrawn()
