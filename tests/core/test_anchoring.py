"""Tampering with any row of the audit trail is found."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from imagebank.core.actor import SYSTEM
from imagebank.core.anchoring import GENESIS, Fault, anchor_today, anchors, faults
from imagebank.core.audit import digest, record
from imagebank.core.keys import folder
from imagebank.core.models import AuditEvent, AuditLink, Node
from imagebank.exchange import sequencer

COUNT = 12
OTHER = UUID("00000000-0000-4000-8000-000000000000")


@pytest.fixture
def trail(bank_db: None) -> Iterator[list[AuditLink]]:
    """Some acts, chained and anchored."""
    for _ in range(COUNT):
        record(SYSTEM, "update", Node.current())
    sequencer.run()
    anchor_today()
    yield list(AuditLink.objects.order_by("seq"))
    for path in folder("anchors").iterdir():
        path.unlink()


@contextlib.contextmanager
def as_master_of_the_database() -> Iterator[None]:
    """No trigger sees what is written here, as of somebody who has the whole database in hand."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("core_auditevent", "core_auditlink"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("core_auditevent", "core_auditlink"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_a_trail_that_nobody_touched_is_whole(trail: list[AuditLink]) -> None:
    assert list(faults()) == []
    assert [(anchor.seq, anchor.digest) for anchor in anchors()] == [(COUNT, trail[-1].digest)]


CHANGED: dict[str, Any] = {
    "recorded_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC), "action": "D", "event": "publish", "object_type": "case",
    "object_id": OTHER, "state_before": "draft", "state_after": "published", "actor_id": OTHER,
    "actor_roles": ["admin"], "institution_id": OTHER, "via": "token", "reason": "error", "commitment": "x",
}  # fmt: skip


@pytest.mark.parametrize("field", CHANGED)
def test_any_changed_field_is_found(trail: list[AuditLink], field: str) -> None:
    link = trail[4]
    with as_master_of_the_database():
        AuditEvent.objects.filter(pk=link.event_id).update(**{field: CHANGED[field]})
    assert list(faults()) == [Fault("changed", link.seq)]


def test_another_act_in_its_place_is_found(trail: list[AuditLink]) -> None:
    link = trail[4]
    with as_master_of_the_database():
        AuditEvent.objects.filter(pk=link.event_id).update(id=OTHER)
        AuditLink.objects.filter(seq=link.seq).update(event=OTHER)
    assert list(faults()) == [Fault("changed", link.seq)]


def test_every_field_of_an_act_is_tried_above() -> None:
    assert {one.attname for one in AuditEvent._meta.concrete_fields} == {"id", *CHANGED}


def test_a_removed_act_is_found(trail: list[AuditLink]) -> None:
    with as_master_of_the_database():
        AuditLink.objects.filter(seq=5).delete()
        AuditEvent.objects.filter(pk=trail[4].event_id).delete()
    assert list(faults()) == [Fault("gap", 5)]


def test_removing_the_newest_acts_is_found_by_the_anchor(trail: list[AuditLink]) -> None:
    with as_master_of_the_database():
        AuditLink.objects.filter(seq__gt=COUNT - 2).delete()
        AuditEvent.objects.filter(pk__in=[link.event_id for link in trail[-2:]]).delete()
    assert [(fault.code, fault.seq) for fault in faults()] == [("anchor", COUNT)]


def test_a_trail_chained_anew_is_found_by_the_anchor(trail: list[AuditLink]) -> None:
    with as_master_of_the_database():
        AuditEvent.objects.filter(pk=trail[2].event_id).update(reason="other")
        previous = GENESIS
        for link in AuditLink.objects.select_related("event").order_by("seq"):
            previous = digest(previous, link.event)
            AuditLink.objects.filter(seq=link.seq).update(digest=previous)
    assert list(faults()) == [Fault("anchor", COUNT, timezone.now().date())]


def test_an_act_outside_of_the_chain_is_found(trail: list[AuditLink]) -> None:
    late = record(SYSTEM, "update", Node.current())
    assert list(faults()) == []
    with as_master_of_the_database():
        AuditEvent.objects.filter(pk=late.pk).update(recorded_at=timezone.now() - dt.timedelta(hours=1))
    assert list(faults()) == [Fault("unlinked")]


def test_the_command_says_where_and_ends_with_1(trail: list[AuditLink]) -> None:
    out = StringIO()
    call_command("check_bank", stdout=out)
    assert out.getvalue() == "audit trail: 0 faults; 1 anchors\n"
    with as_master_of_the_database():
        AuditEvent.objects.filter(pk=trail[0].event_id).update(via="token")
    with pytest.raises(SystemExit, match="1"):
        call_command("check_bank", stdout=out)
    assert "the act with the link 1 is not the one that was chained" in out.getvalue()


def test_the_days_anchor_is_never_overwritten(trail: list[AuditLink]) -> None:
    record(SYSTEM, "update", Node.current())
    sequencer.run()
    assert anchor_today() == anchors()[0]
    assert anchors()[0].seq == COUNT
