"""What a worker does with one original: unseal into memory, clean in the sandbox, verify, render, offer to a person.

The row is the truth. A worker holds it by a lease that a heartbeat renews; each step checks that the lease is still its
own, so a worker that was given up for lost can change nothing.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.utils import timezone

from anonymize import codes
from anonymize.policy import Policy
from anonymize.sandbox import Outcome
from anonymize.unpacking import is_archive
from imagebank.catalog.models import Rendition, Subject
from imagebank.core import stores
from imagebank.core.actor import SYSTEM
from imagebank.core.states import transition

from . import memory
from .clips import make_clip
from .headers import keep
from .keying import InstitutionKeyer
from .models import Original
from .peeking import Peeked
from .recognizing import refusal_of_arrived
from .sandboxing import descriptors, memory_files, rewound, sandbox, scratch_files
from .services import DECLINED, hint
from .states import ATTEMPTS_DIED, ATTEMPTS_LOST, LEASE, ORIGINAL
from .unpacking import UNPACKED, unpack

CONTENT_TYPES = {
    "dicom": "application/dicom",
    "playback": "video/mp4",
    "small": "video/mp4",
    "poster": "image/webp",
    "frames": "application/zip",
    "after": "image/webp",
}
RENDERED = {"playback.mp4": "playback", "small.mp4": "small", "poster.webp": "poster", "frames.zip": "frames"}


class LeaseLost(Exception):
    """Another worker has it, or the sweeper put it back."""


def process(original_id: uuid.UUID) -> None:
    """Take the row if it waits, and bring it to a named end. May run twice without harm."""
    holder = uuid.uuid4()
    original = _claim(original_id, holder)
    if original is None:
        return
    with _heartbeat(original.pk, holder), memory_files("clean", "before", "after") as files:
        try:
            outcome = _clean(original, holder, files)
            if outcome:
                _settle(original, holder, outcome, files)
        except LeaseLost:
            return


def _claim(original_id: uuid.UUID, holder: uuid.UUID) -> Original | None:
    with transaction.atomic():
        waiting = Original.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            pk=original_id, state="received", sealed=True
        )
        row = waiting.select_related("deposit").first()
        if row is None:
            return None
        lease = {"lease_holder": holder, "lease_until": timezone.now() + LEASE}
        transition(row, "start", actor=SYSTEM, table=ORIGINAL, changes=lease)
        return row


@contextmanager
def _heartbeat(original_id: uuid.UUID, holder: uuid.UUID) -> Iterator[None]:
    """Renews the lease until the block ends; dies with the process."""
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(LEASE.total_seconds() / 3):
                mine = Original.objects.filter(pk=original_id, lease_holder=holder)
                mine.update(lease_until=timezone.now() + LEASE)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _clean(original: Original, holder: uuid.UUID, files: dict[str, BinaryIO]) -> Outcome | None:
    """What the sandbox made of it; nothing of a file that need not or must not be cleaned."""
    policy = Policy(
        mask=memory.drawn(original.mask) if original.mask else None,
        remembered=memory.recalled(original.institution_id) if original.use_memory else (),
        synthetic=original.deposit.synthetic,
        sex="empty",  # the projection tells it, as coarse as the k-check wants (privacy.md 10)
        names=True,
    )
    request = {"policy": policy.as_json(), "study": f"2.25.{original.deposit_id.int}"}
    with stores.original_in_memory(original.pk, original.institution_id) as source:
        if refusal := refusal_of_arrived(original, source):
            _turn_away(original, holder, *refusal)
            return None
        if is_archive(os.pread(source, 132, 0)):
            _unpack(original, holder, source)
            return None
        return sandbox().run(
            "clean",
            source=source,
            outputs=descriptors(files),
            request=request,
            keyer=InstitutionKeyer(original.institution_id),
        )


def _turn_away(original: Original, holder: uuid.UUID, code: str, earlier: Original | None) -> None:
    """Refused at the first look, as a file that came in one request is: key and bytes go at once."""
    changes = {"code": code, "duplicate_of": earlier, "sealed": False, "bytes_key": "", "instance_key": ""}
    with transaction.atomic():
        _step(original, holder, "refuse", changes)
        transaction.on_commit(lambda: stores.destroy_original(original.pk))


def _unpack(original: Original, holder: uuid.UUID, source: int) -> None:
    """Each file of the archive goes on by itself; the archive is destroyed."""
    code = unpack(original, source)
    if codes.verdict(code) == "failed":
        return _fail(original, holder, {"code": code})
    if code != UNPACKED:
        return _turn_away(original, holder, code, None)
    with transaction.atomic():
        _step(original, holder, "unpack", {"code": code, "sealed": False})
        transaction.on_commit(lambda: stores.destroy_original(original.pk))


def _settle(original: Original, holder: uuid.UUID, outcome: Outcome, files: dict[str, BinaryIO]) -> None:
    report = outcome.result or {}
    changes = {"code": outcome.code, "report": _safe(report)}
    if outcome.verdict == "clean" and _declined(original, report):
        _step(original, holder, "refuse", {**changes, "code": DECLINED})
    elif outcome.verdict == "clean":
        _step(original, holder, "clean", {"report": changes["report"]})
        _offer(original, holder, report, files)
    elif outcome.verdict == "held":
        _keep_preview(original, files)
        _step(original, holder, "hold", {**changes, "has_preview": original.has_preview})
    elif outcome.verdict == "refused":
        _step(original, holder, "refuse", changes)
    else:
        _fail(original, holder, changes)


def _declined(original: Original, report: Mapping[str, Any]) -> bool:
    return Peeked(patient_key=report["keys"].get("patient", "")).declined(original.institution_id)


def _fail(original: Original, holder: uuid.UUID, changes: dict[str, Any]) -> None:
    """The child died or we erred: tried again at once, at most three times in all."""
    died = original.attempts_died + 1
    with transaction.atomic():
        _step(original, holder, "fail", {**changes, "attempts_died": died})
        if died < ATTEMPTS_DIED:
            hint(transition(original, "retry", actor=SYSTEM, table=ORIGINAL))


def _offer(original: Original, holder: uuid.UUID, report: Mapping[str, Any], files: dict[str, BinaryIO]) -> None:
    """Render the verified candidate and put everything into the candidate store for a person to look at."""
    clip_id = uuid.uuid4()
    with scratch_files(*RENDERED) as rendered:
        outcome = sandbox().run(
            "render",
            source=rewound(files["clean"]).fileno(),
            outputs=descriptors(rendered),
            request={},
            keyer=InstitutionKeyer(original.institution_id),
        )
        if outcome.verdict != "clean":
            return _fail(original, holder, {"code": outcome.code})
        streams = {"dicom": files["clean"], "after": files["after"]}
        streams |= {RENDERED[name]: handle for name, handle in rendered.items()}
        stored = {role: stores.candidate.put(clip_id, role, rewound(s)) for role, s in streams.items() if _size(s)}
    _keep_preview(original, files)
    try:
        _publish_candidate(original, holder, clip_id, report, outcome.result or {}, stored)
    except LeaseLost:  # any other end may have come after the commit: the sweeper removes folders without a row
        stores.candidate.purge(clip_id)
        raise


@transaction.atomic
def _publish_candidate(
    original: Original,
    holder: uuid.UUID,
    clip_id: uuid.UUID,
    report: Mapping[str, Any],
    rendered: Mapping[str, Any],
    stored: Mapping[str, tuple[str, int]],
) -> None:
    clip = make_clip(clip_id, original, _subject(original, report), report, rendered)
    for role, (sha256, size) in stored.items():
        Rendition.objects.create(
            clip=clip, role=role, store="candidate", sha256=sha256, size=size, content_type=CONTENT_TYPES[role]
        )
    keep(clip, stored["dicom"][0], rendered["header"])
    changes = {"clip": clip, "code": "clean", "has_preview": original.has_preview, "lease_holder": None}
    if not original.instance_key:
        changes["instance_key"] = report["keys"].get("sop_instance_uid", "")
    _step(original, holder, "await", changes)


def _subject(original: Original, report: Mapping[str, Any]) -> Subject:
    key = report["keys"].get("patient", "")
    if not key:
        return Subject.objects.create(institution=original.institution)
    return Subject.objects.get_or_create(institution=original.institution, patient_key=key)[0]


def _step(original: Original, holder: uuid.UUID, event: str, changes: Mapping[str, Any]) -> None:
    """A transition that only the holder of the lease may make."""
    with transaction.atomic():
        mine = Original.objects.select_for_update().filter(pk=original.pk, lease_holder=holder)
        if not mine.exists():
            raise LeaseLost
        transition(original, event, actor=SYSTEM, table=ORIGINAL, reason=str(changes.get("code", "")), changes=changes)


def _keep_preview(original: Original, files: dict[str, BinaryIO]) -> None:
    """The before-picture, sealed under its own key that the web may read."""
    before = rewound(files["before"]).read()
    original.has_preview = bool(before)
    if before:
        stores.write_preview(original.pk, original.institution_id, before)


def _size(stream: BinaryIO) -> int:
    return stream.seek(0, 2)


def _safe(report: Mapping[str, Any]) -> dict[str, Any]:
    """What may stay in the database: everything but the keys."""
    return {name: value for name, value in report.items() if name != "keys"}


def lost(original: Original) -> None:
    """The worker that held it is gone: put it back, or give up after many losses."""
    losses = original.attempts_lost + 1
    with transaction.atomic():
        if losses >= ATTEMPTS_LOST:
            transition(original, "fail", actor=SYSTEM, table=ORIGINAL, changes={"code": "failed.lost"})
            return
        hint(
            transition(
                original, "lose", actor=SYSTEM, table=ORIGINAL, changes={"attempts_lost": losses, "lease_holder": None}
            )
        )
