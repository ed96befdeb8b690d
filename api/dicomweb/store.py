"""STOW-RS (PS3.18 10.5): objects into quarantine, each answered; the answer names the UIDs that they will have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request

from imagebank.accounts.models import Institution
from imagebank.catalog.models import Clip
from imagebank.core.errors import BankError, TooMuch
from imagebank.core.stores import SealedIntake
from imagebank.intake.keying import InstitutionKeyer
from imagebank.intake.peeking import Peeked
from imagebank.intake.services import DUPLICATE, Received, deposit_institution, open_deposit, open_intake, receive

from .accepting import Offer, choose
from .errors import checked_uid
from .incoming import body_of, boundary_of, parts
from .model import JSON, XML, Dataset, as_json, as_xml, element
from .selection import address
from .tags import FAILED, FAILURE_REASON, REFERENCED, REFERENCED_CLASS, REFERENCED_INSTANCE, RETRIEVE_URL
from .views import DicomwebView

ANSWERS: Final = (Offer(JSON), Offer(XML), Offer("application/json"))
NO_ROOM, NOT_UNDERSTOOD, OTHER_STUDY = 0xA700, 0xC000, 0xC409
NOT_AUTHORISED, PROCESSING, CLASS, CONFLICTING = 0x0124, 0x0110, 0x0122, 0x0111
REASONS: Final = {
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
"""Code of the intake -> FailureReason (PS3.18 I.2.2, PS3.7 C); any other is "cannot understand"."""


class Store(DicomwebView):
    """What objects can be given to."""

    def post(self, request: Request, study: str = "") -> HttpResponse:
        """200 all taken, 202 some, 409 none. The same bytes again are taken as before; nothing is kept twice.

        Institution and permission come from the credential and are looked at before the body is read.
        """
        institution = deposit_institution(self.require_account(), request.query_params.get("institution", ""))
        boundary = boundary_of(request._request)
        offer = choose(request._request, ANSWERS)
        doubt = _doubt(institution, checked_uid("study", study) if study else "")
        outcomes: list[SealedIntake | BankError] = []
        try:
            for pieces in parts(body_of(request._request), boundary, settings.LIMITS.files_per_deposit):
                _seal(pieces, lambda: open_intake(institution, self.actor), outcomes)
            _all_too_much(outcomes)
            told = self._registered(institution, outcomes, doubt)
        except BaseException:  # nothing is left of a body that breaks off, or of one that could not be answered
            for outcome in outcomes:
                if isinstance(outcome, SealedIntake):
                    outcome.abort()
            raise
        data = as_xml(_summary(told)) if offer.kind == XML else as_json(_summary(told))
        return HttpResponse(data, status=_status(told), content_type=offer.kind, headers={"Cache-Control": "no-store"})

    @transaction.atomic
    def _registered(
        self, institution: Institution, outcomes: list[SealedIntake | BankError], doubt: Callable[[Peeked], str]
    ) -> list[Judged]:
        deposit = open_deposit(actor=self.actor, institution=institution)
        return [_judged(each) for each in receive(actor=self.actor, deposit=deposit, outcomes=outcomes, doubt=doubt)]


@dataclass(frozen=True, slots=True)
class Judged:
    """One object: what its item in the answer says, and whether it was taken."""

    taken: bool
    item: Dataset
    study: str


def _seal(
    pieces: Iterable[bytes], opened: Callable[[], SealedIntake], outcomes: list[SealedIntake | BankError]
) -> None:
    """One object, sealed as it arrives; one that is too large or finds no room is read to its end and dropped."""
    intake: SealedIntake | None = None
    try:
        intake = opened()
        for piece in pieces:
            intake.write(piece)
        intake.finish()
    except BankError as problem:
        if intake is not None:
            intake.abort()
        if not isinstance(problem, TooMuch):
            raise
        outcomes.append(problem)
        for _ in pieces:
            pass
    except BaseException:
        if intake is not None:
            intake.abort()
        raise
    else:
        outcomes.append(intake)


def _all_too_much(outcomes: Sequence[SealedIntake | BankError]) -> None:
    """413 rather than 409 when there is room for nothing."""
    if outcomes and all(isinstance(outcome, TooMuch) for outcome in outcomes):
        assert isinstance(outcomes[0], TooMuch)
        raise outcomes[0]


def _doubt(institution: Institution, study: str) -> Callable[[Peeked], str]:
    """Only objects whose numbers are known can be answered; `study` is the source's or the one that we gave for it."""
    allowed = {study, *InstitutionKeyer(institution.pk).key("uid", [study])} if study else set()

    def doubt(found: Peeked) -> str:
        if found.code or not found.kind:
            return found.code or "refused.busy"
        if not (found.instance_key and found.study_uid and found.series_uid):
            return "refused.not_instance"
        return "refused.other_study" if study and found.study_uid not in allowed else ""

    return doubt


def _judged(received: Received) -> Judged:
    row, found = received.original, received.found
    code = "" if row.state != "refused" else row.code
    if code == DUPLICATE:
        code = "refused.withdrawn" if _withdrawn(found) else ""
    item = {
        REFERENCED_CLASS: element("UI", found.sop_class),
        REFERENCED_INSTANCE: element("UI", found.instance_key),
    }
    if code:
        failure = {FAILURE_REASON: element("US", REASONS.get(code, NOT_UNDERSTOOD))}
        return Judged(False, item | failure, found.study_uid)
    place = address(found.study_uid, found.series_uid, found.instance_key)
    return Judged(True, item | {RETRIEVE_URL: element("UR", place)}, found.study_uid)


def _withdrawn(found: Peeked) -> bool:
    """What was withdrawn may not come again."""
    return Clip.objects.filter(sop_instance_uid=found.instance_key, state="withdrawn").exists()


def _summary(told: Sequence[Judged]) -> Dataset:
    """The Store Instances Response (PS3.18 table I.2-1)."""
    taken, failed = ([each for each in told if each.taken is which] for which in (True, False))
    studies = {each.study for each in taken}
    found: Dataset = {RETRIEVE_URL: element("UR", address(studies.pop()) if len(studies) == 1 else "")}
    if taken:
        found[REFERENCED] = {"vr": "SQ", "Value": [each.item for each in taken]}
    if failed:
        found[FAILED] = {"vr": "SQ", "Value": [each.item for each in failed]}
    return found


def _status(told: Sequence[Judged]) -> int:
    taken = sum(each.taken for each in told)
    return 409 if not taken else 200 if taken == len(told) else 202
