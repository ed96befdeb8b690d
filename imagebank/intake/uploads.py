"""Resumable uploads: made, carried on, ended, and turned into an original once every byte is there."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from imagebank.core import stores
from imagebank.core.actor import SYSTEM, Actor
from imagebank.core.audit import record
from imagebank.core.errors import BankError, Conflict, Denied, Missing, TooMuch

from .arriving import Arrival, Busy, arrival, make_file, settle_file
from .models import Deposit, Original, Upload
from .room import last_position, require_room
from .services import deposit_institution, hint
from .states import ARRIVED, UPLOAD_LIFE

ALGORITHMS: Final = ("sha1", "sha256")


class Corrupt(BankError):
    """tus 1.0, checksum: what came is not what was sent; it is thrown away."""

    status = 460
    code = "upload_checksum"
    title = "The bytes that came are not those that were sent: send them again from the same offset."


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the client says of the bytes of one request."""

    algorithm: str
    digest: bytes


def create(*, actor: Actor, deposit: Deposit, length: int) -> Upload:
    """A place for a file of `length` bytes in one's own deposit. TooMuch beyond a limit."""
    _require_own(actor, deposit)
    if length > settings.LIMITS.file_bytes:
        raise TooMuch("limit_bytes")
    require_room(deposit.institution, actor, length)
    upload_id = uuid.uuid4()
    stored = make_file(upload_id, length)
    try:
        upload = _insert(actor, deposit, upload_id, length, stored)
    except BaseException:
        stores.destroy_original(upload_id)
        raise
    if not length:
        finish(upload, actor=actor)
    return upload


@transaction.atomic
def _insert(actor: Actor, deposit: Deposit, upload_id: uuid.UUID, length: int, stored: int) -> Upload:
    Deposit.objects.select_for_update().get(pk=deposit.pk)  # one number for one file
    position = last_position(deposit) + 1
    if position > settings.LIMITS.files_per_deposit:
        raise TooMuch("limit_files")
    upload = Upload.objects.create(id=upload_id, deposit=deposit, position=position, length=length, stored=stored)
    record(actor, "upload", upload, action="C")
    return upload


def own_upload(actor: Actor, pk: uuid.UUID) -> Upload:
    """One's own upload; Missing when it is not there, has expired, or is somebody else's."""
    row = Upload.objects.filter(pk=pk, deposit__depositor_id=actor.user_id).select_related("deposit__institution")
    upload = row.filter(touched_at__gt=timezone.now() - UPLOAD_LIFE).first()
    if upload is None:
        raise Missing()
    return upload


def look_at(upload: Upload) -> None:
    """Read anew how far it is, once a request that is at work on it has put down what came; not much is waited."""
    if upload.finished_at is None:
        with suppress(Busy, Missing), arrival(upload):
            return
        upload.refresh_from_db()


def take(
    *, actor: Actor, upload: Upload, offset: int, pieces: Iterable[bytes], checksum: Checksum | None = None
) -> Upload:
    """Add what comes at `offset`, as far as it comes; with a checksum all of it or nothing.

    Conflict when the upload stands elsewhere, Corrupt when the checksum does not fit.
    """
    _require_own(actor, upload.deposit)
    with arrival(upload) as handle:
        if upload.offset != offset:
            raise Conflict("upload_offset")
        if upload.finished_at is None and upload.offset < upload.length:
            _append(Arrival(handle, upload), pieces, checksum)
    if upload.offset == upload.length:
        finish(upload, actor=actor)
    return upload


def _append(coming: Arrival, pieces: Iterable[bytes], checksum: Checksum | None) -> None:
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    for piece in pieces:
        coming.write(piece, keep=digest is None)
        if digest:
            digest.update(piece)
    if checksum and digest and not hmac.compare_digest(digest.digest(), checksum.digest):
        raise Corrupt()
    coming.keep()


@transaction.atomic
def finish(upload: Upload, *, actor: Actor = SYSTEM) -> None:
    """Every byte is there: an original waits for a worker. May be repeated; the sweeper does when a process died."""
    row = Upload.objects.select_for_update(of=("self",)).select_related("deposit").filter(pk=upload.pk).first()
    if row is None or row.finished_at:
        return
    taken = row.deposit.originals.filter(position=row.position).exists()
    original = Original(
        id=row.pk,
        deposit=row.deposit,
        institution_id=row.deposit.institution_id,
        position=last_position(row.deposit) + 1 if taken else row.position,
        bytes_key=f"{ARRIVED}{row.pk.hex}",
        size=row.length,
    )
    settle_file(row.pk)
    original.save(force_insert=True)
    record(actor, "receive", original, action="C")
    hint(original)
    upload.finished_at = row.finished_at = timezone.now()
    row.save(update_fields=["finished_at"])


def end(upload: Upload, *, actor: Actor, event: str = "terminate") -> None:
    """The key and whatever came of it go; an original that it became stays. Missing when it is gone already."""
    with transaction.atomic():
        row = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if row is None:
            raise Missing()
        if row.finished_at is None:
            record(actor, event, row, action="D")
        row.delete()
    if row.finished_at is None:
        stores.destroy_original(upload.pk)


def finish_whole() -> int:
    """Uploads that are whole, whose process died before it could say so; returns how many."""
    whole = list(Upload.objects.filter(finished_at=None, offset=F("length")))
    for row in whole:
        finish(row)
    return len(whole)


def expire_uploads() -> int:
    """Uploads that had no byte for a day lose key and bytes, and rows of finished ones go; returns how many."""
    old = list(Upload.objects.filter(touched_at__lte=timezone.now() - UPLOAD_LIFE))
    for row in old:
        end(row, actor=SYSTEM, event="expire")
    return len(old)


def _require_own(actor: Actor, deposit: Deposit) -> None:
    """The giver alone adds to a deposit, and only while giving is still allowed."""
    if deposit.depositor_id != actor.user_id:
        raise Denied()
    deposit_institution(actor, deposit.institution.slug)
