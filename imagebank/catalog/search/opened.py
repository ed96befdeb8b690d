"""What a learner has opened: the varied order shows others first, and what differs from it. Nobody else reads this."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from numpy.typing import NDArray
from pyroaring import BitMap

from imagebank.accounts.models import User
from imagebank.catalog.models import OpenedCase, PublicCase
from imagebank.core.actor import Actor

from .index import Generation
from .index.postings import bitmap, slots_of

COUNTED: Final = 2_000
"""The last ones opened; what is further back counts as not seen."""
MONTHS: Final = 24
"""Kept (privacy.md 19)."""
STEP: Final = 4
"""So many times as often seen, and a value counts as shown once more."""


def note(actor: Actor, case_id: uuid.UUID) -> None:
    """A person looks at a public case. Programs leave nothing behind, nor does who switched it off."""
    if actor.is_person and User.objects.filter(pk=actor.known_id, keeps_history=True).exists():
        OpenedCase.objects.bulk_create([OpenedCase(user_id=actor.known_id, case_id=case_id)], ignore_conflicts=True)


def last(actor: Actor) -> int:
    """Number of what the reader opened last; 0 of nothing. What is opened later does not shift the pages."""
    if not actor.is_person:
        return 0
    return OpenedCase.objects.filter(user_id=actor.known_id).aggregate(last=Max("pk"))["last"] or 0


def newest(actor: Actor, count: int) -> list[uuid.UUID]:
    """So many cases, those that were first opened last in front."""
    if not actor.is_person:
        return []
    rows = OpenedCase.objects.filter(user_id=actor.known_id).order_by("-pk")
    return list(rows.values_list("case", flat=True)[:count])


def opened(actor: Actor, until: int, generation: Generation) -> BitMap:
    """Slots of what the reader had opened."""
    if not until or not actor.is_person:
        return BitMap()
    cases = OpenedCase.objects.filter(user_id=actor.known_id, pk__lte=until).order_by("-pk").values("case")[:COUNTED]
    return bitmap(generation.slots(PublicCase.objects.filter(case__in=cases).values_list("pk", flat=True)))


def worn(cases: BitMap, generation: Generation) -> NDArray[np.int64]:
    """How often each value counts as shown after these cases: once from one on, twice from four on, and so on."""
    met = generation.lists("values", slots_of(cases)).flat
    seen = np.bincount(met, minlength=len(generation.codes.known))
    return np.ceil(np.log(seen + 1) / np.log(STEP)).astype(np.int64)


@transaction.atomic
def switch(actor: Actor, *, on: bool) -> None:
    """Note from now on what the account opens, or no longer; switching off empties it."""
    User.objects.filter(pk=actor.known_id).update(keeps_history=on)
    if not on:
        forget(actor)


def forget(actor: Actor) -> None:
    """Everything that the account has opened."""
    OpenedCase.objects.filter(user_id=actor.known_id).delete()


def forget_old() -> None:
    """What was opened too long ago."""
    OpenedCase.objects.filter(on__lt=timezone.now().date() - dt.timedelta(days=MONTHS * 30)).delete()
