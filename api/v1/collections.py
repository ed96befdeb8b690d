"""Curated collections: the list, one with its versions, the version in work, its discussion and history."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import links, page, whole
from api.views import ApiView
from imagebank.collections import describing, selectors, services
from imagebank.collections.gathering import found_by
from imagebank.collections.models import Collection
from imagebank.core.errors import Invalid

from .schemas import paged
from .schemas.collections import (
    AddedShown,
    AddInput,
    ChangeInput,
    CollectionInput,
    CollectionListed,
    CommentInput,
    CommentShown,
    DraftShown,
    EditShown,
    VersionListed,
    VersionShown,
)


class CollectionView(ApiView):
    """Base: the version in work, and a collection for an act."""

    def worked_on(self, slug: str) -> Collection:
        self.require_account()
        return selectors.worked_on(self.actor, slug)[0]

    def draft(self, row: Collection, status: int = 200) -> Response:
        version = row.versions.select_related("collection").get(number=row.revision)
        return Response(describing.in_work(version, self.actor, self.lang), status=status)


class Collections(CollectionView):
    """The list; begin one."""

    @extend_schema(
        operation_id="collections_list",
        parameters=[
            OpenApiParameter("case", str, description="Only those that hold this case."),
            OpenApiParameter("limit", int, default=50),
            OpenApiParameter("cursor", str, description="`next` or `previous` of an answer."),
        ],
        responses=paged(CollectionListed),
    )
    def get(self, request: Request) -> Response:
        """Published collections, the newest version first."""
        case = request.query_params.get("case")
        rows = selectors.holding(_id(case)) if case else selectors.published()
        found = page(request, rows, lambda row: row, time="published_on")
        versions = selectors.live_versions(found.data["results"])
        body = {**found.data, "results": describing.listed(versions, self.lang)}
        return Response(body, headers=links(request, body["next"], body["previous"]))

    @extend_schema(operation_id="collections_create", request=CollectionInput, responses={201: DraftShown})
    def post(self, request: Request) -> Response:
        """A draft of one's own; whoever has an account may make and propose one (in a session)."""
        actor = self.require_account()
        data = CollectionInput.of(request.data)
        return self.once(lambda: self.draft(services.create(actor=actor, data=data), 201))


class OneCollection(CollectionView):
    """A collection."""

    @extend_schema(operation_id="collections_read", responses=VersionShown)
    def get(self, request: Request, slug: str) -> Response:
        """The version that readers see now. 410 once the collection is withdrawn."""
        _, version = selectors.live(slug)
        return Response(describing.whole(version, self.actor, self.lang))

    @extend_schema(operation_id="collections_change", request=ChangeInput(partial=True), responses=DraftShown)
    def patch(self, request: Request, slug: str) -> Response:
        """Change the version in work; `items`, when given, are all of them in their order."""
        row = self.worked_on(slug)
        data = ChangeInput.of(request.data, partial=True)
        reason = data.pop("reason", "")
        return self.once(
            lambda: self.draft(services.change(actor=self.actor, collection=row, data=data, reason=reason))
        )


class Draft(CollectionView):
    """The version in work."""

    @extend_schema(operation_id="collections_draft", responses=DraftShown)
    def get(self, request: Request, slug: str) -> Response:
        """For its author and for curators; a proposed one also for reviewers."""
        return self.draft(self.worked_on(slug))


class Add(CollectionView):
    """More cases."""

    @extend_schema(operation_id="collections_add", request=AddInput, responses=AddedShown)
    def post(self, request: Request, slug: str) -> Response:
        """Put cases at the end of the version in work: named ones, or all of a search; at most 200 in all."""
        row = self.worked_on(slug)
        said = AddInput.of(request.data)
        return self.once(lambda: self._add(row, said))

    def _add(self, row: Collection, said: dict[str, Any]) -> Response:
        cases = list(said.get("cases", ()))
        if "search" in said:
            cases += found_by(said["search"], self.actor, self.lang)
        added = services.add(actor=self.actor, collection=row, cases=cases)
        return Response({"added": added, "size": row.versions.get(number=row.revision).items.count()})


class Comments(CollectionView):
    """The discussion of the version in work."""

    @extend_schema(operation_id="collections_comments", responses=paged(CommentShown))
    def get(self, request: Request, slug: str) -> Response:
        """The oldest first; never public."""
        return whole(describing.comments(self.worked_on(slug)))

    @extend_schema(operation_id="collections_comment", request=CommentInput, responses={201: CommentShown})
    def post(self, request: Request, slug: str) -> Response:
        """Say something to those who see the version in work."""
        row, said = self.worked_on(slug), CommentInput.of(request.data)
        return self.once(
            lambda: Response(
                describing.comment_json(services.comment(actor=self.actor, collection=row, **said)), status=201
            )
        )


class Edits(CollectionView):
    """The history."""

    @extend_schema(operation_id="collections_edits", responses=paged(EditShown))
    def get(self, request: Request, slug: str) -> Response:
        """Who changed what, and why; the newest first. For those who see the version in work."""
        return whole(describing.edits(self.worked_on(slug)))


class Versions(ApiView):
    """The versions that can be read."""

    @extend_schema(operation_id="collections_versions", responses=paged(VersionListed))
    def get(self, request: Request, slug: str) -> Response:
        """Every published version, the newest first."""
        row, _ = selectors.live(slug)
        return whole([{"version": v.number, "published_at": v.published_on} for v in selectors.versions(row)])


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Invalid(errors={"case": "The id of a case."}) from None
