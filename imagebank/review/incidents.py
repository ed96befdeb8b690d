"""Privacy incidents: opened by a doubt, hidden, decided on by a steward within 72 hours (privacy.md 14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from imagebank.accounts.notifying import notify
from imagebank.accounts.permissions import check
from imagebank.catalog import authors, projection
from imagebank.catalog.models import Case
from imagebank.catalog.text import clean_text
from imagebank.core.actor import SYSTEM, Actor
from imagebank.core.audit import record
from imagebank.core.errors import Invalid
from imagebank.core.states import transition

from . import services, withdrawal
from .models import Doubt, Incident
from .people import stewards
from .states import DECISIONS, DOUBT, INCIDENT

CLOCK: Final = dt.timedelta(hours=72)
REASON: Final = "privacy_doubt"
PAGE: Final = "/doubts/"


def open_for(case: Case, actor: Actor, *, at_once: bool) -> Incident:
    """The open incident of a locked case, made where there is none; with `at_once` the case is hidden."""
    row = Incident.objects.filter(case=case, state="open").first()
    if row is None:
        row = Incident.objects.create(
            case=case, institution_id=case.institution_id, due_at=timezone.now() + CLOCK
        )  # fmt: skip
        record(actor, "open", row, action="C")
        for person in stewards(case):
            notify(person, "incident_opened", address=PAGE)
    if at_once:
        _hide(row, case, actor)
    return row


@transaction.atomic
def hide_now(*, actor: Actor, incident: Incident) -> Incident:
    """Hide a case of which a reader without immediate effect has raised a doubt; the incident goes on."""
    check(actor, "incident.close", incident, see="incident.see")
    INCIDENT.next(incident.state, "unfounded")
    _hide(incident, incident.case, actor)
    return incident


@transaction.atomic
def close(*, actor: Actor, incident: Incident, decision: str, note: str = "") -> Incident:
    """Decide: `unfounded` shows the case again, `revise` leaves it hidden until it is put right, `withdraw` ends it."""
    check(actor, "incident.close", incident, see="incident.see")
    if decision not in DECISIONS:
        raise Invalid(errors={"decision": f"One of: {', '.join(DECISIONS)}."})
    why = clean_text("comment", note)
    if not why:
        raise Invalid(errors={"note": gettext("Say why.")})
    changes = {"decided_by_id": actor.known_id, "note": why}
    row = transition(incident, decision, actor=actor, table=INCIDENT, changes=changes)
    EFFECTS[decision](row, actor)
    _answer(row, "reject" if decision == "unfounded" else "uphold", actor)
    return row


def hide_overdue() -> int:
    """The sweeper's part: what nobody has looked at within 72 hours is hidden until somebody does."""
    rows = Incident.objects.filter(state="open", hid=False, due_at__lt=timezone.now(), case__projection__hidden=False)
    late = list(rows.select_related("case"))
    for row in late:
        with transaction.atomic():
            _hide(row, row.case, SYSTEM)
    return len(late)


# --- pieces


def _hide(row: Incident, case: Case, actor: Actor) -> None:
    if not projection.is_shown(case):
        return  # hidden already, or gone
    services.hide(case, actor, REASON)
    authors.tell(case, "case_suspended", PAGE)
    row.hid = True
    row.save(update_fields=["hid"])


def _show_again(row: Incident, actor: Actor) -> None:
    """As it stood before; one that somebody else had hidden already stays so."""
    if row.hid and not projection.is_shown(row.case):
        services.show_again(row.case, actor)


def _stay_hidden(row: Incident, actor: Actor) -> None:
    _hide(row, row.case, actor)


def _withdraw(row: Incident, actor: Actor) -> None:
    if row.case.state != "withdrawn":
        withdrawal.withdraw(actor=actor, case=row.case, reason="privacy")


EFFECTS: Final[dict[str, Callable[[Incident, Actor], Any]]] = {
    "unfounded": _show_again,
    "revise": _stay_hidden,
    "withdraw": _withdraw,
}


def _answer(row: Incident, event: str, actor: Actor) -> None:
    """Whoever doubted learns how it was decided, not what was noted."""
    for doubt in Doubt.objects.filter(incident=row, state="open").select_related("raiser"):
        transition(doubt, event, actor=actor, table=DOUBT, changes={"answered_by_id": actor.known_id})
        if doubt.raiser:
            notify(doubt.raiser, "doubt_answered", address=PAGE)
