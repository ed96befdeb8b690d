"""One file of a deposit: look at it before and after, and decide. Deciding is a person's act in a session."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.views import ApiView
from imagebank.intake import selectors, services
from imagebank.intake.acceptance import confirm
from imagebank.intake.showing import originals as show

from .schemas.deposits import ConfirmInput, MaskInput, OriginalShown, RetryInput

WHICH = OpenApiParameter("which", str, enum=["before", "after"], default="before")


class OriginalView(ApiView):
    """Base: the file, if the caller may see it."""

    scopes = ("read", "deposit")

    def original(self, pk: uuid.UUID) -> Any:
        return get_object_or_404(selectors.originals(self.require_account()), pk=pk)

    def shown(self, row: Any) -> Response:
        row.refresh_from_db()
        return Response(show([row], self.actor)[0])


class OneOriginal(OriginalView):
    """A file."""

    @extend_schema(operation_id="originals_read", responses=OriginalShown)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Its state, with the reason in words."""
        return Response(show([self.original(pk)], self.actor)[0])


class Preview(OriginalView):
    """The picture before and after."""

    gives = ("image/webp",)

    @extend_schema(
        operation_id="originals_preview", parameters=[WHICH], responses={(200, "image/webp"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """The untouched picture (may show the patient's name: session only, never stored), or the one after masking."""
        row = self.original(pk)
        after = request.query_params.get("which") == "after"
        data = (selectors.after_picture if after else selectors.before_picture)(self.actor, row)
        return HttpResponse(data, content_type="image/webp", headers={"Cache-Control": "no-store"})


class Confirm(OriginalView):
    """Confirm that a file is clean."""

    @extend_schema(operation_id="originals_confirm", request=ConfirmInput, responses=OriginalShown)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """By confirming, the person states to have looked, and that no face, skin mark, person or document is seen.

        `{"visible_features": true}` says that one is: the file is held instead. Never by token.
        """
        row = self.original(pk)
        features = ConfirmInput.of(request.data)["visible_features"]
        return self.once(lambda: self.shown(confirm(actor=self.actor, original=row, visible_features=features)))


class Mask(OriginalView):
    """Draw another mask."""

    @extend_schema(operation_id="originals_mask", request=MaskInput, responses=OriginalShown)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Clean the file again: keep these boxes of the picture, blank those inside them. Never by token."""
        row, said = self.original(pk), MaskInput.of(request.data)
        return self.once(lambda: self.shown(services.mask(actor=self.actor, original=row, **said)))


class Discard(OriginalView):
    """Throw a file away."""

    @extend_schema(operation_id="originals_discard", request=None, responses=OriginalShown)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Its key, its bytes, its pictures and the candidate are destroyed. Never by token."""
        row = self.original(pk)
        return self.once(lambda: self.shown(services.discard(actor=self.actor, original=row)))


class Retry(OriginalView):
    """Try a file again."""

    @extend_schema(operation_id="originals_retry", request=RetryInput, responses=OriginalShown)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Once more, after a failure or with another policy. Never by token.

        `{"afresh": true}`: the program alone decides; a mask that was drawn, or remembered for the device, is left out.
        """
        row, said = self.original(pk), RetryInput.of(request.data)
        return self.once(lambda: self.shown(services.retry(actor=self.actor, original=row, **said)))
