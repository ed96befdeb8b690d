"""Practice sheets: the list, a sheet by what readers see or by number, the version in work, its discussion."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import whole
from api.views import ApiView
from imagebank.sheets import describing, selectors, services
from imagebank.sheets.models import SheetVersion

from .schemas import paged
from .schemas.collections import CommentInput, CommentShown
from .schemas.sheets import (
    ProposalShown,
    SheetChangeInput,
    SheetEditShown,
    SheetInput,
    SheetListed,
    SheetShown,
    SheetVersionListed,
    TextChange,
)


class SheetsView(ApiView):
    """Base: the version in work, and a version as it is told."""

    def in_work(self, indication: str) -> SheetVersion:
        return selectors.in_work(indication, self.actor)

    def told(self, version: SheetVersion, status: int = 200) -> Response:
        return Response(describing.whole(version, self.actor, self.lang), status=status)


class Sheets(SheetsView):
    """The list."""

    @extend_schema(operation_id="sheets_list", responses=paged(SheetListed))
    def get(self, request: Request) -> Response:
        """Of each indication the version that readers see: what experts agreed on, else the draft, with its mark."""
        return whole([describing.listed(version, self.lang) for version in selectors.shown()])


class OneSheet(SheetsView):
    """The sheet of an indication."""

    @extend_schema(operation_id="sheets_read", responses=SheetShown)
    def get(self, request: Request, indication: str) -> Response:
        """What readers see now. `draft` is true until experts have agreed: draft teaching text, no guidance."""
        return self.told(selectors.current(indication))

    @extend_schema(operation_id="sheets_begin", request=SheetInput, responses={201: SheetShown})
    def post(self, request: Request, indication: str) -> Response:
        """Begin the first version, or the next one as a copy of the last (curators, in a session)."""
        actor = self.require_account()
        row = selectors.indication(indication)
        data = SheetInput.of(request.data)
        return self.once(lambda: self.told(services.begin(actor=actor, indication=row, data=data), 201))

    @extend_schema(operation_id="sheets_change", request=SheetChangeInput(partial=True), responses=SheetShown)
    def patch(self, request: Request, indication: str) -> Response:
        """Change fields of the version in work while it is a draft (curators, in a session)."""
        row = self.in_work(indication)
        data, reason = _said(request, partial=True)
        return self.once(lambda: self.told(services.change(actor=self.actor, version=row, data=data, reason=reason)))


class SheetDraft(SheetsView):
    """The version in work."""

    @extend_schema(operation_id="sheets_draft", responses=SheetShown)
    def get(self, request: Request, indication: str) -> Response:
        """For whoever has an account."""
        return self.told(self.in_work(indication))


class SheetVersions(SheetsView):
    """The versions that can be read."""

    @extend_schema(operation_id="sheets_versions", responses=paged(SheetVersionListed))
    def get(self, request: Request, indication: str) -> Response:
        """Every version that experts agreed on, the newest first."""
        selectors.current(indication)
        return whole(describing.versions(indication))


class OneSheetVersion(SheetsView):
    """A version under its own address, however many came after it."""

    @extend_schema(operation_id="sheets_version", responses=SheetShown)
    def get(self, request: Request, indication: str, number: int) -> Response:
        """As experts agreed on it; a chosen clip that was withdrawn since is a gap with its class."""
        return self.told(selectors.version(indication, number, self.actor))


class SheetVersionChanges(SheetsView):
    """What a version says otherwise than the one before."""

    @extend_schema(operation_id="sheets_changes", responses=paged(TextChange))
    def get(self, request: Request, indication: str, number: int) -> Response:
        """Field by field; of the first version everything."""
        held = selectors.version(indication, number, self.actor)
        return whole(describing.since(held, selectors.before(held)))


class SheetEdits(SheetsView):
    """The history of the version in work."""

    @extend_schema(operation_id="sheets_edits", responses=paged(SheetEditShown))
    def get(self, request: Request, indication: str) -> Response:
        """Who changed what and why, the newest first."""
        return whole(describing.edits(self.in_work(indication)))


class SheetComments(SheetsView):
    """The discussion of the version in work."""

    @extend_schema(operation_id="sheets_comments", responses=paged(CommentShown))
    def get(self, request: Request, indication: str) -> Response:
        """For whoever has an account."""
        return whole(describing.comments(self.in_work(indication)))

    @extend_schema(operation_id="sheets_comment", request=CommentInput, responses={201: CommentShown})
    def post(self, request: Request, indication: str) -> Response:
        """Say something (in a session)."""
        row = self.in_work(indication)
        text = CommentInput.of(request.data)["text"]
        return self.once(lambda: self._comment(row, text))

    def _comment(self, row: SheetVersion, text: str) -> Response:
        said = services.comment(actor=self.actor, version=row, text=text)
        return Response(describing.comment_json(said), status=201)


class SheetProposals(SheetsView):
    """Proposed changes of the version in work."""

    @extend_schema(operation_id="sheets_proposals", responses=paged(ProposalShown))
    def get(self, request: Request, indication: str) -> Response:
        """Open ones: all for curators, one's own for others."""
        rows = selectors.proposals(self.in_work(indication), self.actor)
        return whole([describing.proposal_json(row) for row in rows])

    @extend_schema(operation_id="sheets_propose", request=SheetChangeInput, responses={201: ProposalShown})
    def post(self, request: Request, indication: str) -> Response:
        """Propose a change of a draft, with a reason (whoever has an account, in a session)."""
        row = self.in_work(indication)
        data, reason = _said(request)
        return self.once(lambda: self._propose(row, data, reason))

    def _propose(self, row: SheetVersion, data: dict[str, Any], reason: str) -> Response:
        made = services.propose(actor=self.actor, version=row, data=data, reason=reason)
        made.refresh_from_db()
        return Response(describing.proposal_json(made), status=201)


def _said(request: Request, *, partial: bool = False) -> tuple[dict[str, Any], str]:
    """The fields, and the reason."""
    data = SheetChangeInput.of(request.data, partial=partial)
    return data, data.pop("reason", "")
