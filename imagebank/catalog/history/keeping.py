"""Writing the history: by whoever changes a case, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.utils import timezone

from imagebank.catalog import projection
from imagebank.catalog.models import Case, PublicCase, Revision
from imagebank.catalog.states import CASE
from imagebank.core.actor import Actor
from imagebank.core.states import transition

from .facts import TEXTS, Change, Facts, differences, facts_of, for_readers, joined

SILENT: Final = frozenset({"claim", "release"})
"""Steps that change nothing of the case."""
EDITORIAL: Final = frozenset(
    {"accept", "changes", "refuse", "schedule", "publish", "republish", "restore", "resume", "suspend"}
)
AT_HOME: Final = ("service", "contributor", "steward")
OF_NODE: Final = ("curator", "reviewer", "privacy_officer")
SAVING: Final = ("create", "change")
TYPED: Final = ("change", "revise", "suspend")
"""Events whose reason may be a text, which goes with a withdrawn case; of the others it is a code."""


@contextmanager
def keep(case: Case, actor: Actor, event: str, reason: str = "", *, new: bool = False) -> Iterator[None]:
    """Write down what the block changed. Nothing is written when nothing did."""
    before = {} if new else _facts(case)
    yield
    changes = differences(before, _facts(case))
    if changes or new:
        _write(case, actor, event, reason, changes)


def move(
    case: Case,
    event: str,
    *,
    actor: Actor,
    reason: str = "",
    words: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Case:
    """A transition of the case, written into its history; the trail gets the code `reason`, never the `words`."""
    row = transition(case, event, actor=actor, table=CASE, reason=reason, changes=changes)
    if event not in SILENT:
        _write(row, actor, event, words or reason, [])
    return row


def told_now(case: Case) -> Facts | None:
    """What readers are told of the case; None while it is not public."""
    document = PublicCase.objects.filter(case=case).values_list("document", flat=True).first()
    return facts_of(document) if document else None


def tell(case: Case, before: Facts | None) -> None:
    """Readers learn of the newest revision, as far as it changed what they are told; `before` is from `told_now`."""
    newest = case.history.order_by("number").last()
    after = told_now(case)
    assert newest is not None
    assert after is not None
    newest.told = [] if before is None else for_readers(differences(before, after))
    newest.revision = case.revision
    newest.save(update_fields=["told", "revision"])
    _forget_clips(case, _clips(before or {}) - _clips(after))


def wipe(case: Case) -> None:
    """Typed text goes with a withdrawn case."""
    for row in case.history.all():
        row.changes, row.told = [_without_text(change) for change in row.changes], None
        row.reason = "" if row.event in TYPED else row.reason
        row.save(update_fields=["changes", "told", "reason"])


# --- pieces


def _write(case: Case, actor: Actor, event: str, reason: str, changes: list[Change]) -> None:
    """A saving that follows another of the same role, day and reason joins it: a draft is saved at every answer."""
    role, newest = _role(actor, case, event), case.history.order_by("number").last()
    if newest and event == "change" and _goes_on(newest, role, reason):
        newest.changes = joined(newest.changes, changes)
        newest.save(update_fields=["changes"])
        return
    number = newest.number + 1 if newest else 1
    Revision.objects.create(
        case=case, number=number, revision=case.revision, event=event, role=role, reason=reason, changes=changes
    )


def _goes_on(newest: Revision, role: str, reason: str) -> bool:
    same = (newest.role, newest.reason, newest.on) == (role, reason, timezone.now().date())
    return same and newest.event in SAVING


def _role(actor: Actor, case: Case, event: str) -> str:
    """In which of the actor's roles it was done."""
    held = actor.memberships.get(case.institution_id, frozenset()) | actor.roles
    order = (*OF_NODE, *AT_HOME) if event in EDITORIAL else (*AT_HOME, *OF_NODE)
    return next((role for role in order if role in held), "system")


def _facts(case: Case) -> Facts:
    row = Case.objects.select_related("institution", "rights").get(pk=case.pk)
    return facts_of(projection.draft_document(row))


def _clips(facts: Facts) -> set[str]:
    return {clip for what, _, clip in facts if what == "clip"}


def _forget_clips(case: Case, gone: set[str]) -> None:
    """Of clips that readers do not see any more, what they were told before is taken back."""
    for row in case.history.filter(told__isnull=False) if gone else ():
        row.told = [change for change in row.told or () if change["clip"] not in gone]
        row.save(update_fields=["told"])


def _without_text(change: Change) -> Change:
    return {**change, "before": None, "after": None} if change["what"] in (*TEXTS, "credit") else change
