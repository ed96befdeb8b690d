"""A page is taken: prove what it brings, purge what it takes back, move on; all of it or nothing.

Bytes are fetched, proven and put into the store before the transaction; rows and cursor are one transaction; bytes of
what is withdrawn go within it, so before the cursor passes. All may be repeated: what a dead process left is done anew.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from imagebank.catalog.models import Case, Clip
from imagebank.exchange.outgoing import Unreachable
from imagebank.exchange.wire import Head, Item, Page
from imagebank.review.withdrawal import withdraw_mirrored, withdraw_mirrored_clip

from . import placing
from .client import OriginClient
from .folding import Standing, fold
from .models import Followed, Following, Refusal
from .proving import Proven, proven
from .refusing import Refused
from .shaping import CaseSaid, case_said
from .staging import Staging

RETRIED: Final = 100
"""Of what waits, in one round."""
HIDDEN: Final = ("restricted", "frozen")
log = logging.getLogger("following")


class Busy(Exception):
    """Another process follows this node just now."""


@dataclass(slots=True)
class Result:
    """What a round did. `error` is a code; empty when all went well."""

    items: int = 0
    shown: int = 0
    purged: int = 0
    at_head: bool = False
    error: str = ""


@dataclass(slots=True)
class Ready:
    """A case that can be placed: what it says, and its clips whose objects are new."""

    said: CaseSaid
    clips: dict[str, Proven] = field(default_factory=dict)


def at_once(following: Following, items: Iterable[Item]) -> int:
    """What is taken back or hidden does not wait for the bytes of what comes before it; returns how much was purged.

    The cursor does not move: the same items come again with their page, and change nothing then.
    """
    items = _own(following, items)
    known, result = _known(following, items), Result()
    with transaction.atomic():
        row = Following.objects.select_for_update().get(pk=following.pk)
        for key, (now, item) in _changes(items, known).items():
            if now.held != "live":
                _apply(row, known.get(key), now, item, None, result)
        row.save(update_fields=["purged"])
    return result.purged


def take(following: Following, client: OriginClient, page: Page, head: Head) -> Result:
    """All of a page, whose items are the next ones; `head` is the last of them."""
    result = Result(items=len(page.items), at_head=head.seq == page.head.seq, purged=at_once(following, page.items))
    items, staging = _own(following, page.items), Staging(following.origin_id)
    known = _known(following, items)
    changes = _changes(items, known)
    ready = {key: _prepare(following, client, item) for key, (now, item) in changes.items() if _wanted(now, item)}
    with transaction.atomic():
        row = Following.objects.select_for_update().get(pk=following.pk)
        if row.seq != following.seq:
            raise Busy
        for key, (now, item) in changes.items():
            _apply(row, known.get(key), now, item, ready.get(key), result)
        for item in page.items:
            if not item.is_stub and item.origin != str(following.origin_id):
                refuse(row, item.seq, item.id, "origin", "")
        row.seq, row.digest, row.cursor, row.epoch = head.seq, head.digest, page.next, uuid.UUID(page.epoch)
        row.seen_seq, row.error = max(row.seen_seq, page.head.seq), ""
        row.synced_at = timezone.now() if result.at_head else row.synced_at
        row.save()
    staging.tidy()
    staging.drop({blob.sha256 for item in page.items for blob in item.blobs} - _awaited(following))
    following.refresh_from_db()
    return result


def _own(following: Following, items: Iterable[Item]) -> list[Item]:
    """Of the node that signs; it has no word about objects of others."""
    return [item for item in items if not item.is_stub and item.origin == str(following.origin_id)]


def _changes(items: Iterable[Item], known: Mapping[str, Followed]) -> dict[str, tuple[Standing, Item]]:
    return fold(items, {key: Standing(row.rev, row.said, row.held) for key, row in known.items()})


def _awaited(following: Following) -> set[str]:
    """Hashes of what waits: the part that has come is not fetched again."""
    items = following.followed.filter(made="waiting").values_list("item", flat=True)
    return {blob["sha256"] for item in items if item for blob in item["blobs"]}


def _known(following: Following, items: Iterable[Item]) -> dict[str, Followed]:
    return {str(row.object_id): row for row in following.followed.filter(object_id__in={item.id for item in items})}


def _wanted(now: Standing, item: Item) -> bool:
    return now.held == "live" and item.document is not None and item.type == "case"


def _prepare(following: Following, client: OriginClient, item: Item) -> Ready | Refused | None:
    """What can be placed; why not; nothing where it is filtered out."""
    try:
        said = case_said(item)
        placing.refuse_clashes(following.origin, said)
        if settings.REGION and said.rights.regions and settings.REGION not in said.rights.regions:
            raise Refused("rights", "regions")
        if not _chosen(following, said):
            return None
        return Ready(said, _clips(following, client, item, said))
    except Refused as refusal:
        return refusal


def _chosen(following: Following, said: CaseSaid) -> bool:
    """By the licences, indications and languages that the operator named; a case without words speaks all of them."""
    spoken = {*said.title, *said.vignette}
    return (
        (not following.licences or said.rights.licence in following.licences)
        and (not following.indications or said.indication in following.indications)
        and (not following.languages or not spoken or bool(spoken & set(following.languages)))
    )


def _clips(following: Following, client: OriginClient, item: Item, said: CaseSaid) -> dict[str, Proven]:
    """The clips whose object is not here yet, proven. Refused where one is missing or does not hold."""
    objects = {blob.clip: blob for blob in item.blobs if blob.role == "dicom"}
    if set(objects) != {str(clip.id) for clip in said.clips}:
        raise Refused("shape", "blobs")
    held = Clip.objects.filter(pk__in=objects, renditions__role="dicom").values_list("pk", "renditions__sha256")
    here = {str(pk): sha256 for pk, sha256 in held}
    new = {clip: blob for clip, blob in objects.items() if here.get(clip) != blob.sha256}
    staging = Staging(following.origin_id)
    paths = {clip: staging.obtained(client, blob) for clip, blob in new.items()}
    return {clip: proven(staging, uuid.UUID(clip), new[clip].sha256, path) for clip, path in paths.items()}


def _apply(
    following: Following, row: Followed | None, now: Standing, item: Item, ready: Ready | Refused | None, result: Result
) -> None:
    """Make it so, and note what was made of it."""
    made, kept = "", None
    if now.held == "withdrawn":
        result.purged += _purge(following, item)
    elif now.held in HIDDEN:
        _hide(following, item.id)
        if now.held == "frozen":
            refuse(following, item.seq, item.id, "frozen", "")
    elif isinstance(ready, Ready):
        made, kept = _place(following, item, ready)
        result.shown += made == "shown"
    elif isinstance(ready, Refused):
        made, kept = _not_taken(following, item, ready)
    elif _wanted(now, item):
        made = "filtered"
        _hide(following, item.id)
    fields = {"object_type": item.type[:40], "rev": now.rev, "said": now.said, "held": now.held, "seq": item.seq}
    Followed.objects.update_or_create(
        following=following, object_id=item.id, defaults={**fields, "made": made, "item": kept}
    )


def _place(following: Following, item: Item, ready: Ready) -> tuple[str, dict[str, Any] | None]:
    try:
        with transaction.atomic():
            placing.place(following.origin, ready.said, ready.clips, hidden=following.stale)
            connection.check_constraints()
    except Refused as refusal:
        return _not_taken(following, item, refusal)
    except IntegrityError:
        return _not_taken(following, item, Refused("shape", "rules"))
    for name in ready.said.left_out:
        refuse(following, item.seq, item.id, "unknown_key", name)
    return "shown", None


def _not_taken(following: Following, item: Item, refusal: Refused) -> tuple[str, dict[str, Any] | None]:
    """An earlier revision that is shown is overtaken all the same."""
    refuse(following, item.seq, item.id, refusal.code, refusal.where)
    _hide(following, item.id)
    return ("waiting", item.told()) if refusal.waits else ("refused", None)


def _mine(following: Following, object_id: str) -> Case | None:
    """A case of that node; what another one says of our own moves nothing."""
    return Case.objects.filter(pk=object_id, origin=following.origin).exclude(state="withdrawn").first()


def _hide(following: Following, object_id: str) -> None:
    if case := _mine(following, object_id):
        placing.withhold(case)


def _purge(following: Following, item: Item) -> int:
    """Bytes and rows go; what was never here leaves its number, so that it cannot come later."""
    theirs = ~Q(origin=following.origin_id)
    if Case.objects.filter(theirs, pk=item.id).exists() or Clip.objects.filter(theirs, pk=item.id).exists():
        refuse(following, item.seq, item.id, "clash", "withdraw")
        return 0
    if case := _mine(following, item.id):
        withdraw_mirrored(case, item.reason)
    elif clip := Clip.objects.filter(pk=item.id).exclude(state="withdrawn").first():
        withdraw_mirrored_clip(clip, item.reason)
    following.purged = list(dict.fromkeys([*following.purged, uuid.UUID(item.id)]))
    return 1


# --- what waits


def retry(following: Following, client: OriginClient) -> int:
    """Cases that waited for a word or for their bytes; returns how many are shown now."""
    shown, staging = 0, Staging(following.origin_id)
    for row in following.followed.filter(made="waiting").order_by("?")[:RETRIED]:
        item = Item.of(row.item)
        try:
            ready = _prepare(following, client, item)
        except Unreachable:
            break
        if isinstance(ready, Refused) and ready.waits:
            continue
        now = Standing(row.rev, row.said, row.held)
        with transaction.atomic():
            result = Result()
            _apply(following, row, now, item, ready, result)
        shown += result.shown
        staging.tidy()
    if not following.followed.filter(made="waiting").exists():
        staging.empty()
    return shown


def drop_untold(following: Following) -> int:
    """After a beginning anew: what the feed has not told of up to its head is there no more. Returns how many."""
    left = list(following.followed.filter(rev=0).exclude(held="withdrawn"))
    for row in left:
        with transaction.atomic():
            if case := _mine(following, str(row.object_id)):
                withdraw_mirrored(case, "other")
            row.held = "withdrawn"
            row.save(update_fields=["held"])
    return len(left)


# --- pieces


def refuse(following: Following, seq: int, object_id: str | None, code: str, where: str) -> None:
    log.warning("something of a followed node was refused: `mirror status` says what")
    Refusal.objects.get_or_create(following=following, seq=seq, object_id=object_id, code=code, where=where)
