"""The credit of cases when the person who wrote it is to be forgotten (privacy.md 18)."""

from __future__ import annotations

from typing import Any

from imagebank.accounts.models import User

from . import projection
from .authors import written_by
from .models import Case, PublicCase, Revision


def forget_credit(account: User) -> None:
    """The credit of the person's cases goes: from the case, from what readers are told, from the history."""
    cases = Case.objects.filter(pk__in=Case.objects.filter(written_by(account)).values("pk"))
    for row in Revision.objects.filter(case__in=cases):
        before = (row.changes, row.told)
        row.changes, row.told = _without(row.changes), None if row.told is None else _without(row.told)
        if (row.changes, row.told) != before:
            row.save(update_fields=["changes", "told"])
    for public in PublicCase.objects.filter(case__in=cases).exclude(document__credit="").select_related("case__rights"):
        projection.uncredit(public.case)
    cases.exclude(credit="").update(credit="")


def _without(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """That the credit changed is still told, no more what it said."""
    return [one | {"before": None, "after": None} if one["what"] == "credit" else one for one in changes]
