"""The change feed: `python -m deploy.benchmarks.feed [--cases N] [--changes N] [--writers N]` (sync.md, last table).

Writers race in processes of their own, the sequencer runs in another, a reader polls the REST interface all the while
and holds every page to the wire. At the end it must have each object at the revision that its writers brought it to.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import io
import json
import logging
import multiprocessing
import random
import tarfile
import time
import uuid
from collections import Counter
from statistics import median
from typing import Any, Final

from deploy.benchmarks import ground  # first: it sets Django up

from django.db import connection, connections, transaction  # isort: skip
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from deploy.benchmarks.made_cases import make_cases
from deploy.benchmarks.measuring import percentile, say, timed
from imagebank.accounts.models import Agreement, ApiToken, Institution, User
from imagebank.accounts.services import hash_token
from imagebank.catalog.models import Case, Rights
from imagebank.core.models import Outbox
from imagebank.core.states import emit
from imagebank.exchange import packing, sequencer, wire

CHANGES: Final = "/api/v1/changes/"
TOKEN: Final = "ib_benchmark"  # noqa: S105
FORK: Final = multiprocessing.get_context("fork")
PAUSE: Final = 0.01


class Reader:
    """Follows the feed; `held` is {object: revision}."""

    def __init__(self) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {TOKEN}"})
        card = self.client.get("/api/v1/node/").json()
        self.keys = wire.trusted_keys(card["id"], card["keys"], card["keys"][0]["id"])
        self.cursor, self.head = "", wire.START
        self.held: dict[str, int] = {}
        self.items = self.bytes = self.requests = 0

    def poll(self, limit: int = 1_000) -> int:
        """One page; how many items it had."""
        answer = self.client.get(CHANGES, {"since": self.cursor, "limit": str(limit)})
        page = wire.Page.of(answer.json(), self.keys)
        self.head, self.cursor = wire.follow(page.items, self.head), page.next
        self.held |= {item.id: item.rev for item in page.items if not item.is_stub}
        self.items, self.bytes = self.items + len(page.items), self.bytes + len(answer.content)
        self.requests += 1
        return len(page.items)

    def catch_up(self) -> None:
        while self.poll():
            pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=100_000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--data", help="a folder for a bank that stays")
    said = parser.parse_args()
    logging.getLogger("request").setLevel(logging.WARNING)
    caches = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    with ground.bank(), override_settings(CACHES=caches, LIMITS=_limits(), ALLOWED_HOSTS=["*"]):
        _follower()
        ids = [row.case_id for row in make_cases(said.cases)]
        Rights.objects.update(uses=["teaching"])
        _first_sync(ids)
        _snapshot()
        _race(ids, said.changes, said.writers)


def _limits() -> Any:
    return dataclasses.replace(settings.LIMITS, reads_per_minute_token=10**9, reads_per_minute_address=10**9)


def _follower() -> None:
    """An account that may follow."""
    place = Institution.objects.create(slug=f"follower-{uuid.uuid4().hex[:8]}", name="Follower", country="DK")
    Agreement.objects.create(institution=place, version="1", signed_on=timezone.now().date())
    owner = User.objects.create_user(f"{place.slug}@bank.example", None, kind="service", institution=place)
    until = timezone.now() + dt.timedelta(days=1)
    ApiToken.objects.filter(digest=hash_token(TOKEN)).delete()
    ApiToken.objects.create(
        owner=owner, name="benchmark", digest=hash_token(TOKEN), scopes=["mirror"], expires_at=until
    )


def _first_sync(ids: list[uuid.UUID]) -> None:
    Outbox.objects.bulk_create([Outbox(operation="put", object_type="case", object_id=pk) for pk in ids])
    connection.ensure_connection()
    begun = time.perf_counter()
    used, _ = timed(_number_all)
    took = time.perf_counter() - begun
    told = f"{len(ids) / took:,.0f} a second, {used / len(ids):.2f} CPU-ms each"
    say(f"numbering and freezing {len(ids):,} cases", told, "about 1,000")
    reader, begun = Reader(), time.perf_counter()
    reader.catch_up()
    took = time.perf_counter() - begun
    assert len(reader.held) == len(ids), (len(reader.held), len(ids))
    told = f"{took:.1f} s, {reader.requests} requests, {reader.bytes / 1e6:.1f} MB"
    say(f"first sync of {len(ids):,} records, verified", told, "<= 300 s")
    answer = reader.client.get(CHANGES, {"since": reader.cursor})
    say("no change", f"1 request, {len(answer.content)} bytes", "<= 1 kB")
    again = reader.client.get(CHANGES, {"since": reader.cursor}, headers={"If-None-Match": answer["ETag"]})
    say("no change, asked with its ETag", f"{again.status_code}, {len(again.content)} bytes")


def _number_all() -> None:
    while sequencer.run():
        pass


def _snapshot() -> None:
    """Packs of metadata: these cases have no pictures."""
    reader = Reader()
    reader.client.get("/api/v1/changes/snapshot/")
    begun = time.perf_counter()
    while packing.make_next():
        pass
    say("packs made by a worker", f"{time.perf_counter() - begun:.1f} s")
    begun, items, size = time.perf_counter(), 0, 0
    told = wire.Snapshot.of(reader.client.get("/api/v1/changes/snapshot/").json(), reader.keys)
    for pack in told.packs:
        data = reader.client.get(f"/api/v1/changes/packs/{pack.sha256}").getvalue()
        assert wire.sha256(data) == pack.sha256
        items, size = items + len(_items(data)), size + len(data)
    took = time.perf_counter() - begun
    say("bootstrap by packs, every item verified", f"{items / took:,.0f} items/s", ">= 1,000")
    say("the same", f"{size / took / 1e6:.1f} MB/s")


def _items(data: bytes) -> list[wire.Item]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        handle = tar.extractfile("items.ndjson")
        assert handle is not None
        return [wire.Item.of(json.loads(line)) for line in handle]


# --- the race


def _race(ids: list[uuid.UUID], changes: int, writers: int) -> None:
    connections.close_all()
    ready: Any = FORK.Queue()
    stop = FORK.Event()
    share = changes // writers
    processes = [FORK.Process(target=_write, args=(ids, share, seed, ready)) for seed in range(writers)]
    lags: Any = FORK.Queue()
    numbering = FORK.Process(target=_number, args=(stop, lags))
    reader = Reader()
    reader.catch_up()
    before, start = reader.items, dict(reader.held)
    connections.close_all()
    begun = time.perf_counter()
    for process in (*processes, numbering):
        process.start()
    written: Counter[str] = Counter()
    waiting, deltas = writers, []
    while waiting or reader.items - before < sum(written.values()):
        asked = time.perf_counter()
        if not reader.poll():
            time.sleep(PAUSE)
        deltas.append(time.perf_counter() - asked)
        while not ready.empty():
            written.update(ready.get())
            waiting -= 1
            if not waiting:
                say(
                    f"{writers} writers, {changes:,} changes",
                    f"{changes / (time.perf_counter() - begun):,.0f} a second",
                )
    took = time.perf_counter() - begun
    stop.set()
    told = sorted(lags.get())
    for process in (*processes, numbering):
        process.join()
    _judge(reader, start, written)
    say("read by the poller", f"{(reader.items - before) / took:,.0f} a second", "about 1,000")
    say("from written to numbered, middle", f"{median(told) * 1e3:.0f} ms", "14-20 ms")
    say("from written to numbered, 99 of 100", f"{percentile(told, 0.99) * 1e3:.0f} ms")
    say(
        "a poll, page and checks, middle and 99 of 100",
        f"{median(deltas):.2f} s, {percentile(sorted(deltas), 0.99):.2f} s",
    )


def _judge(reader: Reader, start: dict[str, int], written: Counter[str]) -> None:
    """Every object stands where its writers brought it: none of their changes is missing, and none is there twice."""
    wrong = [pk for pk, count in written.items() if reader.held[pk] != start[pk] + count]
    say("lost or doubled for the reader", str(len(wrong)), "0")
    assert not wrong, wrong[:5]


def _write(ids: list[uuid.UUID], count: int, seed: int, ready: Any) -> None:
    """Revises cases at random; some transactions take longer, so that ids do not come in the order of the commits."""
    chance, done = random.Random(seed), Counter[str]()  # noqa: S311
    for _ in range(count):
        pk = chance.choice(ids)
        with transaction.atomic():
            emit("revise", Case(pk=pk))
            if chance.random() < 0.02:
                time.sleep(chance.random() * 0.05)
        done[str(pk)] += 1
    connection.close()
    ready.put(done)


def _number(stop: Any, lags: Any) -> None:
    """The sequencer, again and again."""
    told: list[float] = []
    while not stop.is_set():
        waiting = list(Outbox.objects.order_by("id").values_list("written_at", flat=True)[:1_000])
        if not sequencer.run():
            time.sleep(PAUSE)
        now = timezone.now()
        told += [(now - moment).total_seconds() for moment in waiting]
    connection.close()
    lags.put(told[:: max(1, len(told) // 10_000)])


if __name__ == "__main__":
    main()
