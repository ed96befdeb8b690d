"""The first look at what came by a resumable upload: only a worker can read it, so only a worker can hash it."""

from __future__ import annotations

import hashlib
import os

from django.db import IntegrityError, transaction

from .keying import InstitutionKeyer
from .models import Original
from .peeking import peek
from .services import DUPLICATE, refusal_of
from .states import ARRIVED

HEAD = 4 << 20
"""Bytes of a file that are looked at, as when it comes in one request."""


def refusal_of_arrived(original: Original, source: int) -> tuple[str, Original | None] | None:
    """Why it goes no further, with the earlier file where there is one; nothing when it was looked at before.

    `source` is a descriptor of the plaintext in memory; it stands at the beginning afterwards.
    """
    if not original.bytes_key.startswith(ARRIVED):
        return None
    keyer = InstitutionKeyer(original.institution_id)
    with os.fdopen(os.dup(source), "rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    found = peek(os.pread(source, HEAD, 0), keyer)
    os.lseek(source, 0, os.SEEK_SET)
    original.bytes_key, original.instance_key = keyer.key("bytes", [digest])[0], found.instance_key
    return refusal_of(original, found) or _keyed(original)


def _keyed(original: Original) -> tuple[str, Original | None] | None:
    try:
        with transaction.atomic():
            original.save(update_fields=["bytes_key", "instance_key"])
    except IntegrityError:  # the same file came in beside this one
        return DUPLICATE, None
    return None
