"""Tasks: thin, limited in time, safe to run twice."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="catalog.minutely")
def minutely() -> None:
    from .search import opened
    from .search.index import upkeep

    opened.forget_old()
    upkeep.run()
