"""A contributor's desk: deposits and their files as plain data, so that no page needs the identifiable rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.db.models import Prefetch, QuerySet

from imagebank.accounts.permissions import allowed
from imagebank.catalog.models import Clip
from imagebank.catalog.projection import clip_document
from imagebank.catalog.rights import attested
from imagebank.core.actor import Actor
from imagebank.core.errors import Missing

from . import memory, selectors
from .codes import sentence
from .models import Deposit, Original, Upload
from .showing import unfinished
from .states import CLOCKS

WORKING: Final = ("received", "deidentifying", "verifying")
WAITING: Final = ("awaiting_confirmation", "held", "failed")
NEWEST: Final = 50


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file of a deposit: where it stands, why, and what a person may look at."""

    id: uuid.UUID
    number: int
    state: str
    code: str
    reason: str
    expires_at: dt.datetime | None
    has_preview: bool
    clip: Mapping[str, Any] | None
    """The technical facts of the clean clip."""
    in_case: uuid.UUID | None
    removed: Mapping[str, int]
    """Category of what was removed -> how many."""
    keep: Sequence[Sequence[int]]
    """Boxes [left, top, right, bottom] that were kept, in pixels of the source."""
    kept_share: float | None
    """Part of the frame that was kept, 0-1; None before it was cleaned."""
    blanked: int
    """How many places inside what was kept were blanked (text, codes)."""
    drawn: bool
    """The boxes are a person's: drawn for this file, or remembered from one of the same device."""
    remembered: bool
    columns: int | None
    """Width of the source in pixels, where it is known."""
    duplicate_of: int | None
    """Number of the same file in the same deposit."""

    @property
    def working(self) -> bool:
        return self.state in WORKING


@dataclass(frozen=True, slots=True)
class UploadShown:
    """A file that is still arriving, or whose line broke."""

    id: uuid.UUID
    number: int
    length: int
    """Bytes."""
    offset: int
    """Bytes that have arrived."""
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class DepositShown:
    """A deposit with how many of its files stand where."""

    id: uuid.UUID
    created_at: dt.datetime
    institution: str
    giver: str
    own: bool
    by_machine: bool
    attested: bool
    licence: str
    setting: str
    synthetic: bool
    defaults: Mapping[str, str]
    """What new cases of it begin with."""
    states: Mapping[str, int]
    arriving: Sequence[UploadShown] = ()
    files: Sequence[FileShown] = ()

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def working(self) -> int:
        return sum(self.states.get(state, 0) for state in WORKING)

    @property
    def waiting(self) -> int:
        """Files that wait for a person."""
        return sum(self.states.get(state, 0) for state in WAITING)


@dataclass(frozen=True, slots=True)
class ClipGroup:
    """Confirmed clips of one patient that stand in no case yet."""

    clips: Sequence[Mapping[str, Any]]
    deposit: uuid.UUID
    numbers: Sequence[int]
    given_at: dt.datetime
    indication: str
    """The question that the giver chose for all cases of the deposit, if any."""


def deposits(actor: Actor) -> list[DepositShown]:
    """The newest deposits that the actor may see."""
    return [_deposit(row, actor) for row in _deposits(actor).order_by("-created_at")[:NEWEST]]


def deposit(actor: Actor, pk: uuid.UUID) -> DepositShown:
    """One deposit with its files; Missing when it is not there or hidden."""
    row = deposit_row(actor, pk)
    return _deposit(row, actor, [_file(original) for original in row.originals.all()])


def deposit_row(actor: Actor, pk: uuid.UUID) -> Deposit:
    """The row for a service to act on; Missing when it is not there or hidden."""
    row = _deposits(actor).filter(pk=pk).first()
    if row is None:
        raise Missing()
    return row


def original_row(actor: Actor, pk: uuid.UUID) -> Original:
    """The row for a service to act on; Missing when it is not there or hidden."""
    row = selectors.originals(actor).filter(pk=pk).first()
    if row is None:
        raise Missing()
    return row


def answered(originals: Iterable[Original]) -> list[FileShown]:
    """What is told of files that were just taken in."""
    return [_file(row) for row in originals]


