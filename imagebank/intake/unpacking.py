"""An archive: opened in the sandbox alone; each of its files becomes an original of the same deposit."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from anonymize.sandbox import Outcome
from imagebank.core import stores
from imagebank.core.actor import SYSTEM
from imagebank.core.audit import record
from imagebank.core.errors import TooMuch
from imagebank.core.stores import SealedIntake

from .models import Deposit, Original
from .room import last_position, require_quarantine
from .sandboxing import memory_files, sandbox
from .services import hint
from .states import ARRIVED

UNPACKED: Final = "unpacked"
BATCH: Final = 256 << 20
"""Bytes after which no further file is unpacked into memory before those that are there are sealed."""
PIECE: Final = 1 << 20


def unpack(original: Original, source: int) -> str:
    """`UNPACKED`, or the code for which the archive as a whole is refused or failed. May run twice without harm.

    `source` is a descriptor of the archive in memory.
    """
    number = 0
    while True:
        with memory_files("members") as files:
            outcome = _some(source, files["members"].fileno(), number)
            if outcome.code != "clean":
                return outcome.code
            members = outcome.result["members"]
            try:
                _take(original, number, members, files["members"].fileno())
            except TooMuch as full:
                return f"refused.{full.code}"
        number += len(members)
        if number >= outcome.result["total"]:
            return UNPACKED


def _some(source: int, target: int, skip: int) -> Outcome:
    limits = settings.LIMITS
    request = {"skip": skip, "batch": BATCH, "members": limits.files_per_archive, "bytes": limits.archive_bytes}
    return sandbox().run("unpack", source=source, outputs={"members": target}, request=request)


def _take(original: Original, first: int, members: list[dict[str, Any]], source: int) -> None:
    place = 0
    for number, member in enumerate(members, start=first):
        pk = uuid.uuid5(original.pk, str(number))
        if not Original.objects.filter(pk=pk).exists():
            _take_one(original, pk, member, _read(source, place, member["size"]))
        place += member["size"]


def _take_one(original: Original, pk: uuid.UUID, member: dict[str, Any], pieces: Iterator[bytes]) -> None:
    if member["code"]:
        _insert(original, pk, state="refused", code=member["code"], sealed=False, bytes_key="", size=0)
        return
    require_quarantine(original.institution, member["size"])
    stores.destroy_original(pk)  # what a worker left that died in the middle of it
    intake = SealedIntake(pk, original.institution_id, limit=settings.LIMITS.file_bytes)
    try:
        for piece in pieces:
            intake.write(piece)
        intake.finish()
        _insert(original, pk, bytes_key=f"{ARRIVED}{pk.hex}", size=intake.size)
    except BaseException:
        intake.abort()
        raise


def _read(source: int, place: int, size: int) -> Iterator[bytes]:
    while size and (piece := os.pread(source, min(PIECE, size), place)):
        yield piece
        place, size = place + len(piece), size - len(piece)


@transaction.atomic
def _insert(original: Original, pk: uuid.UUID, **fields: Any) -> None:
    deposit = Deposit.objects.select_for_update().get(pk=original.deposit_id)  # one number for one file
    position = last_position(deposit) + 1
    if position > settings.LIMITS.files_per_deposit:
        raise TooMuch("limit_files")
    row = Original.objects.create(
        id=pk, deposit=deposit, institution_id=original.institution_id, position=position, **fields
    )
    record(SYSTEM, "receive", row, action="C")
    if row.sealed:
        hint(row)
