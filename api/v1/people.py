"""Who calls, its tokens, institutions, and the node itself."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import page
from api.views import ApiView
from imagebank.accounts.models import ApiToken, Institution, User
from imagebank.accounts.services import create_token, revoke_token
from imagebank.core.actor import Actor
from imagebank.core.errors import Denied
from imagebank.core.models import Node
from imagebank.exchange import node_keys
from imagebank.vocabulary.selectors import version
from imagebank.vocabulary.tables import LANGUAGES

from .schemas import paged
from .schemas.people import InstitutionShown, MeShown, NewTokenShown, NodeShown, TokenInput, TokenShown


class Me(ApiView):
    """Who I am."""

    scopes = ("read", "deposit", "tag", "mirror", "withdraw")

    @extend_schema(operation_id="me_read", responses=MeShown)
    def get(self, request: Request) -> Response:
        """The account behind this session or token, with the rights it has now."""
        actor = self.require_account()
        user = self.account
        told = {name: getattr(user, name) for name in ("id", "email", "name", "kind", "language", "accepted_terms")}
        scopes = None if actor.scopes is None else sorted(actor.scopes)
        return Response(
            {
                **told,
                "via": actor.via,
                "roles": sorted(actor.roles),
                "memberships": _memberships(actor),
                "scopes": scopes,
                "second_factor": actor.second_factor,
            }
        )


class Institutions(ApiView):
    """Institutions."""

    @extend_schema(operation_id="institutions_list", responses=paged(InstitutionShown))
    def get(self, request: Request) -> Response:
        """Those that chose to be named, and one's own."""
        wanted = Q(named_in_public=True) | Q(pk__in=list(self.actor.memberships))
        return page(request, Institution.objects.filter(wanted), _institution)


class Tokens(ApiView):
    """One's own tokens. They are a person's business, in a session."""

    @extend_schema(operation_id="tokens_list", responses=paged(TokenShown))
    def get(self, request: Request) -> Response:
        """Live tokens, without their secrets."""
        return page(request, own_tokens(_person(self)), _token)

    @extend_schema(operation_id="tokens_create", request=TokenInput, responses={201: NewTokenShown})
    def post(self, request: Request) -> Response:
        """Make a token (asks for a second factor). Its secret is told this once, also not again by Idempotency-Key."""
        _person(self)
        owner = self.account
        said = TokenInput.of(request.data)
        return self.once(lambda: self._make(owner, said), keep=lambda body: {**body, "token": None})

    def _make(self, owner: User, said: dict[str, Any]) -> Response:
        row, token = create_token(owner=owner, actor=self.actor, **said)
        row.refresh_from_db()
        return Response({**_token(row), "token": token}, status=201)


class OneToken(ApiView):
    """A token of one's own."""

    @extend_schema(operation_id="tokens_revoke", request=None, responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Revoke it at once."""
        token = get_object_or_404(own_tokens(_person(self)), pk=pk)
        return self.once(lambda: self._revoke(token))

    def _revoke(self, token: ApiToken) -> Response:
        revoke_token(actor=self.actor, token=token)
        return Response(status=204)


class OneNode(ApiView):
    """The node."""

    scopes = Me.scopes

    @extend_schema(operation_id="node_read", responses=NodeShown)
    def get(self, request: Request) -> Response:
        """Its identity and keys, the head of its change feed, version, languages and limits."""
        node = Node.current()
        return Response(
            {
                **node_keys.card(),
                "version": settings.VERSION,
                "demo": node.demo,
                "languages": list(LANGUAGES),
                "vocabulary": version(),
                "limits": asdict(settings.LIMITS),
            }
        )


def own_tokens(actor: Actor) -> Any:
    """Those that still open something."""
    return ApiToken.objects.filter(owner_id=actor.user_id, revoked=False, expires_at__gt=timezone.now())


def _person(view: ApiView) -> Actor:
    actor = view.require_account()
    if not actor.is_person:
        raise Denied("token_by_person")
    return actor


def _token(row: ApiToken) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "name", "scopes", "created_at", "expires_at", "last_used_on")}


def _institution(row: Institution) -> dict[str, str]:
    return {"slug": row.slug, "name": row.name, "country": row.country}


def _memberships(actor: Actor) -> list[dict[str, Any]]:
    rows = Institution.objects.filter(pk__in=list(actor.memberships)).order_by("slug")
    return [{"institution": row.slug, "name": row.name, "roles": sorted(actor.memberships[row.pk])} for row in rows]
