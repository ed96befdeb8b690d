"""Second readings: a share of the cases is read again by somebody who does not know that there was a first reader.

After the first verdict a drawn case goes back to the queue as if nobody had read it. Two verdicts that agree count;
where they differ a third person sees both and decides. Nobody is told which cases are drawn, neither the first reader
nor the second, so that nobody reads them otherwise than the rest.
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from imagebank.catalog import history
from imagebank.catalog.models import Case, Revision
from imagebank.core.actor import SYSTEM, Actor
from imagebank.core.errors import Conflict

from .models import Review, SecondRead
from .verdicts import conclude

LONELY: Final = dt.timedelta(days=7)
"""After so long without a second reader the first verdict counts: a small node must not hold up its cases."""


def weigh(row: Review, actor: Actor, *, asked: bool = False) -> bool:
    """Whether this verdict counts now; otherwise another person reads the case first. In the caller's transaction.

    `asked`: the reader wants a second opinion.
    """
    held = open_for(row.case)
    if held is None:
        SecondRead.objects.filter(case=row.case, done=False).update(done=True)  # of what was changed since
        return not (asked or _drawn(actor)) or _begin(row, asked)
    if held.second is None:
        held.second, held.done = row, row.verdict == held.first.verdict
    else:
        held.third, held.done = row, True
    held.save(update_fields=["second", "third", "done"])
    return held.done


def refuse_again(actor: Actor, case: Case) -> None:
    """Conflict for who has read it already and must not be the other reader too."""
    if read_by(actor).filter(case_id=case.pk).exists():
        raise Conflict("read_already")


def read_by(actor: Actor) -> QuerySet[SecondRead, uuid.UUID]:
    """Ids of cases that wait for another reader than the actor."""
    mine = Q(first__reviewer_id=actor.user_id) | Q(second__reviewer_id=actor.user_id)
    return _open().filter(mine).values_list("case_id", flat=True)


def open_for(case: Case) -> SecondRead | None:
    """The second reading that is under way."""
    return _open().filter(case=case).select_related("first__reviewer", "second__reviewer").first()


def without_kept_back(rows: QuerySet[Review]) -> QuerySet[Review]:
    """Without readings that nobody is told of before the last one is made."""
    under_way = _open()
    first, other = under_way.values("first"), under_way.filter(second__isnull=False).values("second")
    return rows.exclude(Q(pk__in=first) | Q(pk__in=other))


def settle_lonely() -> int:
    """The sweeper's part: the first verdict counts where nobody has come to read for a second time."""
    late = _open().filter(second=None, drawn_at__lt=timezone.now() - LONELY, case__state="submitted")
    rows = list(late.select_related("case__author", "first"))
    for row in rows:
        _settle(row)
    return len(rows)


# --- pieces


def _drawn(actor: Actor) -> bool:
    """The lot; only what people read is drawn, never what the demonstration's command does."""
    return actor.via == "session" and secrets.SystemRandom().random() < settings.REVIEW_SECOND_READ_SHARE


def _begin(row: Review, asked: bool) -> bool:
    """False: the verdict does not count yet."""
    newest = row.case.history.order_by("-number").values_list("number", flat=True)[0]
    SecondRead.objects.create(case=row.case, history=newest, first=row, asked=asked)
    return False


@transaction.atomic
def _settle(row: SecondRead) -> None:
    row.done = True
    row.save(update_fields=["done"])
    history.move(row.case, "claim", actor=SYSTEM)
    conclude(row.case, row.first.verdict, SYSTEM)


def _open() -> QuerySet[SecondRead]:
    """Under way; what was taken back or changed since was not what was read."""
    newest = Revision.objects.filter(case=OuterRef("case")).order_by("-number").values("number")[:1]
    return SecondRead.objects.filter(done=False, history=Subquery(newest))
