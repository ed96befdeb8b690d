"""Published cases for programs that speak FHIR R4: read-only, as `imagebank.catalog.fhir` builds them."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from imagebank.catalog.fhir import Exporter
from imagebank.catalog.models import PublicCase
from imagebank.catalog.search import SearchParams, search
from imagebank.catalog.search.visible import visible_to
from imagebank.catalog.selectors import refuse_withdrawn
from imagebank.core.errors import Missing

from .fhir import Fhir, FhirView
from .schemas.search import SEARCH

RESOURCE: Final = {(200, Fhir.media_type): OpenApiTypes.OBJECT}
UNUSED: Final = ("facets", "seed", "order", "lang")


class CaseResource(FhirView):
    """Base: the public case behind a resource, and who writes it."""

    @property
    def exporter(self) -> Exporter:
        return Exporter(settings.BASE_URL.rstrip("/"), self.lang)

    def row(self, pk: uuid.UUID) -> PublicCase:
        refuse_withdrawn(pk)
        row = visible_to(self.actor).filter(case_id=pk).first()
        if row is None:
            raise Missing()
        return row


class Studies(CaseResource):
    """A search."""

    @extend_schema(
        operation_id="fhir_studies", parameters=[one for one in SEARCH if one.name not in UNUSED], responses=RESOURCE
    )
    def get(self, request: Request) -> Response:
        """Published cases, the newest first, as a Bundle of ImagingStudies, each with its Observations.

        The parameters are those of `cases/`; `link` leads to the neighbouring pages.
        """
        query = request.query_params.copy()
        query["order"] = "newest"
        answer = search(SearchParams.from_query(query, self.lang), self.actor)
        ids = [case["id"] for case in answer.results]
        rows = {str(row.case_id): row for row in visible_to(self.actor).filter(case_id__in=ids)}
        shown = [rows[pk] for pk in ids if pk in rows]
        return Response(self.exporter.found(shown, answer.count, _links(request, answer.next, answer.previous)))


class OneStudy(CaseResource):
    """A case as an ImagingStudy."""

    @extend_schema(operation_id="fhir_study", responses=RESOURCE)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Its clips, a series each, with the UIDs of the clean objects and the address of DICOMweb."""
        return Response(self.exporter.studies([self.row(pk)])[0])


class OneObservation(CaseResource):
    """A finding."""

    @extend_schema(operation_id="fhir_observation", responses=RESOURCE)
    def get(self, request: Request, pk: uuid.UUID, number: int) -> Response:
        """Whether it is present, absent or uncertain. The id is that of the case, a hyphen, and a number from 1."""
        found = self.exporter.observations(self.row(pk))
        if not 1 <= number <= len(found):
            raise Missing()
        return Response(found[number - 1])


class OneBundle(CaseResource):
    """A case with its findings."""

    @extend_schema(operation_id="fhir_bundle", responses=RESOURCE)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The ImagingStudy and every Observation as a Bundle of type collection."""
        return Response(self.exporter.bundle(self.row(pk)))


class Capability(FhirView):
    """What is to be had."""

    @extend_schema(operation_id="fhir_metadata", responses=RESOURCE)
    def get(self, request: Request) -> Response:
        """The CapabilityStatement."""
        base = settings.BASE_URL.rstrip("/")
        kinds = [("ImagingStudy", ["read", "search-type"]), ("Observation", ["read"]), ("Bundle", ["read"])]
        resources = [{"type": kind, "interaction": [{"code": code} for code in codes]} for kind, codes in kinds]
        return Response({
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": timezone.now().date().isoformat(),
            "kind": "instance",
            "software": {"name": "POCUS image bank", "version": settings.VERSION},
            "implementation": {"description": "POCUS image bank", "url": f"{base}/api/v1/fhir"},
            "fhirVersion": "4.0.1",
            "format": ["json"],
            "rest": [{"mode": "server", "resource": resources}],
        })  # fmt: skip


def _links(request: Request, after: str | None, before: str | None) -> dict[str, str]:
    """Relation -> path of this page and of its neighbours."""
    told = {"self": request.get_full_path()}
    for relation, cursor in (("next", after), ("previous", before)):
        if cursor:
            query: Any = request.query_params.copy()
            query["cursor"] = cursor
            told[relation] = f"{request.path}?{query.urlencode()}"
    return told
