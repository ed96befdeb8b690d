"""The nodes that keep a copy of this one's cases, as their institution's steward and administrators see them."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import whole
from api.views import ApiView
from imagebank.accounts.models import Institution, User
from imagebank.core.errors import Invalid
from imagebank.exchange import followers, mirrors
from imagebank.exchange.models import Mirror

from .schemas import paged
from .schemas.exchange import MirrorInput, MirrorShown

INSTITUTION = OpenApiParameter("institution", str, description="Slug; for an administrator, or of several of yours.")


class Mirrors(ApiView):
    """Mirrors."""

    @extend_schema(operation_id="mirrors_list", responses=paged(MirrorShown))
    def get(self, request: Request) -> Response:
        """Those of one's institution, with how far they are: all for an administrator."""
        rows = mirrors.seen_by(self.require_account())
        return whole([mirrors.told(standing) for standing in mirrors.standings(rows)])

    @extend_schema(
        operation_id="mirrors_admit", parameters=[INSTITUTION], request=MirrorInput, responses={201: MirrorShown}
    )
    def post(self, request: Request) -> Response:
        """Admit a mirror of an institution with a current agreement: its node's key, where the copy stands and what
        for (its steward, or an administrator, in a session). It gets only what the rights of a case allow there."""
        self.require_account()
        said = MirrorInput.of(request.data)
        email = said.pop("account")
        account = User.objects.filter(email=email.lower()).first()
        if account is None:
            raise Invalid(errors={"account": "There is no such account in this institution."})
        institution = self._institution(account)
        said = {"uses": ["teaching"], "audience": "registered", **said}
        return self.once(lambda: self._admit(institution, account, said))

    def _institution(self, account: User) -> Institution:
        """The one that is named, else the account's own."""
        slug = self.request.query_params.get("institution", "")
        rows = Institution.objects.filter(slug=slug) if slug else Institution.objects.filter(services=account)
        return get_object_or_404(rows)

    def _admit(self, institution: Institution, account: User, said: dict[str, Any]) -> Response:
        row = followers.register(actor=self.actor, institution=institution, account=account, said=said)
        return Response(_told(row), status=201)


class OneMirror(ApiView):
    """A mirror."""

    @extend_schema(operation_id="mirrors_read", responses=MirrorShown)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """How far it is."""
        return Response(_told(get_object_or_404(mirrors.seen_by(self.require_account()), pk=pk)))

    @extend_schema(operation_id="mirrors_end", request=None, responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Send it nothing more (in a session)."""
        row = get_object_or_404(mirrors.seen_by(self.require_account()), pk=pk)
        return self.once(lambda: self._end(row))

    def _end(self, row: Mirror) -> Response:
        followers.end(actor=self.actor, mirror=row)
        return Response(status=204)


def _told(row: Mirror) -> dict[str, Any]:
    return mirrors.told(mirrors.standings([row])[0])
