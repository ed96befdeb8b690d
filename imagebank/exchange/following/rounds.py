"""One round after the other: ask for the next page, see that it is signed and goes on from here, have it taken."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from imagebank.exchange.outgoing import Unreachable
from imagebank.exchange.wire import Head, Page, WireFault, follow, trusted_keys

from . import bootstrap, receipts, stale
from .client import EpochChanged, OriginClient
from .models import Following
from .staging import Staging
from .taking import Busy, Result, at_once, drop_untold, refuse, retry, take

LIMIT_AHEAD: Final = 500
LIMIT: Final = 100
"""Items of a page: what a crash may make us prove again."""
FAULTS: Final = {"key": "signature", "signature": "signature", "epoch": "epoch", "head": "head"}
"""Fault of the wire -> code of the refusal; any other is a fault of the chain."""


@dataclass(slots=True)
class Ahead:
    """How far a catching up has looked for what is taken back."""

    cursor: str
    head: Head


def catch_up(following: Following, *, wait: int = 0) -> Result:
    """Page after page until the head; the first one may wait for news so many seconds. Busy where another runs."""
    total = Result()
    with _alone(following):
        Staging(following.origin_id).tidy()
        following.refresh_from_db()
        ahead = Ahead(following.cursor, Head(following.seq, following.digest))
        while not total.error:
            done = _round(following, 0 if total.items else wait, ahead)
            following.refresh_from_db()
            total.items, total.shown = total.items + done.items, total.shown + done.shown
            total.purged, total.error, total.at_head = total.purged + done.purged, done.error, done.at_head
            if done.at_head or following.stopped:
                break
        if total.at_head:
            total.shown += retry(following, client_of(following))
            total.purged += drop_untold(following)
            stale.settle(following)
    return total


def _round(following: Following, wait: int, ahead: Ahead) -> Result:
    if following.stopped:
        return Result(error=following.stopped)
    client = client_of(following)
    try:
        keys, there = _card(following, client)
        if there >= settings.MIRROR_SNAPSHOT_FROM and (begun := bootstrap.begin(following, client, keys)):
            return begun
        page = Page.of(client.page(following.cursor, limit=LIMIT, wait=wait), keys)
        head = _checked(following, page, Head(following.seq, following.digest))
        if head.seq < page.head.seq:
            _look_ahead(following, client, keys, ahead)
        result = take(following, client, page, head)
        receipts.give(following, client)
    except EpochChanged:
        return _failed(following, "epoch", stop=True)
    except WireFault as fault:
        code = FAULTS.get(fault.code, "chain")
        refuse(following, following.seq, None, code, fault.code)
        return _failed(following, code, stop=code == "epoch")
    except Unreachable as problem:
        return _failed(following, problem.code)
    return result


def _look_ahead(following: Following, client: OriginClient, keys: dict[str, bytes], ahead: Ahead) -> None:
    """Where much is to come: what is taken back further on goes now. Each page is looked at once."""
    if ahead.head.seq < following.seq:
        ahead.cursor, ahead.head = following.cursor, Head(following.seq, following.digest)
    while True:
        page = Page.of(client.page(ahead.cursor, limit=LIMIT_AHEAD), keys)
        ahead.head = _checked(following, page, ahead.head)
        ahead.cursor = page.next
        at_once(following, page.items)
        if ahead.head.seq == page.head.seq:
            return


def import_from(following: Following, client: OriginClient) -> Result | None:
    """A first sync from a disk; nothing where the node is followed already or the folder does not hold."""
    with _alone(following):
        Staging(following.origin_id).tidy()
        keys, _ = _card(following, client)
        return bootstrap.begin(following, client, keys)


def client_of(following: Following) -> OriginClient:
    token = Path(following.token_file).read_text().strip()
    return OriginClient(following.origin.address.rstrip("/"), token)


# --- is it what the node has signed, and does it go on from where we are?


def _card(following: Following, client: OriginClient) -> tuple[dict[str, bytes], int]:
    """The keys that are trusted by now (the pinned one, those that a trusted one endorsed); how long the feed is.

    The card is not signed: its length only decides how a first sync begins.
    """
    card = client.card()
    if not isinstance(card, dict) or card.get("id") != str(following.origin_id):
        raise WireFault("node")
    held = {name: base64.b64decode(text) for name, text in following.keys.items()}
    keys = trusted_keys(str(following.origin_id), card.get("keys"), held or following.origin.fingerprint)
    told = {name: base64.b64encode(public).decode() for name, public in keys.items()}
    if told != following.keys:
        Following.objects.filter(pk=following.pk).update(keys=told)
        following.keys = told
    return keys, Head.of(card.get("head")).seq


def _checked(following: Following, page: Page, here: Head) -> Head:
    """The head after the page, which follows `here`.

    WireFault for another node's page, an old one, or one that leaves something out.
    """
    if page.node != str(following.origin_id):
        raise WireFault("node")
    if following.epoch and page.epoch != str(following.epoch):
        raise WireFault("epoch")
    head = follow(page.items, here)
    if page.head.seq < max(head.seq, following.seen_seq):
        raise WireFault("head", "went back")
    if page.head.seq == head.seq and page.head.digest != head.digest:
        raise WireFault("head", "another digest")
    if not page.items and page.head.seq > head.seq:
        raise WireFault("dense", "nothing told of what is there")
    return head


# --- pieces


def _failed(following: Following, code: str, *, stop: bool = False) -> Result:
    Following.objects.filter(pk=following.pk).update(error=code[:40], **({"stopped": code[:20]} if stop else {}))
    return Result(error=code)


@contextmanager
def _alone(following: Following) -> Iterator[None]:
    """One process follows a node at a time; a dead one's lock goes with its connection."""
    key = following.origin_id.int >> 65
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            raise Busy
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
