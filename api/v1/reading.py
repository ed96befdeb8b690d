"""The reviewer's queue: what waits to be read, taking a case, giving it back unread."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import page
from api.views import ApiView
from imagebank.catalog import projection
from imagebank.catalog.models import Case
from imagebank.catalog.search.present import case_json
from imagebank.core.actor import Actor
from imagebank.core.errors import Denied
from imagebank.review import selectors, services

from .schemas import paged
from .schemas.reading import TakeInput, WaitingShown


class ReaderView(ApiView):
    """Base: for reviewers and curators, in a session."""

    def reader(self) -> Actor:
        actor = self.require_account()
        if not actor.is_person:
            raise Denied("person")
        if not selectors.reads(actor):
            raise Denied()
        return actor

    def told(self, row: Case) -> dict[str, Any]:
        taken = row.claimed_by_id == self.actor.user_id
        shown = case_json(projection.draft_document(row), self.lang)
        return {"id": row.pk, "revision": row.revision, "since": row.state_since, "taken": taken, "case": shown}


class Queue(ReaderView):
    """Cases that wait for a reading."""

    @extend_schema(operation_id="review_queue", responses=paged(WaitingShown))
    def get(self, request: Request) -> Response:
        """Those of others, the oldest first; never one's own, nor what somebody else is reading."""
        rows = selectors.queue(self.reader())
        return page(request, rows, self.told, time="state_since", oldest_first=True)

    @extend_schema(
        operation_id="review_take",
        request=TakeInput,
        responses={200: WaitingShown, 204: OpenApiResponse(description="Nothing waits.")},
    )
    def post(self, request: Request) -> Response:
        """Take a case to read: nobody else can until it is given back or 30 minutes have passed."""
        actor, said = self.reader(), TakeInput.of(request.data)
        return self.once(lambda: self._take(actor, said.get("case")))

    def _take(self, actor: Actor, pk: uuid.UUID | None) -> Response:
        row = selectors.reading(actor, pk) if pk else selectors.queue(actor).first()
        if row is None:
            return Response(status=204)
        if not (row.state == "in_review" and row.claimed_by_id == actor.user_id):
            services.claim(actor=actor, case=row)
        return Response(self.told(selectors.reading(actor, row.pk)))


class Taken(ReaderView):
    """A case that the caller reads."""

    @extend_schema(operation_id="review_give_back", request=None, responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Give it back unread."""
        row = selectors.reading(self.reader(), pk)
        return self.once(lambda: self._give_back(row))

    def _give_back(self, row: Case) -> Response:
        services.release(actor=self.actor, case=row)
        return Response(status=204)
