"""State tables and the one way to change a state.

A workflow is one literal table (state, event) -> state. `transition()` locks the row, checks the table, and writes the
state, the audit row and the outbox row in one transaction. The row is the truth; messages are hints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from .actor import Actor
from .audit import record
from .errors import Conflict
from .models import Outbox

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class StateTable:
    """`steps` maps (state, event) to the next state; `emits` maps an event to the feed's operation."""

    name: str
    initial: str
    steps: Mapping[tuple[str, str], str]
    emits: Mapping[str, str]

    @property
    def states(self) -> list[str]:
        """Every state, in order of first mention."""
        seen = {self.initial: None}
        for (source, _), target in self.steps.items():
            seen.update({source: None, target: None})
        return list(seen)

    def next(self, state: str, event: str) -> str:
        """The state after `event`; Conflict when the table has no such cell."""
        try:
            return self.steps[state, event]
        except KeyError:
            raise Conflict("wrong_state", f"This {self.name} is {state}: it cannot be {event} now.") from None

    def events(self, state: str) -> list[str]:
        """What can happen in this state."""
        return [event for source, event in self.steps if source == state]


def choices(table: StateTable) -> list[tuple[str, str]]:
    """For a model field and its check constraint."""
    return [(state, state) for state in table.states]


def in_table(table: StateTable, field: str = "state") -> models.CheckConstraint:
    """The database refuses a state that the table does not know."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": table.states}), name=f"%(app_label)s_%(class)s_{field}_known"
    )


@transaction.atomic
def transition(
    row: M, event: str, *, actor: Actor, table: StateTable, reason: str = "", changes: Mapping[str, Any] | None = None
) -> M:
    """Move `row` along `table`; returns the locked, saved row. `changes` are set on it in the same write."""
    locked = type(row)._default_manager.select_for_update().get(pk=row.pk)
    before = locked.state  # type: ignore[attr-defined]
    after = table.next(before, event)
    fields = {"state": after, "state_since": timezone.now(), **(changes or {})}
    for name, value in fields.items():
        setattr(locked, name, value)
        setattr(row, name, value)
    locked.save(update_fields=list(fields))
    record(actor, event, locked, before=before, after=after, reason=reason)
    if operation := table.emits.get(event):
        emit(operation, locked)
    return locked


def emit(operation: str, row: models.Model) -> None:
    """Put a change into the outbox, inside the transaction of the act; of what another node tells, it is theirs to."""
    if getattr(row, "origin_id", None):
        return
    Outbox.objects.create(
        operation=operation,
        object_type=row._meta.model_name or "",
        object_id=row.pk,
        revision=getattr(row, "revision", 0),
    )
