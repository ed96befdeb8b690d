"""STOW-RS (PS3.18 10.5): objects into quarantine, each answered; the answer names the UIDs that they will have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request

from imagebank.accounts.models import Institution
from imagebank.core.errors import BankError, TooMuch
from imagebank.core.stores import SealedIntake
from imagebank.intake.instances import TAKEN, abort_all, doubt_about, seal, status_of
from imagebank.intake.services import Doubt, Received, deposit_institution, open_deposit, open_intake, receive

from .accepting import Offer, choose
from .incoming import body_of, boundary_of, parts
from .model import JSON, XML, Dataset, as_json, as_xml, element
from .selection import address
from .tags import FAILED, FAILURE_REASON, REFERENCED, REFERENCED_CLASS, REFERENCED_INSTANCE, RETRIEVE_URL
from .uids import checked_uid
from .views import DicomwebView

ANSWERS: Final = (Offer(JSON), Offer(XML), Offer("application/json"))


class Store(DicomwebView):
    """What objects can be given to."""

    def post(self, request: Request, study: str = "") -> HttpResponse:
        """200 all taken, 202 some, 409 none. The same bytes again are taken as before; nothing is kept twice.

        Institution and permission come from the credential and are looked at before the body is read.
        """
        institution = deposit_institution(self.require_account(), request.query_params.get("institution", ""))
        boundary = boundary_of(request._request)
        offer = choose(request._request, ANSWERS)
        doubt = doubt_about(institution.pk, checked_uid("study", study) if study else "")
        outcomes: list[SealedIntake | BankError] = []
        try:
            for pieces in parts(body_of(request._request), boundary, settings.LIMITS.files_per_deposit):
                outcomes.append(seal(pieces, lambda: open_intake(institution, self.actor)))
            _all_too_much(outcomes)
            told = self._registered(institution, outcomes, doubt)
        except BaseException:  # nothing is left of a body that breaks off, or of one that could not be answered
            abort_all(outcomes)
            raise
        data = as_xml(_summary(told)) if offer.kind == XML else as_json(_summary(told))
        return HttpResponse(data, status=_status(told), content_type=offer.kind, headers={"Cache-Control": "no-store"})

    @transaction.atomic
    def _registered(
        self, institution: Institution, outcomes: list[SealedIntake | BankError], doubt: Doubt
    ) -> list[Judged]:
        deposit = open_deposit(actor=self.actor, institution=institution)
        return [_judged(each) for each in receive(actor=self.actor, deposit=deposit, outcomes=outcomes, doubt=doubt)]


@dataclass(frozen=True, slots=True)
class Judged:
    """One object: what its item in the answer says, and whether it was taken."""

    taken: bool
    item: Dataset
    study: str


def _all_too_much(outcomes: Sequence[SealedIntake | BankError]) -> None:
    """413 rather than 409 when there is room for nothing."""
    if outcomes and all(isinstance(outcome, TooMuch) for outcome in outcomes):
        assert isinstance(outcomes[0], TooMuch)
        raise outcomes[0]


def _judged(received: Received) -> Judged:
    found, status = received.found, status_of(received)
    item = {
        REFERENCED_CLASS: element("UI", found.sop_class),
        REFERENCED_INSTANCE: element("UI", found.instance_key),
    }
    if status != TAKEN:
        return Judged(False, item | {FAILURE_REASON: element("US", status)}, found.study_uid)
    place = address(found.study_uid, found.series_uid, found.instance_key)
    return Judged(True, item | {RETRIEVE_URL: element("UR", place)}, found.study_uid)


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
