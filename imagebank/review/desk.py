"""The curator's desk: cases by where they stand, found by words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast

from imagebank.accounts.permissions import allowed
from imagebank.catalog.models import Case
from imagebank.catalog.selectors import with_documents
from imagebank.core.actor import Actor

STATES: Final = ("accepted", "scheduled", "published", "suspended")
"""What the desk tells apart. A published case of which a later revision is in work counts as published."""


def counts(actor: Actor) -> dict[str, int]:
    """How many stand where."""
    return dict.fromkeys(STATES, 0) | Case.objects.aggregate(
        **{state: Count("pk", filter=_standing(actor, state), distinct=True) for state in STATES}
    )


def cases(
    actor: Actor, state: str, *, words: str = "", indications: Collection[str] = (), findings: Collection[str] = ()
) -> QuerySet[Case]:
    """Those of a state, what waits by age, what is public the newest first.

    `words` are looked for in titles and in the institution's name; a case of one of `indications`, or with one of
    `findings`, is found too: their names stand in the reader's language elsewhere.
    """
    rows = with_documents(Case.objects.filter(pk__in=Case.objects.filter(_standing(actor, state)).values("pk")))
    if words:
        titled = Q(titles__icontains=words) | Q(institution__name__icontains=words)
        shown = Q(findings__term__in=findings, findings__retired=False)
        rows = rows.annotate(titles=Cast("title", TextField())).filter(titled | Q(indication__in=indications) | shown)
    return rows.order_by("-state_since" if state == "published" else "state_since", "id").distinct()


def _standing(actor: Actor, state: str) -> Q:
    if state == "published":
        return Q(pk__in=allowed(actor, "case.suspend", Case.objects.filter(projection__hidden=False)).values("pk"))
    return Q(pk__in=allowed(actor, "case.publish", Case.objects.filter(state=state)).values("pk"))
