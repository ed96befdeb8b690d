"""The audit trail over REST: what one may read of it (privacy.md 18)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import links, page
from api.views import ApiView
from imagebank.accounts.auditing import told, trail
from imagebank.accounts.models import Institution

from .schemas import paged
from .schemas.audit import ActShown

CHOICES = [
    OpenApiParameter("institution", str, description="Only what concerns this institution (its slug)."),
    OpenApiParameter("event", str, description="Only acts of this kind: create, submit, publish, download ..."),
    OpenApiParameter("limit", int, default=50, description="At most 1,000."),
    OpenApiParameter("cursor", str, description="`next` or `previous` of an answer."),
]


class Audit(ApiView):
    """Acts."""

    @extend_schema(operation_id="audit_list", parameters=CHOICES, responses=paged(ActShown))
    def get(self, request: Request) -> Response:
        """One's own acts and what was done with one's own; all of an institution for its steward. Newest first."""
        actor, asked = self.require_account(), request.query_params
        slug = asked.get("institution")
        institution = get_object_or_404(Institution, slug=slug).pk if slug else None
        rows = trail(actor, institution=institution)
        if event := asked.get("event"):
            rows = rows.filter(event=event)
        found = page(request, rows, lambda row: row, time="recorded_at")
        acts = [_act(act) for act in told(actor, found.data["results"])]
        body: dict[str, Any] = {**found.data, "results": acts}
        return Response(body, headers=links(request, body["next"], body["previous"]))


def _act(act: Any) -> dict[str, Any]:
    return {**asdict(act), "roles": list(act.roles)}
