"""Deposits: files in (sealed as they arrive), their state in words, and the attestation of their rights."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import once
from api.paging import page
from api.parsers import Json, SealedMultiPart
from api.views import ApiView
from imagebank.accounts.models import Institution
from imagebank.core.errors import BankError, Invalid, Unavailable
from imagebank.core.stores import SealedIntake
from imagebank.core.uploads import SealingHandler, install
from imagebank.intake import selectors
from imagebank.intake.services import attest, deposit_institution, open_deposit, open_intake, register
from imagebank.intake.showing import deposit as show

from .schemas import paged
from .schemas.deposits import AttestInput, DepositForm, DepositInput, DepositShown

SHORT = ("licence", "consent_basis")
INSTITUTION = OpenApiParameter("institution", str, description="Which of your institutions gives, if you have several.")


class Deposits(ApiView):
    """Give files; list what was given."""

    parser_classes = [SealedMultiPart, Json]
    scopes = ("read", "deposit")

    @extend_schema(operation_id="deposits_list", responses=paged(DepositShown))
    def get(self, request: Request) -> Response:
        """One's own deposits, newest first; those of the institution for its steward."""
        return page(request, selectors.deposits(self.require_account()), lambda row: show(row, self.actor))

    @extend_schema(
        operation_id="deposits_create",
        parameters=[INSTITUTION],
        request={"multipart/form-data": DepositForm, "application/json": DepositInput},
        responses={201: DepositShown},
    )
    def post(self, request: Request) -> Response:
        """Give one or many files. Each is encrypted before its first byte touches a disk, and each is answered.

        Institution and permission come from the credential and are looked at before the body is read.
        """
        institution = deposit_institution(self.require_account(), request.query_params.get("institution", ""))
        handler = install(request._request, lambda: open_intake(institution, self.actor))
        try:
            return self._give(request, institution, handler)
        except BaseException:
            handler.upload_interrupted()
            raise

    def _give(self, request: Request, institution: Institution, handler: SealingHandler) -> Response:
        said = _said(request)
        _our_fault(handler.outcomes)
        body = [said, [_fingerprint(outcome) for outcome in handler.outcomes]]
        act = self.on_condition(lambda: self._register(said, institution, handler))
        response = once(request, self.actor, body, act)
        if response.headers.get("Idempotency-Replayed"):
            handler.upload_interrupted()
        return response

    def _register(self, said: dict[str, Any], institution: Institution, handler: SealingHandler) -> Response:
        deposit = open_deposit(actor=self.actor, institution=institution, **said)
        register(actor=self.actor, deposit=deposit, outcomes=handler.outcomes)
        return Response(show(deposit, self.actor), status=201)


class OneDeposit(ApiView):
    """One deposit."""

    scopes = ("read", "deposit")

    @extend_schema(operation_id="deposits_read", responses=DepositShown)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The state of each file, with the reason in words."""
        return Response(show(get_object_or_404(selectors.deposits(self.require_account()), pk=pk), self.actor))


class Attest(ApiView):
    """The rights of a machine's deposit."""

    @extend_schema(operation_id="deposits_attest", request=AttestInput, responses=DepositShown)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """A named person of the institution attests the rights of a service account's deposit (session only)."""
        deposit = get_object_or_404(selectors.deposits(self.require_account()), pk=pk)
        rights = rights_of(dict(AttestInput.of(request.data)))
        return self.once(lambda: Response(show(attest(actor=self.actor, deposit=deposit, rights=rights), self.actor)))


def _said(request: Request) -> dict[str, Any]:
    """Rights, purpose and setting of the form or the JSON body."""
    said = dict(DepositInput.of(request.data))
    return {"rights": rights_of(said), **{k: said[k] for k in ("purpose", "setting") if k in said}}


def rights_of(said: dict[str, Any]) -> dict[str, Any]:
    """`rights` with its shorthands; a form carries it as JSON text."""
    rights = said.get("rights", {})
    if isinstance(rights, str):
        try:
            rights = json.loads(rights)
        except (ValueError, RecursionError):
            rights = None
    if not isinstance(rights, dict):
        raise Invalid(errors={"rights": "A JSON object."})
    return {**rights, **{name: said[name] for name in SHORT if said.get(name)}}


def _our_fault(outcomes: list[SealedIntake | BankError]) -> None:
    """When files cannot be taken at all, nothing of the request is."""
    for outcome in outcomes:
        if isinstance(outcome, Unavailable):
            raise outcome


def _fingerprint(outcome: SealedIntake | BankError) -> str:
    return outcome.sha256.hexdigest() if isinstance(outcome, SealedIntake) else outcome.code
