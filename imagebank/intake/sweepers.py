"""Repairs: what a lost message, worker or process left behind; and the clocks. The row is the truth."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from imagebank.catalog.models import Clip
from imagebank.core import keys, made, stores
from imagebank.core.actor import SYSTEM

from .models import Original
from .pipeline import lost
from .services import end, hint, leftovers
from .states import CLOCKS
from .uploads import expire_uploads, finish_whole

MESSAGE_LIFE: Final = dt.timedelta(seconds=90)
"""A waiting row whose message is older than this gets another one: above the broker's visibility timeout."""
ORPHAN_AGE: Final = 24 * 3600
"""Seconds after which an unfinished upload or a folder without a row is removed."""


def repair() -> int:
    """Every 15 s: uploads and leases whose process is gone, waiting rows without a message, bytes of ended ones."""
    now = timezone.now()
    gone = Original.objects.filter(state__in=["deidentifying", "verifying"], lease_until__lt=now)
    waiting = Original.objects.filter(state="received", sealed=True).exclude(hinted_at__gt=now - MESSAGE_LIFE)
    whole = finish_whole()
    for row in (lost_rows := list(gone)):
        lost(row)
    for row in (waiting_rows := list(waiting)):
        hint(row)
    for original_id in (ended := leftovers()):
        stores.destroy_original(original_id)
    return whole + len(lost_rows) + len(waiting_rows) + len(ended)


def expire() -> int:
    """Hourly: uploads and originals whose clock ran out lose key and bytes. Returns how many."""
    now = timezone.now()
    due = Q()
    for state, life in CLOCKS.items():
        due |= Q(state=state, state_since__lt=now - life)
    rows = list(Original.objects.filter(due, sealed=True).select_related("clip"))
    for row in rows:
        end(row, "expire", actor=SYSTEM)
    return len(rows) + expire_uploads()


def renew_keys() -> None:
    """The workers' keys of today and tomorrow; old ones are destroyed."""
    today = timezone.now().date()
    keys.make_day_key(today)
    keys.make_day_key(today + dt.timedelta(days=1))
    keys.destroy_old_day_keys(today)


def remove_orphans() -> int:
    """Files without a row: an upload that broke, a candidate whose worker died before its commit."""
    return _orphan_uploads() + _orphan_candidates() + _orphan_made()


def _orphan_uploads() -> int:
    found = [p for p in Path(settings.QUARANTINE_DIR).glob("*/*") if p.suffix in (".sealed", ".part") and _old(p)]
    orphans = [p for p in found if not Original.objects.filter(pk=p.stem, sealed=True).exists()]
    for path in orphans:
        stores.destroy_original(uuid.UUID(path.stem))
    return len(orphans)


def _orphan_candidates() -> int:
    folders = [p for p in stores.candidate.root.glob("*/*") if _old(p)]
    live = Clip.objects.filter(state="candidate")
    orphans = [p for p in folders if not live.filter(pk=p.name).exists()]
    for path in orphans:
        stores.candidate.purge(uuid.UUID(path.name))
    return len(orphans)


def _orphan_made() -> int:
    """What was still being made of a clip while it was withdrawn."""
    owners = set(made.owners())
    orphans = owners.difference(Clip.objects.exclude(state="withdrawn").values_list("pk", flat=True).iterator())
    for clip_id in orphans:
        made.purge(clip_id)
    return len(orphans)


def _old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > ORPHAN_AGE
