"""Doubts of readers about published cases, and the privacy incidents that they open."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any, Final

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import page, whole
from api.stepping import Step, StepView
from api.views import ApiView
from imagebank.catalog.models import Clip
from imagebank.core.errors import Invalid
from imagebank.review import doubting, inbox, incidents
from imagebank.review.models import Doubt, Incident

from .cases import CaseView
from .schemas import paged
from .schemas.doubts import DecisionInput, DoubtAnswerInput, DoubtInput, DoubtShown, IncidentShown


class CaseDoubts(CaseView):
    """Doubts about a case."""

    @extend_schema(operation_id="cases_doubts", responses=paged(DoubtShown))
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Those that the caller may see: one's own, all about the content for the author and the editors."""
        self.require_account()
        rows = inbox.doubts(self.actor).filter(case_id=self.case(pk).pk)
        return page(request, rows, self.told, time="raised_at")

    @extend_schema(operation_id="cases_doubt", request=DoubtInput, responses={201: DoubtShown})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Raise a doubt about what is published. About the content (in a session): the case stays, but in no test,
        until an expert has answered within 14 days. About privacy: anybody; a person's account hides the case at once.
        """
        case, said = self.case(pk), DoubtInput.of(request.data)
        doubting.refuse_flood(request._request, self.actor)
        clip = self._clip(pk, said.pop("clip", None))
        act = partial(self._raise, case=case, clip=clip, **said)
        return act() if self.actor.is_anonymous else self.once(act)

    def told(self, row: Doubt) -> dict[str, Any]:
        return doubt_json(row, self.actor.user_id)

    def _raise(self, **said: Any) -> Response:
        return Response(self.told(doubting.doubt(actor=self.actor, **said)), status=201)

    def _clip(self, case: uuid.UUID, pk: uuid.UUID | None) -> Clip | None:
        row = Clip.objects.filter(pk=pk, case_id=case).first() if pk else None
        if pk and row is None:
            raise Invalid(errors={"clip": "This is no clip of the case."})
        return row


class Doubts(ApiView):
    """Doubts that concern the caller."""

    @extend_schema(operation_id="doubts_list", responses=paged(DoubtShown))
    def get(self, request: Request) -> Response:
        """One's own, those about one's cases, those that one may answer; the newest first."""
        actor = self.require_account()
        return page(request, inbox.doubts(actor), lambda row: doubt_json(row, actor.user_id), time="raised_at")


class DoubtStepView(StepView):
    """Base of the steps of a doubt."""

    called = "doubt"
    answers = DoubtShown

    def found(self, **place: Any) -> Doubt:
        return inbox.one_doubt(self.actor, place["pk"])

    def told(self, row: Doubt) -> dict[str, Any]:
        return doubt_json(row, self.actor.user_id)


class Incidents(ApiView):
    """Privacy incidents."""

    @extend_schema(operation_id="incidents_list", responses=paged(IncidentShown))
    def get(self, request: Request) -> Response:
        """Open ones that the caller may see, the one that is due first first."""
        actor = self.require_account()
        return whole([incident_json(row) for row in inbox.incidents(actor)])


class IncidentStepView(StepView):
    """Base of the steps of an incident."""

    called = "incident"
    answers = IncidentShown

    def found(self, **place: Any) -> Incident:
        return inbox.one_incident(self.actor, place["pk"])

    def told(self, row: Incident) -> dict[str, Any]:
        return incident_json(row)


OF_A_DOUBT: Final = (
    Step(
        "answer",
        "Answer a doubt about the content (reviewers and curators, in a session); the reader and the author see why.",
        doubting.answer,
        DoubtAnswerInput,
    ),
    Step("recall", "Take one's own doubt about the content back.", doubting.recall),
)
OF_AN_INCIDENT: Final = (
    Step("hide", "Hide the case now (its stewards and privacy officers, in a session).", incidents.hide_now),
    Step(
        "close",
        "Decide (stewards of the institution and privacy officers who have no part in the case, in a session).",
        incidents.close,
        DecisionInput,
    ),
)


def doubt_json(row: Doubt, reader: uuid.UUID | None) -> dict[str, Any]:
    """As `DoubtShown`."""
    plain = {name: getattr(row, name) for name in ("id", "kind", "state", "text", "answer", "raised_at", "due_at")}
    mine = reader is not None and row.raiser_id == reader
    return {**plain, "case": row.case_id, "clip": row.clip_id, "mine": mine, "hidden_at_once": row.at_once}


def incident_json(row: Incident) -> dict[str, Any]:
    """As `IncidentShown`."""
    words = [doubt.text for doubt in row.doubts.all()]
    plain = {name: getattr(row, name) for name in ("id", "state", "opened_at", "due_at")}
    return {**plain, "case": row.case_id, "hidden": row.hid, "doubts": words}
