"""The search's index in several processes: what each takes in and when, and the snapshot they begin with."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings

from deploy.benchmarks.made_cases import make_cases
from imagebank.catalog.models import PublicCase, SearchChange
from imagebank.catalog.search.index import current, snapshot, upkeep
from tests.catalog.asking import ask, known
from tests.serving import web_server


@pytest.fixture
def committed(bank_db: None) -> Iterator[list[PublicCase]]:
    """A bank that other processes see."""
    snapshot.path().unlink(missing_ok=True)
    yield make_cases(60)
    snapshot.path().unlink(missing_ok=True)
    current.forget()


def test_transactions_that_commit_in_another_order_are_all_seen(committed):
    with psycopg.connect(settings.CLUSTER.dsn("owner", settings.TEST_DATABASE)) as slow:
        slow.execute("UPDATE catalog_publiccase SET hidden = true WHERE id = %s", [committed[0].pk])
        assert ask().count == 60
        PublicCase.objects.filter(pk=committed[1].pk).update(hidden=True)
        assert ask().count == 59
        slow.commit()
    assert ask().count == 58


def test_every_process_knows_what_was_published_and_withdrawn(committed):
    """Two web processes; each is asked before and after."""
    row = committed[0]
    with web_server() as one, web_server() as two:
        assert [count(port) for port in (one, two)] == [60, 60]
        PublicCase.objects.filter(pk=row.pk).update(hidden=True)
        assert [count(port) for port in (one, two)] == [59, 59]
        PublicCase.objects.filter(pk=row.pk).update(hidden=False)
        assert [count(port) for port in (two, one)] == [60, 60]
        row.delete()
        assert [count(port) for port in (one, two)] == [59, 59]


def count(port: int) -> int:
    address = f"http://127.0.0.1:{port}/api/v1/cases/?limit=100"
    with urllib.request.urlopen(address, timeout=20) as answer:
        told = json.load(answer)
    assert len(told["results"]) <= told["count"]
    return told["count"]


def test_an_emptied_table_is_noticed(committed):
    assert ask().count == 60
    with psycopg.connect(settings.CLUSTER.dsn("owner", settings.TEST_DATABASE)) as other:
        other.execute("TRUNCATE catalog_publiccase CASCADE")
    assert ask().count == 0


def test_a_snapshot_says_the_same_and_what_came_since_is_added(committed, monkeypatch):
    expected = known(current.generation())
    upkeep.write()
    monkeypatch.setattr("imagebank.catalog.search.index.current.built", lambda: pytest.fail("read from the database"))
    current.forget()
    assert known(current.generation()) == expected
    PublicCase.objects.filter(pk=committed[0].pk).update(hidden=True)
    current.forget()
    assert ask().count == 59


@pytest.mark.parametrize("harm", ["flipped", "cut", "empty", "text", "other database", "old"])
def test_a_snapshot_that_cannot_be_believed_is_not_used(committed, harm, monkeypatch):
    upkeep.write()
    spoil(harm, monkeypatch)
    assert snapshot.read() is None
    current.forget()
    assert ask().count == 60
    monkeypatch.undo()
    snapshot.path().unlink(missing_ok=True)
    upkeep.write()
    assert snapshot.read() is not None


def spoil(harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = snapshot.path()
    whole = bytearray(path.read_bytes())
    if harm == "old":
        monkeypatch.setattr(snapshot, "OLDEST", -1)
    elif harm == "other database":
        monkeypatch.setattr(snapshot, "_database", lambda: ["another", 1])
    else:
        whole[len(whole) * 2 // 3] ^= 1
        kept = {"flipped": bytes(whole), "cut": bytes(whole[: len(whole) // 2]), "empty": b"", "text": b"hello\nyou"}
        path.write_bytes(kept[harm])


def test_a_snapshot_is_for_the_service_alone(committed):
    upkeep.write()
    assert snapshot.path().stat().st_mode & 0o777 == 0o600


def test_a_worker_writes_a_snapshot_of_a_large_bank_and_again_after_many_changes(committed, monkeypatch):
    upkeep.run()
    assert not snapshot.path().exists()
    monkeypatch.setattr(current, "SMALL", 50)
    upkeep.run()
    written = snapshot.path().stat().st_mtime_ns
    upkeep.run()
    assert snapshot.path().stat().st_mtime_ns == written
    monkeypatch.setattr(upkeep, "CHANGED", 5)
    PublicCase.objects.filter(pk__in=[row.pk for row in committed[:6]]).update(hidden=True)
    upkeep.run()
    assert snapshot.path().stat().st_mtime_ns > written


def test_a_process_goes_on_with_a_newer_snapshot_when_much_has_changed(committed, monkeypatch):
    monkeypatch.setattr(current, "LOOSE", 10)
    current.generation()
    PublicCase.objects.filter(pk__in=[row.pk for row in committed[:30]]).update(quality=1)
    upkeep.write()
    PublicCase.objects.filter(pk=committed[40].pk).update(hidden=True)
    found = current.generation()
    assert not found.base.pk.flags.writeable, "mapped from the file"
    assert len(found.live) == 59


def test_old_entries_of_the_log_are_deleted(committed):
    ask()
    SearchChange.objects.update(at="2020-01-01T00:00Z")
    upkeep.run()
    assert not SearchChange.objects.exists()
    PublicCase.objects.filter(pk=committed[0].pk).update(hidden=True)
    assert ask().count == 59
