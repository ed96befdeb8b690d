"""Whose word hides a case before anybody has looked (privacy.md 14), and who has lost that by crying wolf.

An account hides at most three cases a day at once. Of its last five doubts that were decided, three that were unfounded
take the immediate effect away: its further doubts go to the steward first, as those of readers without an account do.
Each one that proves right moves an unfounded one out of the last five, and so brings the effect back.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils import timezone

from imagebank.core.actor import Actor

from .models import Doubt

A_DAY: Final = 3
LOOKED_AT: Final = 5
UNFOUNDED: Final = 3


def hides_at_once(actor: Actor) -> bool:
    """Whether a doubt of this reader about privacy hides the case at once."""
    if not actor.is_person:
        return False
    mine = Doubt.objects.filter(raiser_id=actor.user_id, kind="privacy")
    today = mine.filter(at_once=True, raised_at__gt=timezone.now() - dt.timedelta(days=1))
    return today.count() < A_DAY and believed(actor)


def believed(actor: Actor) -> bool:
    """Whether fewer than three of the last five decided doubts were unfounded."""
    decided = Doubt.objects.filter(raiser_id=actor.user_id, kind="privacy", state__in=["upheld", "rejected"])
    last = list(decided.order_by("-state_since", "id").values_list("state", flat=True)[:LOOKED_AT])
    return last.count("rejected") < UNFOUNDED
