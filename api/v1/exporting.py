"""All cases of a search as NDJSON, written while it is sent: memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import orjson
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api.views import ApiView
from imagebank.catalog.search import SearchParams, search
from imagebank.catalog.search.present import FILES
from imagebank.core.actor import Actor

from .clips import require_terms
from .schemas.search import SEARCH

NDJSON: Final = "application/x-ndjson"
PAGE: Final = 500
"""Cases that are read at once."""
PAGING: Final = ("order", "limit", "cursor", "seed", "facets")
HEADERS: Final = {
    "Content-Disposition": 'attachment; filename="cases.ndjson"',
    "Cache-Control": "private, no-cache",
    "Vary": "Accept-Language, Authorization, Cookie",
}


class Export(ApiView):
    """Every case of a search."""

    gives = (NDJSON, "application/json")

    @extend_schema(
        operation_id="cases_export",
        parameters=[one for one in SEARCH if one.name not in PAGING],
        responses={(200, NDJSON): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """One case a line, as `cases/{id}/` tells it, the newest first, with addresses that hold outside of the bank.

        For an account that has accepted the terms, or a token that may read. `url` is the address of the case.
        """
        actor = self.require_account()
        require_terms(actor, self.account)
        query = request.query_params.copy()
        query["order"], query["limit"] = "newest", str(PAGE)
        params = SearchParams.from_query(query, self.lang)
        told: dict[str, Any] = {"content_type": NDJSON, "headers": HEADERS}
        if request.method == "HEAD":
            return HttpResponse(**told)
        return StreamingHttpResponse(lines(params, actor), **told)


def lines(params: SearchParams, actor: Actor) -> Iterator[bytes]:
    """Page after page, as the reader may see it when its turn comes."""
    place: str | None = ""
    while place is not None:
        answer = search(replace(params, cursor=place), actor)
        yield b"".join(orjson.dumps(_absolute(case), option=orjson.OPT_APPEND_NEWLINE) for case in answer.results)
        place = answer.next


def _absolute(case: Any) -> dict[str, Any]:
    base = settings.BASE_URL.rstrip("/")
    keys = [key for key, _ in FILES.values()]
    clips = [{**clip, **{key: base + clip[key] for key in keys if clip[key]}} for clip in case["clips"]]
    return {"url": f"{base}/api/v1/cases/{case['id']}/", **case, "clips": clips}
