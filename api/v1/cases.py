"""Cases: the public ones by their projection, those in work by permission, in one shape; and the editorial steps."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import links, whole
from api.views import ApiView
from imagebank.accounts.permissions import allowed, check
from imagebank.catalog import projection, services
from imagebank.catalog.coarsening import withheld
from imagebank.catalog.history import history
from imagebank.catalog.models import Case
from imagebank.catalog.search import SearchParams, search, similar, suggest, tag_of
from imagebank.catalog.search.present import case_json
from imagebank.catalog.search.visible import visible_to
from imagebank.catalog.selectors import refuse_withdrawn
from imagebank.catalog.states import EDITABLE
from imagebank.core.actor import Actor
from imagebank.core.errors import Denied
from imagebank.review.disputed import dispute_of

from .schemas import paged
from .schemas.cases import CaseInput, CaseShown, CasesShown, RevisionShown, SimilarShown
from .schemas.search import SEARCH, Suggested


class CaseView(ApiView):
    """Base: finding a case, showing it."""

    scopes = ("read", "tag", "withdraw")

    def public(self, pk: uuid.UUID) -> dict[str, Any] | None:
        """The document that the caller's audience sees."""
        row = visible_to(self.actor).filter(case_id=pk).first()
        return row.document if row else None

    def case(self, pk: uuid.UUID) -> Case:
        """The row, for those who work on it, or who may act on a public one; hidden and absent answer alike."""
        refuse_withdrawn(pk)
        row = Case.objects.select_related("institution", "rights").filter(pk=pk).first()
        if row is None or not (self.works_on(row) or self.public(pk)):
            raise Http404
        return row

    def works_on(self, row: Case) -> bool:
        return not self.actor.is_anonymous and allowed(self.actor, "case.see", Case.objects.filter(pk=row.pk)).exists()

    def shown(self, pk: uuid.UUID, status: int = 200) -> Response:
        """The case as its present state shows it to whoever works on it."""
        row = Case.objects.select_related("institution", "rights").get(pk=pk)
        body = case_json(projection.draft_document(row), self.lang)
        if row.state in EDITABLE:
            body["missing"] = services.missing_for_publication(row)
            body["withheld"] = withheld(row)
        return Response(body, status=status)


class Cases(CaseView):
    """Search and list; make a case."""

    @extend_schema(operation_id="cases_list", parameters=SEARCH, responses=CasesShown)
    def get(self, request: Request) -> HttpResponseBase:
        """Published cases, by words, facets and one of three orders.

        Repeating a parameter means any of its values. `varied` (the default) puts cases that differ beside each other;
        a cursor belongs to the search it came from, so send the other parameters with it.
        """
        params = SearchParams.from_query(request.query_params, self.lang)
        if "If-None-Match" in request.headers and (unchanged := self.unchanged(tag_of(params, self.actor))):
            return unchanged
        answer = search(params, self.actor)
        headers = links(request, answer.next, answer.previous) | {"ETag": f'"{answer.etag}"'}
        return Response(answer.as_dict(), headers=headers)

    @extend_schema(operation_id="cases_create", request=CaseInput, responses={201: CaseShown})
    def post(self, request: Request) -> Response:
        """A draft from one's own confirmed clips. What an expert says is kept; nothing is public yet."""
        actor = self.require_account()
        may_make_cases(actor)
        data = plain(CaseInput.of(request.data))
        return self.once(lambda: self.shown(services.create_case(actor=actor, data=data).pk, 201))


class OneCase(CaseView):
    """A case."""

    @extend_schema(operation_id="cases_read", responses=CaseShown)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The published case; for those who work on it, the draft. 410 once it is withdrawn."""
        refuse_withdrawn(pk)
        if document := self.public(pk):
            return Response({**case_json(document, self.lang), "dispute": dispute_of(pk)})
        return self.shown(self.case(pk).pk)

    def current(self, request: Request, **place: Any) -> Response:
        """Of a published case whose next revision is in work that revision, as `draft/` shows it."""
        row = self.case(place["pk"])
        return self.shown(row.pk) if row.state in EDITABLE and self.works_on(row) else self.get(request, **place)

    @extend_schema(operation_id="cases_change", request=CaseInput(partial=True), responses=CaseShown)
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Change a draft; clips and findings, when given, replace what was there.

        In the next revision of a published case (`revise/`) what is said of patient and place stays, and so do the
        clips.
        """
        self.require_account()
        row = self.case(pk)
        data = plain(CaseInput.of(request.data, partial=True))
        check(self.actor, "case.edit", row, see="case.see")
        return self.once(lambda: self.shown(services.change_case(actor=self.actor, case=row, data=data).pk))


class Draft(CaseView):
    """A case as it stands in work."""

    @extend_schema(operation_id="cases_draft", responses=CaseShown)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """For those who work on it: of a published case its next revision, where one is in work."""
        row = self.case(pk)
        if not self.works_on(row):
            raise Http404
        return self.shown(row.pk)


class Similar(ApiView):
    """Cases beside a case."""

    @extend_schema(operation_id="cases_similar", responses=SimilarShown)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """What to compare it with; never the same patient.

        The same finding on another device or in a patient of another build, the normal of the same view, what is
        mistaken for it, and pictures that look like it.
        """
        refuse_withdrawn(pk)
        return Response(similar(pk, self.actor, self.lang))


class History(ApiView):
    """What happened to a case."""

    @extend_schema(operation_id="cases_history", responses=paged(RevisionShown))
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Its revisions, the newest first: role, day, reason, and what became different.

        Readers get what was public: the publications and what they changed. Of patient and place nothing is told, and
        of texts only that they changed.
        """
        refuse_withdrawn(pk)
        return whole(history(pk, self.actor, self.lang))


class Suggest(ApiView):
    """Terms while one types."""

    @extend_schema(operation_id="suggest_list", parameters=[OpenApiParameter("q", str)], responses=paged(Suggested))
    def get(self, request: Request) -> Response:
        """What the words typed so far may become, in the reader's language, each with the cases that it would give."""
        return whole(suggest(request.query_params.get("q", ""), self.lang, self.actor))


def may_make_cases(actor: Actor) -> None:
    """Contributors and stewards; a token needs the scope `tag`."""
    if not actor.institutions("contributor", "steward") or not actor.may("tag"):
        raise Denied()


def plain(data: Any) -> Any:
    """Ids as text all the way down, as the services take them."""
    if isinstance(data, dict):
        return {name: plain(value) for name, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    return str(data) if isinstance(data, uuid.UUID) else data
