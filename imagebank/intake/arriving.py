"""The sealed file of an upload: nothing is told to be there before it is sealed and durable."""

from __future__ import annotations

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from django.utils import timezone

from imagebank.core import appending, keys, stores
from imagebank.core.errors import BankError, Missing
from imagebank.core.files import sync_folder, write_new

from .models import Upload

CHECKPOINT: Final = 1 << 20
"""Bytes between two times that what came is made durable."""
PATIENCE, PAUSE = 2.0, 0.02
"""Seconds that a request waits for the one before it to end, and between two looks."""


class Busy(BankError):
    """Another request is at work on the same upload."""

    status = 423
    code = "upload_busy"
    title = "Another request is still sending this file; try again in a few seconds."


def make_file(upload_id: uuid.UUID, length: int) -> int:
    """An empty sealed file with its key; returns its bytes."""
    path = part(upload_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    head = appending.header(keys.new_data_key(upload_id), length)
    write_new(path, head)
    return len(head)


def settle_file(upload_id: uuid.UUID) -> None:
    """It is whole: give it the name of an original. May be repeated."""
    path = part(upload_id)
    if path.exists():
        os.rename(path, stores.quarantine_path(upload_id))
        sync_folder(path.parent)


def part(upload_id: uuid.UUID) -> Path:
    return stores.quarantine_path(upload_id).with_suffix(".part")


class Arrival:
    """What one request adds. `keep` makes it durable and tells the row; what was not kept never was."""

    def __init__(self, handle: BinaryIO, upload: Upload) -> None:
        length, public = appending.read_header(handle)
        handle.truncate(upload.stored)
        handle.seek(upload.stored)
        bound = stores.binding(upload.pk, upload.deposit.institution_id)
        self._handle, self._upload = handle, upload
        self._appender = appending.Appender(handle, public, bound, length=length, offset=upload.offset)
        self._loose = 0

    def write(self, data: bytes, *, keep: bool) -> None:
        """`keep`: make durable what came whenever enough of it did."""
        self._appender.write(data)
        self._loose += len(data)
        if keep and self._loose >= CHECKPOINT:
            self.keep()

    def keep(self) -> None:
        """Missing when the upload was ended meanwhile."""
        self._appender.flush()
        self._handle.flush()
        os.fsync(self._handle.fileno())
        upload, self._loose = self._upload, 0
        upload.offset, upload.stored, upload.touched_at = self._appender.offset, self._handle.tell(), timezone.now()
        here = Upload.objects.filter(pk=upload.pk, finished_at=None)
        if not here.update(offset=upload.offset, stored=upload.stored, touched_at=upload.touched_at):
            raise Missing()


@contextmanager
def arrival(upload: Upload) -> Iterator[BinaryIO]:
    """The file of an upload for this request alone; `upload` is read anew. Busy while another request has it.

    A client whose line broke comes back before we notice the break, so it is waited for a moment.
    """
    try:
        handle = part(upload.pk).open("r+b")
    except FileNotFoundError:
        raise Missing() from None
    with handle:
        _lock(handle, time.monotonic() + PATIENCE)
        upload.refresh_from_db(fields=["offset", "stored", "touched_at", "finished_at"])
        yield handle


def _lock(handle: BinaryIO, deadline: float) -> None:
    """The kernel gives the lock back when the process dies."""
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Busy() from None
            time.sleep(PAUSE)
