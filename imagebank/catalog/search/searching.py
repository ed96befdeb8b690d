"""A search from its parameters to the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db.models import QuerySet

from imagebank.catalog.models import PublicCase
from imagebank.core.actor import Actor
from imagebank.vocabulary import suggesting

from . import cursors
from .counting import count_facets, shown_facets
from .newest import newest_page
from .pages import Page
from .params import SearchParams
from .present import case_json
from .reading import Query, read
from .relevance import relevance_page
from .tree import render
from .varied import varied_page
from .variety import Figures, variety_of, variety_of_all
from .visible import visible_to


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """A page of cases and what is told about all that match."""

    count: int
    understood: Sequence[Mapping[str, Any]]
    """{text, facet, id, label, repaired_from?, also?, excluded?} of each term of the words."""
    variety: Figures
    variety_all: Figures
    facets: Mapping[str, Sequence[Mapping[str, Any]]]
    """{facet: [{id, label, count}]}; empty unless asked for."""
    results: Sequence[Mapping[str, Any]]
    next: str | None
    previous: str | None
    ranked: int | None = None
    """In the order of relevance: how many of the matches were ranked; the list ends there."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON tells it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def search(params: SearchParams, actor: Actor) -> SearchAnswer:
    """What `actor` may see of what `params` ask for. Invalid for a cursor of another list."""
    rows = visible_to(actor)
    query = read(params, rows)
    matches = rows.filter(render(query.node()))
    page = _page(params, query, matches)
    shown = _in_order(rows, page.rows)
    count, variety_all = variety_of_all(matches)
    return SearchAnswer(
        count=count,
        understood=query.understood,
        variety=variety_of(shown),
        variety_all=variety_all,
        facets=shown_facets(count_facets(query, rows), params) if params.facets else {},
        results=[case_json(row.document, params.lang) for row in shown],
        next=cursors.write(params, page.next) if page.next else None,
        previous=cursors.write(params, page.previous) if page.previous else None,
        ranked=page.ranked,
    )


def suggest(prefix: str, lang: str = "en", limit: int = 10) -> list[dict[str, Any]]:
    """Terms to complete what is being typed: {text, label, facet, id}."""
    return [asdict(offered) for offered in suggesting.suggest(prefix, lang, limit)]


def _page(params: SearchParams, query: Query, matches: QuerySet[PublicCase]) -> Page:
    place = cursors.read(params)
    if params.order == "newest":
        return newest_page(matches, place, params.limit)
    if params.order == "relevance":
        return relevance_page(query, matches, place, params.limit)
    return varied_page(query, matches, place, seed=params.seed, limit=params.limit)


def _in_order(rows: QuerySet[PublicCase], keys: list[int]) -> list[PublicCase]:
    found = rows.defer("text", "terms").in_bulk(keys)
    return [found[key] for key in keys if key in found]
