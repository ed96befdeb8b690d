"""Every cell of every state table: what may happen does, all else is refused."""

from __future__ import annotations

import itertools

import pytest

from imagebank.catalog.states import CASE, CLIP
from imagebank.core.errors import Conflict
from imagebank.core.states import StateTable
from imagebank.intake.states import CLOCKS, ENDED, MAY_COME_AGAIN, ORIGINAL

TABLES = [ORIGINAL, CLIP, CASE]


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_each_cell(table: StateTable) -> None:
    events = {event for _, event in table.steps}
    for state, event in itertools.product(table.states, events):
        if (state, event) in table.steps:
            assert table.next(state, event) in table.states
        else:
            with pytest.raises(Conflict):
                table.next(state, event)


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_state_can_be_reached(table: StateTable) -> None:
    reached, grown = {table.initial}, True
    while grown:
        more = {target for (source, _), target in table.steps.items() if source in reached} - reached
        reached |= more
        grown = bool(more)
    assert reached == set(table.states)


def test_terminal_states_have_no_way_out() -> None:
    assert not CASE.events("withdrawn")
    assert not CLIP.events("withdrawn")
    assert not any(ORIGINAL.events(state) for state in ENDED)


def test_each_waiting_state_has_a_clock() -> None:
    for state in CLOCKS:
        assert ORIGINAL.next(state, "expire") == "expired"
    assert set(MAY_COME_AGAIN) <= set(ORIGINAL.states)
