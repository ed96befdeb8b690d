"""DICOM instances as the standard's services take them, STOW-RS and C-STORE alike: each is answered by a status."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Final

from imagebank.catalog.models import Clip
from imagebank.core.errors import BankError, TooMuch
from imagebank.core.stores import SealedIntake

from .keying import InstitutionKeyer
from .peeking import Peeked
from .services import DUPLICATE, Doubt, Received

TAKEN: Final = 0x0000
NO_ROOM, NOT_UNDERSTOOD, OTHER_STUDY = 0xA700, 0xC000, 0xC409
NOT_AUTHORISED, PROCESSING, CLASS, CONFLICTING = 0x0124, 0x0110, 0x0122, 0x0111
STATUSES: Final = {
    "refused.limit_files": NO_ROOM,
    "refused.limit_quarantine": NO_ROOM,
    "refused.limit_daily": NO_ROOM,
    "refused.limit_bytes": NO_ROOM,
    "refused.other_study": OTHER_STUDY,
    "refused.sop_class": CLASS,
    "refused.conflict": CONFLICTING,
    "refused.patient_declined": NOT_AUTHORISED,
    "refused.withdrawn": NOT_AUTHORISED,
    "refused.busy": PROCESSING,
}
"""Code of the intake -> status (PS3.18 I.2.2, PS3.4 B.2.3, PS3.7 C); any other is "cannot understand"."""


def seal(pieces: Iterable[bytes], opened: Callable[[], SealedIntake]) -> SealedIntake | TooMuch:
    """One object, sealed as it arrives, durable on return; for one that is too large or finds no room, why.

    What is left of `pieces` is then read and dropped. Any other error leaves nothing.
    """
    intake: SealedIntake | None = None
    try:
        intake = opened()
        for piece in pieces:
            intake.write(piece)
        intake.finish()
    except BaseException as problem:
        if intake is not None:
            intake.abort()
        if not isinstance(problem, TooMuch):
            raise
        for _ in pieces:
            pass
        return problem
    return intake


def doubt_about(institution_id: uuid.UUID, study: str = "") -> Doubt:
    """Only objects whose numbers are known can be answered; `study` is the source's or the one that we gave for it."""
    allowed = {study, *InstitutionKeyer(institution_id).key("uid", [study])} if study else set()

    def doubt(found: Peeked) -> str:
        if found.code or not found.kind:
            return found.code or "refused.busy"
        if not (found.instance_key and found.study_uid and found.series_uid):
            return "refused.not_instance"
        return "refused.other_study" if study and found.study_uid not in allowed else ""

    return doubt


def status_of(received: Received) -> int:
    """TAKEN, also for the same bytes again; else why not."""
    row = received.original
    code = "" if row.state != "refused" else row.code
    if code == DUPLICATE:
        code = "refused.withdrawn" if _withdrawn(received.found) else ""
    return STATUSES.get(code, NOT_UNDERSTOOD) if code else TAKEN


def abort_all(outcomes: Iterable[SealedIntake | BankError]) -> None:
    """Nothing is left of what could not be answered."""
    for outcome in outcomes:
        if isinstance(outcome, SealedIntake):
            outcome.abort()


def _withdrawn(found: Peeked) -> bool:
    """What was withdrawn may not come again."""
    return Clip.objects.filter(sop_instance_uid=found.instance_key, state="withdrawn").exists()
