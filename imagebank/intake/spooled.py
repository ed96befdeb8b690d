"""Objects that a process without a database has acknowledged: a row for each, and a worker takes the first look."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from imagebank.core import keys, stores
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.files import sync_folder

from .models import Deposit, Original
from .room import last_position
from .services import deposit_institution, open_deposit
from .states import ARRIVED
from .tasks import process_original

Spooled = tuple[uuid.UUID, int, Path, bytes]
"""Number, bytes of plaintext, the sealed file, its sealed data key."""


def register_spooled(*, actor: Actor, deposit_id: uuid.UUID, entries: Sequence[Spooled]) -> int:
    """A row for each under one deposit, with bytes and key in the quarantine; returns how many are new.

    May be repeated after any interruption: the caller drops its own copies afterwards. Denied when the account may no
    longer give.
    """
    institution = deposit_institution(actor)
    known = set(Original.objects.filter(pk__in=[one[0] for one in entries]).values_list("pk", flat=True))
    entries = [one for one in entries if one[0] not in known]  # a process died before it could drop them
    for original_id, _, sealed, key in entries:
        keys.adopt_data_key(original_id, key)
        adopt(sealed, stores.quarantine_path(original_id))
    for folder in {stores.quarantine_path(original_id).parent for original_id, *_ in entries}:
        sync_folder(folder)
    with transaction.atomic():
        deposit = Deposit.objects.select_for_update(of=("self",)).filter(pk=deposit_id).first() or open_deposit(
            actor=actor, institution=institution, deposit_id=deposit_id
        )
        return _insert(actor, deposit, entries)


def _insert(actor: Actor, deposit: Deposit, entries: Sequence[Spooled]) -> int:
    last = last_position(deposit)
    rows = [
        Original(
            id=original_id,
            deposit=deposit,
            institution_id=deposit.institution_id,
            position=last + number,
            bytes_key=f"{ARRIVED}{original_id.hex}",
            size=size,
            hinted_at=timezone.now(),
        )
        for number, (original_id, size, *_) in enumerate(entries, 1)
    ]
    Original.objects.bulk_create(rows)
    for row in rows:
        record(actor, "receive", row, action="C")
    transaction.on_commit(lambda: _hint([row.pk for row in rows]), robust=True)
    return len(rows)


def _hint(originals: Sequence[uuid.UUID]) -> None:
    """A lost message is repaired by the sweeper."""
    for pk in originals:
        process_original.delay(str(pk))


def adopt(source: Path, target: Path) -> None:
    """The same bytes under another name; durable with its folder. A copy where that is another disk."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        try:
            os.link(source, target)
        except OSError as error:
            if isinstance(error, FileExistsError):
                raise
            _copy(source, target)
        if os.geteuid() == 0:  # it belonged to the listener's account
            owner = target.parent.stat()
            os.chown(target, owner.st_uid, owner.st_gid)


def _copy(source: Path, target: Path) -> None:
    partial = target.with_suffix(".part")
    with source.open("rb") as before, partial.open("wb") as after:
        shutil.copyfileobj(before, after)
        after.flush()
        os.fsync(after.fileno())
    partial.rename(target)
