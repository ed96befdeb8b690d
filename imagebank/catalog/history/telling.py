"""Reading the history: all of it for those who work on a case, what was public for readers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Final

from imagebank.accounts.permissions import allowed
from imagebank.catalog.models import Case, Revision
from imagebank.catalog.search.present import in_language
from imagebank.catalog.search.visible import visible_to
from imagebank.core.actor import Actor
from imagebank.core.errors import Missing
from imagebank.vocabulary.selectors import labels

from .facts import Change

KINDS: Final = {
    "indication": "indication", "setting": "setting", "age_band": "age_band", "sex": "sex", "bmi_class": "bmi",
    "licence": "licence", "method": "confirmed", "certainty": "certainty", "view": "view",
    "laterality": "laterality", "probe": "probe", "quality": "quality",
}  # fmt: skip
"""What -> the kind of the vocabulary that its values are of."""
Row = dict[str, Any]


def history(case_id: uuid.UUID, actor: Actor, lang: str) -> list[Row]:
    """[{number, revision, day, event, role, reason, changes}], the newest first; Missing when it may not be seen.

    Readers get days and roles, never a reason or a step that was not public.
    """
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise Missing()
    if not actor.is_anonymous and allowed(actor, "case.see", Case.objects.filter(pk=case_id)).exists():
        return [_row(row, row.number, row.reason, row.changes, lang) for row in case.history.order_by("-number")]
    if not visible_to(actor).filter(case_id=case_id).exists():
        raise Missing()
    public = case.history.filter(told__isnull=False).order_by("number")
    rows = [_row(row, number, "", row.told or [], lang) for number, row in enumerate(public, start=1)]
    return rows[::-1]


def _row(row: Revision, number: int, reason: str, changes: list[Change], lang: str) -> Row:
    return {
        "number": number,
        "revision": row.revision,
        "day": row.on.isoformat(),
        "event": row.event,
        "role": row.role,
        "reason": reason,
        "changes": [_change(change, lang) for change in changes],
    }


def _change(change: Change, lang: str) -> Row:
    """With the words for what it is about and for both values."""
    label = labels("finding", lang).get(change["about"], change["about"]) if change["what"] == "finding" else ""
    texts = {name: _text(change["what"], change[name], lang) for name in ("before", "after")}
    return {**change, "clip": change["clip"] or None, "label": label,
            "before_label": texts["before"], "after_label": texts["after"]}  # fmt: skip


def _text(what: str, value: Any, lang: str) -> str:
    if value is None or what == "clip":
        return ""
    if what == "finding":
        return ", ".join(_finding(value, lang))
    if what == "mark":
        return ", ".join(filter(None, [in_language(value["label"], lang), "–".join(map(str, value["frames"]))]))
    return labels(KINDS[what], lang).get(str(value), str(value)) if what in KINDS else str(value)


def _finding(value: dict[str, Any], lang: str) -> Iterator[str]:
    yield labels("presence", lang).get(value["presence"], value["presence"])
    if value["severity"]:
        yield labels("scale_level", lang).get(value["severity"], value["severity"])
    if value["frames"]:
        yield "–".join(map(str, value["frames"]))
