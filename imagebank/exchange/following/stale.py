"""A mirror that has not heard of its origin for too long serves nothing of it: it may hold what was withdrawn since."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from imagebank.catalog.models import PublicCase

from .models import Following


def hide_stale() -> int:
    """Hide what is too old, show what has caught up; returns how many nodes changed."""
    changed = [row for row in Following.objects.all() if due(row) != row.stale]
    for row in changed:
        settle(row)
    return len(changed)


@transaction.atomic
def settle(following: Following) -> None:
    """Serve what the node tells, or nothing of it, as its last sync wants."""
    row = Following.objects.select_for_update().get(pk=following.pk)
    row.stale = due(row)
    row.save(update_fields=["stale"])
    shown = PublicCase.objects.filter(case__origin=row.origin_id, case__state="published")
    shown.exclude(case__incidents__state="open").update(hidden=row.stale)


def due(following: Following) -> bool:
    """Whether it has not synced for so long that nothing of it may be served."""
    last = following.synced_at
    return last is not None and timezone.now() - last > dt.timedelta(days=settings.MIRROR_STALE_DAYS)
