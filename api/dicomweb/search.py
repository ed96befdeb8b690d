"""QIDO-RS (PS3.18 10.6): studies, series and instances that the caller may see, in a fixed order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from imagebank.catalog.models import Clip
from imagebank.core.actor import Actor

from .accepting import choose
from .answering import MODELS, datasets
from .fields import Fields
from .matches import told
from .matching import Matching, matching
from .paging import page
from .selection import at, clips, refuse_withdrawn
from .uids import BadRequest
from .views import DicomwebView

MOST: Final = 1_000
USUAL: Final = 100
DEPTH: Final = 10_000_000
SERVICE: Final = "imagebank"


@dataclass(frozen=True, slots=True)
class Query:
    """What a search asks for."""

    matching: Matching
    fields: Fields
    limit: int
    offset: int
    fuzzy: bool
    unfilled: bool = False
    """Fields were asked for that only readers with an account are told, as metadata are."""


class Search(DicomwebView):
    """Base: one level. The address may name the levels above."""

    level: str

    def get(self, request: Request, **_: str) -> HttpResponseBase:
        """Matches as JSON or XML, 204 when there are none; `Warning` tells what was left out or not done."""
        query = _as_told(_read(request, self.level), self.actor)
        offer = choose(request._request, MODELS)
        rows = self._rows(query)
        found, more = page(self.actor, self.level, rows, query.limit, query.offset, _said(request))
        headers = _warnings(query, more)
        if not found:
            if self.place:
                refuse_withdrawn(self.place)
            return HttpResponse(status=204, headers={**headers, "Cache-Control": "private, no-cache"})
        return datasets(request._request, told(self.level, found, query.fields, self.actor), headers, offer)

    def _rows(self, query: Query) -> QuerySet[Clip]:
        """Those that match; an address whose study or series is not there finds nothing."""
        return clips(self.actor).filter(at(self.place), query.matching.condition)


class Studies(Search):
    level = "studies"


class Series(Search):
    level = "series"


class SearchInstances(Search):
    level = "instances"


def _read(request: Request, level: str) -> Query:
    given = dict(request.query_params.lists())
    return Query(
        matching(level, given),
        Fields.of(given.get("includefield", [])),
        min(_whole(request, "limit", USUAL, DEPTH), MOST),
        _whole(request, "offset", 0, DEPTH),
        _truth(request, "fuzzymatching"),
    )


def _as_told(query: Query, actor: Actor) -> Query:
    """Without an account no more of the object than a search must tell (privacy.md 9)."""
    if actor.is_anonymous and query.fields.wanted:
        return replace(query, fields=Fields(), unfilled=True)
    return query


def _whole(request: Request, name: str, usual: int, most: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= most):
        raise BadRequest(errors={name: "A whole number from 0."})
    return int(text)


def _truth(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "false")
    if text not in ("true", "false"):
        raise BadRequest(errors={name: "`true` or `false`."})
    return text == "true"


def _said(request: Request) -> str:
    """The query without its place in the list: pages of one list share it."""
    query: Any = request.query_params.copy()
    for name in ("offset", "limit", "accept", "includefield"):
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}"


def _warnings(query: Query, more: bool) -> dict[str, str]:
    """PS3.18 8.3.4.4 and 10.6.3: 299 for what was not done as asked and for results beyond this page."""
    notes: Sequence[str] = [
        *(
            ["The fuzzymatching parameter is not supported. Only literal matching has been performed."]
            if query.fuzzy
            else []
        ),
        *(
            [f"Not a matching key here and ignored: {', '.join(query.matching.ignored)}."]
            if query.matching.ignored
            else []
        ),
        *(["Fields asked for by includefield need an account and were left out."] if query.unfilled else []),
        *(["There are additional results that can be requested"] if more else []),
    ]
    return {"Warning": ", ".join(f'299 {SERVICE} "{note}"' for note in notes)} if notes else {}
