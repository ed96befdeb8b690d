"""The vocabulary for other programs: FHIR R4 JSON (application/fhir+json) and SKOS in Turtle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.renderers import Json
from api.views import ApiView
from imagebank.core.errors import Missing
from imagebank.vocabulary import fhir, skos

BASE: Final = "/api/v1/vocabulary/fhir"
ISSUES: Final = {401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 429: "throttled"}
"""Our status -> R4's issue type; `invalid` for other faults of the client, `exception` for ours."""


class Fhir(Json):
    """The same JSON under the name that FHIR gives it."""

    media_type = "application/fhir+json"
    also = ("application/json",)


class FhirView(ApiView):
    """Base: errors are told as an OperationOutcome."""

    renderer_classes = [Fhir]

    def handle_exception(self, exc: Exception) -> Response:
        told = super().handle_exception(exc)
        body: dict[str, Any] = told.data
        other = "exception" if told.status_code >= 500 else "invalid"
        issue = {"severity": "error", "code": ISSUES.get(told.status_code, other), "diagnostics": body["detail"]}
        headers = {name: value for name, value in told.headers.items() if name != "Content-Type"}
        outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
        return Response(outcome, told.status_code, headers=headers)


class Resources(FhirView):
    """All resources of a kind."""

    @extend_schema(operation_id="vocabulary_fhir_list", responses={(200, Fhir.media_type): OpenApiTypes.OBJECT})
    def get(self, request: Request, kind: str) -> Response:
        """A Bundle of every CodeSystem, ValueSet or ConceptMap."""
        if kind not in fhir.KINDS:
            raise Missing()
        return Response(fhir.bundle(kind, _base()))


class OneResource(FhirView):
    """A resource."""

    @extend_schema(operation_id="vocabulary_fhir_read", responses={(200, Fhir.media_type): OpenApiTypes.OBJECT})
    def get(self, request: Request, kind: str, name: str) -> Response:
        """CodeSystem of a table; ValueSet of a table or an indication; ConceptMap to SNOMED CT and DICOM."""
        found = fhir.resource(kind, name, _base()) if kind in fhir.KINDS else None
        if found is None:
            raise Missing()
        return Response(found)


class Turtle(BaseRenderer):
    """Text that is written already; an error is told in JSON as everywhere."""

    media_type = "text/turtle"
    format = "ttl"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return data.encode() if isinstance(data, str) else Json().render(data)


class Skos(ApiView):
    """The vocabulary as a thesaurus."""

    renderer_classes = [Turtle]

    @extend_schema(operation_id="vocabulary_skos", responses={(200, "text/turtle"): OpenApiTypes.STR})
    def get(self, request: Request) -> Response:
        """SKOS in Turtle: a concept scheme of each table."""
        text = skos.turtle(f"{settings.BASE_URL.rstrip('/')}/vocabulary")
        return Response(text)


def _base() -> str:
    return settings.BASE_URL.rstrip("/") + BASE
