"""The feed as one follower gets it: pages, cursors, what is withheld.

A cursor names epoch and number and carries a short keyed digest, so that nobody makes one up. What a restored backup
has forgotten is found by it: another epoch, or a number past the head, is a conflict and never silence.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import uuid
from typing import Final

from django.utils import timezone

from imagebank.core.errors import BankError, Conflict
from imagebank.core.keys import derive_of_node
from imagebank.core.models import Node

from .followers import ever, now, subject_for
from .freezing import visible
from .models import Change, Mirror
from .node_keys import head, sign_as_node
from .numbering import item_of, stub_of
from .rights import allows, reaches
from .wire import JSON, Item, Page

DEFAULT: Final = 500
MOST: Final = 1_000
MARK: Final = 12
"""Bytes of a cursor's keyed digest."""


class BadCursor(BankError):
    """Nobody was given this one."""

    status = 400
    code = "feed_cursor"
    title = "This is not a cursor of the change feed."


def page(mirror: Mirror, since: int, limit: int) -> JSON:
    """The signed page of what comes after number `since`."""
    node = Node.current()
    changes = list(Change.objects.filter(seq__gt=since).order_by("seq")[:limit])
    last = changes[-1].seq if changes else since
    items = tuple(items_for(mirror, changes, str(node.pk)))
    told = Page(str(node.pk), str(node.epoch), items, head(), write_cursor(node.epoch, last))
    return sign_as_node("page", told.told())


def items_for(mirror: Mirror, changes: list[Change], node: str) -> list[Item]:
    """Each change as this follower gets it: whole, or its commitment alone."""
    seen = visible(change.object_id for change in changes if change.document is not None)
    return [_item(mirror, change, node, seen) for change in changes]


def _item(mirror: Mirror, change: Change, node: str, seen: set[uuid.UUID]) -> Item:
    if not _may_have(mirror, change):
        return stub_of(change, "withheld")
    if change.superseded or (change.operation in ("put", "revise") and change.object_id not in seen):
        return stub_of(change, "superseded")  # what was hidden a moment ago is told by an item to come
    return item_of(change, node, subject_for(mirror, change.subject))


def _may_have(mirror: Mirror, change: Change) -> bool:
    """What goes is told to everybody whom it may have reached."""
    if change.operation in ("put", "revise"):
        return allows(change.rights, now(mirror), timezone.now().date())
    return any(reaches(rights, who) for rights in change.reach for who in ever(mirror))


# --- cursors


def write_cursor(epoch: uuid.UUID, seq: int) -> str:
    """Opaque to whoever gets it."""
    said = json.dumps({"e": epoch.hex, "s": seq}).encode()
    return base64.urlsafe_b64encode(_mark(said) + said).decode().rstrip("=")


def read_cursor(text: str) -> int:
    """The number after which to go on, 0 for none. BadCursor, or Conflict when this node is not as it was."""
    if not text:
        return 0
    node, epoch, seq = Node.current(), *_said(text)
    last = head()
    if epoch != node.epoch or seq > last.seq:
        told = {"epoch": str(node.epoch), "head": last.told()}
        raise Conflict("epoch_changed", errors=told)
    return seq


def _said(text: str) -> tuple[uuid.UUID, int]:
    try:
        raw = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise BadCursor() from None
    mark, said = raw[:MARK], raw[MARK:]
    if not hmac.compare_digest(mark, _mark(said)):
        raise BadCursor()
    told = json.loads(said)
    return uuid.UUID(told["e"]), told["s"]


def _mark(said: bytes) -> bytes:
    return hmac.new(derive_of_node("feed-cursor"), said, hashlib.sha256).digest()[:MARK]
