"""How much may still come in: quotas in bytes, and the numbers of the files of a deposit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet, Sum
from django.utils import timezone

from imagebank.accounts.models import Institution
from imagebank.core.actor import Actor
from imagebank.core.errors import TooMuch
from imagebank.core.limits import Limits

from .models import Deposit, Original, Upload


def require_room(institution: Institution, actor: Actor, size: int = 1) -> None:
    """TooMuch when so many bytes more would exceed a quota; what uploads have announced counts as if it were there."""
    require_quarantine(institution, size)
    since = timezone.now() - dt.timedelta(days=1)
    mine = {"deposit__depositor_id": actor.user_id, "deposit__created_at__gte": since}
    if _sum(Original.objects.filter(**mine), "size") + _sum(_coming(**mine), "length") + size > _limits().daily_bytes:
        raise TooMuch("limit_daily")


def require_quarantine(institution: Institution, size: int) -> None:
    """TooMuch when so many bytes more are too many for the quarantine of an institution."""
    held = _sum(Original.objects.filter(institution=institution, sealed=True), "size")
    if held + _sum(_coming(deposit__institution=institution), "length") + size > _limits().quarantine_bytes:
        raise TooMuch("limit_quarantine")


def last_position(deposit: Deposit) -> int:
    """The highest number that a file of the deposit has, or that an upload has been promised; 0 without any."""
    return max(rows.aggregate(last=Max("position"))["last"] or 0 for rows in (deposit.originals, deposit.uploads))


def _coming(**of: Any) -> QuerySet[Upload]:
    return Upload.objects.filter(finished_at=None, **of)


def _limits() -> Limits:
    limits: Limits = settings.LIMITS
    return limits


def _sum(rows: QuerySet[Original] | QuerySet[Upload], field: str) -> int:
    return int(rows.aggregate(total=Sum(field))["total"] or 0)
