"""Which published cases readers or experts hold to be wrong: browsable, but in no test until that is settled."""

from __future__ import annotations

import uuid
from typing import Final

from django.db.models import F, Q, QuerySet

from .models import Doubt

UNSETTLED: Final = Q(kind="content") & (Q(state="open") | Q(state="upheld", revision__gte=F("case__live_revision")))
"""A doubt that nobody has answered, or that is right and no later revision has put right yet."""


def disputed() -> QuerySet[Doubt, uuid.UUID]:
    """Ids of the cases that practice leaves out: `exclude(case__in=disputed())`."""
    return Doubt.objects.filter(UNSETTLED).values_list("case_id", flat=True)


def disputes() -> dict[uuid.UUID, str]:
    """All cases in dispute, each as `dispute_of` tells it: few beside those of a bank."""
    rows = Doubt.objects.filter(UNSETTLED).order_by("state").values_list("case_id", "state")
    return dict(rows)  # of two doubts of a case the upheld one stays, as it comes later


def dispute_of(case_id: uuid.UUID) -> str:
    """`open` (under discussion), `upheld` (being put right), or nothing."""
    states = set(Doubt.objects.filter(UNSETTLED, case_id=case_id).values_list("state", flat=True))
    return "upheld" if "upheld" in states else "open" if states else ""
