"""One published version of a collection: read, cited, taken home."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.conditions import not_modified
from api.media import PRIVATE, SANDBOX
from api.views import ApiView
from imagebank.collections import archive, citing, describing, selectors
from imagebank.core.errors import Invalid

from .clips import require_terms
from .schemas.collections import VersionShown

CITATIONS: Final = {
    "csl.json": ("application/vnd.citationstyles.csl+json", lambda *told: json.dumps(citing.csl(*told), indent=1)),
    "cite.bib": ("application/x-bibtex; charset=utf-8", citing.bibtex),
}


class OneVersion(ApiView):
    """A version under its own address, however many came after it."""

    @extend_schema(operation_id="collections_version", responses=VersionShown)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """As it was published; what was withdrawn since, or is not for the caller, is a gap with its class."""
        _, version = selectors.version(slug, number)
        return Response(describing.whole(version, self.actor, self.lang))


ITEMS: Final = {"type": "array", "items": {"type": "object", "additionalProperties": True}}


class Citation(ApiView):
    """Base: a citation as a file."""

    name: str

    @extend_schema(exclude=True)
    def get(self, request: Request, slug: str, number: int) -> HttpResponseBase:
        _, version = selectors.version(slug, number)
        kind, write = CITATIONS[self.name]
        text = write(version, self.lang)
        answer = HttpResponse(text, content_type=kind, headers=_download(f"{slug}-v{number}-{self.name}"))
        answer.headers["ETag"] = f'"{describing.digest(text)}"'
        return not_modified(request._request, answer) or answer


class Csl(Citation):
    name = "csl.json"
    gives = (CITATIONS[name][0], "application/json")

    @extend_schema(operation_id="collections_csl", responses={(200, CITATIONS["csl.json"][0]): ITEMS, 304: None})
    def get(self, request: Request, slug: str, number: int) -> HttpResponseBase:
        """CSL-JSON for reference managers."""
        return super().get(request, slug, number)


class Bibtex(Citation):
    name = "cite.bib"
    gives = ("application/x-bibtex", "text/plain")

    @extend_schema(operation_id="collections_bibtex", responses={(200, "application/x-bibtex"): str, 304: None})
    def get(self, request: Request, slug: str, number: int) -> HttpResponseBase:
        """BibTeX in UTF-8."""
        return super().get(request, slug, number)


class Archive(ApiView):
    """The version to take home."""

    gives = ("application/zip",)

    @extend_schema(
        operation_id="collections_archive",
        parameters=[OpenApiParameter("kind", str, enum=archive.KINDS, default=archive.KINDS[0])],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str, number: int) -> HttpResponseBase:
        """A ZIP of clean DICOM or MP4 with manifest, checksums and licences: an account that has accepted the terms."""
        _, version = selectors.version(slug, number)
        require_terms(self.actor, self.account)
        kind = request.query_params.get("kind", archive.KINDS[0])
        if kind not in archive.KINDS:
            raise Invalid(errors={"kind": f"One of {', '.join(archive.KINDS)}."})
        told: dict[str, Any] = {"content_type": "application/zip", "headers": _download(f"{slug}-v{number}-{kind}.zip")}
        if request.method == "HEAD":
            return HttpResponse(**told)
        return StreamingHttpResponse(archive.stream(version, self.actor, kind, self.lang), **told)


def _download(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": PRIVATE,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SANDBOX,
        "Vary": "Accept-Language, Authorization, Cookie",
    }
