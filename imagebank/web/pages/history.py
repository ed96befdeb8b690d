"""The history of a case in words, for its page and for those who work on it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imagebank.catalog.history import history
from imagebank.core.actor import Actor
from imagebank.vocabulary.selectors import labels

from ..contribute.words import Words

EVENTS: Final[dict[str, Words]] = {
    "create": _("Made"), "change": _("Changed"), "submit": _("Handed in"), "recall": _("Taken back"),
    "drop": _("Thrown away"), "accept": _("Accepted"), "changes": _("Changes asked for"), "refuse": _("Refused"),
    "schedule": _("Scheduled"), "publish": _("Published"), "suspend": _("Hidden"), "restore": _("Shown again"),
    "revise": _("Next revision begun"), "republish": _("Published anew"), "resume": _("Shown again"),
    "withdraw": _("Withdrawn"), "clip_withdrawn": _("A clip was withdrawn"),
}  # fmt: skip
ROLES: Final[dict[str, Words]] = {
    "contributor": _("contributor"), "steward": _("steward"), "service": _("institution's system"),
    "reviewer": _("reviewer"), "curator": _("curator"), "privacy_officer": _("privacy officer"),
    "system": _("the bank itself"),
}  # fmt: skip
FACTS: Final[dict[str, Words]] = {
    "indication": _("Clinical question"), "setting": _("Place of care"), "age_band": _("Age"), "sex": _("Sex"),
    "bmi_class": _("Body mass index"), "credit": _("Credit"), "licence": _("Licence"), "method": _("Confirmed by"),
    "certainty": _("How sure"), "interval_days": _("Days between scan and confirmation"),
    "management_changed": _("Did the scan change what was done?"), "title": _("Title"), "vignette": _("Story"),
    "management_note": _("Note"), "clip": _("Clip"), "view": _("View"), "laterality": _("Side"), "probe": _("Probe"),
    "quality": _("Quality"), "mark": _("Mark"),
}  # fmt: skip
BOOLEANS: Final = {"True": _("Yes"), "False": _("No")}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: its name, and what it was and is, in words; `kind` is added, removed, changed or hidden."""

    name: str
    before: str
    after: str
    kind: str


@dataclass(frozen=True, slots=True)
class Step:
    """One revision."""

    number: int
    day: dt.date
    event: str
    role: str
    reason: str
    lines: list[Line]


def steps(case_id: uuid.UUID, actor: Actor, lang: str) -> list[Step]:
    """The newest first; Missing when the actor may not see the case."""
    reasons = labels("withdrawal_reason", lang)
    return [_step(row, reasons) for row in history(case_id, actor, lang)]


def _step(row: dict[str, Any], reasons: Mapping[str, str]) -> Step:
    return Step(
        number=row["number"],
        day=dt.date.fromisoformat(row["day"]),
        event=str(EVENTS[row["event"]]),
        role=str(ROLES[row["role"]]),
        reason=reasons.get(row["reason"], row["reason"]),
        lines=[_line(change) for change in row["changes"]],
    )


def _line(change: dict[str, Any]) -> Line:
    before, after = (str(BOOLEANS.get(change[f"{side}_label"], change[f"{side}_label"])) for side in SIDES)
    if change["before"] is None and change["after"] is None:
        kind = "hidden"
    elif change["before"] is None:
        kind = "added"
    else:
        kind = "removed" if change["after"] is None else "changed"
    return Line(change["label"] or gettext(str(FACTS[change["what"]])), before, after, kind)


SIDES: Final = ("before", "after")