def free_clips(actor: Actor) -> list[ClipGroup]:
    """Confirmed clips that can be put into a case, by patient, the newest first."""
    rows = allowed(actor, "clip.use", Clip.objects.filter(state="private", case=None, purpose="bank"))
    rows = rows.filter(original__isnull=False).select_related("original__deposit").prefetch_related("renditions")
    groups = [_group(list(found)) for _, found in groupby(sorted(rows, key=_by_patient), key=lambda c: c.subject_id)]
    return sorted(groups, key=lambda group: group.given_at, reverse=True)


def batch_of(actor: Actor, clip_ids: Iterable[uuid.UUID]) -> Deposit | None:
    """The deposit that these clips came in, for a service to act on; the first one's where they came in several."""
    return selectors.deposits(actor).filter(originals__clip__in=list(clip_ids)).order_by("created_at").first()


def waiting_in(actor: Actor, deposit_id: uuid.UUID) -> int:
    """How many patients' clips of a deposit wait for a case."""
    return sum(group.deposit == deposit_id for group in free_clips(actor))


def proposed(clip_ids: Iterable[uuid.UUID]) -> dict[str, str]:
    """Age band and sex as the files told them before they were removed; only what all clips agree on."""
    reports = Original.objects.filter(clip__in=list(clip_ids)).values_list("report", flat=True)
    told = [(report or {}).get("facts") or {} for report in reports]
    found = {}
    for name in ("age_band", "sex"):
        values = {str(facts.get(name) or "") for facts in told}
        if len(values) == 1 and (value := values.pop()) and not value.endswith("unknown"):
            found[name] = value
    return found


# --- pieces


def _deposits(actor: Actor) -> QuerySet[Deposit]:
    files = Original.objects.order_by("position").select_related("clip", "duplicate_of")
    files = files.prefetch_related("clip__renditions")
    return selectors.deposits(actor).select_related("depositor").prefetch_related(Prefetch("originals", files))


def _deposit(row: Deposit, actor: Actor, files: Sequence[FileShown] = ()) -> DepositShown:
    return DepositShown(
        id=row.pk,
        created_at=row.created_at,
        institution=row.institution.name,
        giver=row.depositor.get_short_name(),
        own=row.depositor_id == actor.user_id,
        by_machine=row.depositor.kind == "service",
        attested=attested(row.rights),
        licence=row.rights.licence,
        setting=row.setting,
        synthetic=row.synthetic,
        defaults=row.defaults,
        states=Counter(original.state for original in row.originals.all()),
        arriving=[_arriving(upload) for upload in unfinished(row)],
        files=files,
    )


def _arriving(row: Upload) -> UploadShown:
    return UploadShown(row.pk, row.position, row.length, row.offset, row.expires_at)


def _file(row: Original) -> FileShown:
    report: Mapping[str, Any] = row.report or {}
    clip, earlier, clock = row.clip, row.duplicate_of, CLOCKS.get(row.state)
    return FileShown(
        id=row.pk,
        number=row.position,
        state=row.state,
        code=row.code,
        reason="" if row.code == "clean" else sentence(row.code),
        expires_at=row.state_since + clock if clock else None,
        has_preview=row.has_preview,
        clip=clip_document(clip) if clip else None,
        in_case=clip.case_id if clip else None,
        removed=report.get("removed") or {},
        keep=[box for mask in report.get("masks") or [] for box in mask.get("keep") or []],
        kept_share=min((mask["kept_share"] for mask in report.get("masks") or []), default=None),
        blanked=sum(len(mask.get("blanked") or []) for mask in report.get("masks") or []),
        drawn=bool(row.mask) or memory.was_used(report),
        remembered=memory.was_used(report),
        columns=clip.width if clip else (report.get("facts") or {}).get("columns"),
        duplicate_of=earlier.position if earlier and earlier.deposit_id == row.deposit_id else None,
    )


def _by_patient(clip: Clip) -> tuple[Any, ...]:
    return clip.subject_id, clip.original.deposit.created_at, clip.original.position


def _group(clips: Sequence[Clip]) -> ClipGroup:
    last = clips[-1].original
    return ClipGroup(
        clips=[clip_document(clip) for clip in clips],
        deposit=last.deposit_id,
        numbers=[clip.original.position for clip in clips if clip.original.deposit_id == last.deposit_id],
        given_at=last.deposit.created_at,
        indication=last.deposit.defaults.get("indication", ""),
    )
