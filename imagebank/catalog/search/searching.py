"""A search from its parameters to the answer, in two steps: what is found, and the documents of the page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import orjson
from django.db.models import TextField
from django.db.models.functions import Cast
from numpy.typing import NDArray

from imagebank.core.actor import Actor
from imagebank.vocabulary.selectors import version

from . import cursors
from .counting import count_facets, shown_facets
from .index import View, view_of
from .index.postings import bitmap
from .newest import newest_page
from .pages import Page
from .params import SearchParams
from .present import case_json
from .reading import Query, read
from .relevance import relevance_page
from .varied import varied_page
from .variety import Figures, variety_of, variety_of_all
from .visible import visible_to

SHAPE = 1
"""Of the answer: a number more whenever the same documents are told otherwise."""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """A page of cases and what is told about all that match."""

    count: int
    understood: Sequence[Mapping[str, Any]]
    """{text, facet, id, label, repaired_from?, also?, choices?, excluded?} of each term; `choices` to ask back with."""
    read_as: str
    """The query as its language writes it; empty when it was only words."""
    corrected: str
    """The query with its repairs; empty when nothing was repaired."""
    variety: Figures
    variety_all: Figures
    facets: Mapping[str, Sequence[Mapping[str, Any]]]
    """{facet: [{id, label, count}]}; empty unless asked for."""
    results: Sequence[Mapping[str, Any]]
    next: str | None
    previous: str | None
    ranked: int | None = None
    """In the order of relevance: how many of the matches were ranked; the list ends there."""
    cut: bool = False
    """More cases hold a word than are looked at: the numbers are the least there are, with NOT the most."""

    etag: str = ""
    """Beside what is told: another one when anything of it is another."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON tells it."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "etag"}


@dataclass(frozen=True)
class Found:
    """A search carried out, its documents not yet read."""

    params: SearchParams
    actor: Actor
    view: View
    query: Query
    page: Page

    def etag(self) -> str:
        """Of the answer, by what the index knows: nothing is read from the database."""
        tags = self.view.generation.of("tag", self.page.slots)
        return self._etag(self._told(self._pks.tolist()), tags.astype(np.uint64).tolist())

    def answer(self) -> SearchAnswer:
        """With the documents of the page."""
        rows = list(self._shown())
        told = self._told([pk for pk, *_ in rows])
        results = [case_json(orjson.loads(document), self.params.lang) for _, _, document in rows]
        return replace(told, results=results, etag=self._etag(told, [int(tag[:16] or "0", 16) for _, tag, _ in rows]))

    def _etag(self, told: SearchAnswer, tags: list[int]) -> str:
        parts = [SHAPE, version(), self.params.lang, told.as_dict(), tags]
        return hashlib.sha256(orjson.dumps(parts, default=str)).hexdigest()

    def _told(self, shown: list[int]) -> SearchAnswer:
        node, view, params = self.query.node(), self.view, self.params
        return SearchAnswer(
            count=view.count(node),
            understood=self.query.understood,
            read_as=self.query.read_as,
            corrected=self.query.corrected,
            variety=variety_of(bitmap(np.sort(self.page.slots[np.isin(self._pks, shown)])), view.generation),
            variety_all=variety_of_all(node, view),
            facets=shown_facets(count_facets(self.query, view), params) if params.facets else {},
            results=(),
            next=cursors.write(params, self.page.next) if self.page.next else None,
            previous=cursors.write(params, self.page.previous) if self.page.previous else None,
            ranked=self.page.ranked,
            cut=view.cut(node),
        )

    def _shown(self) -> Iterator[tuple[int, str, str]]:
        """(primary key, tag, document as text) of the page, in order, without what was hidden meanwhile."""
        rows = visible_to(self.actor).filter(pk__in=self._pks.tolist()).annotate(told=Cast("document", TextField()))
        found = {row[0]: row for row in rows.values_list("pk", "etag", "told")}
        return (found[pk] for pk in self._pks.tolist() if pk in found)

    @cached_property
    def _pks(self) -> NDArray[np.int64]:
        return self.view.generation.of("pk", self.page.slots)


def find(params: SearchParams, actor: Actor) -> Found:
    """What `actor` may see of what `params` ask for. Invalid for a cursor of another list."""
    return _found(params, actor, view_of(actor))


def _found(params: SearchParams, actor: Actor, view: View) -> Found:
    query = read(params, view)
    return Found(params, actor, view, query, _page(params, actor, query, view))


def tag_of(params: SearchParams, actor: Actor) -> str:
    """The ETag of the answer, kept while nothing in the index or the vocabulary changes: what a 304 asks for."""
    view = view_of(actor)
    if params.order == "varied" and actor.is_person:  # what they open changes their order
        return find(params, actor).etag()
    key = ("tag", view.audiences, version(), orjson.dumps(params))
    return view.generation.kept.get(key, lambda: _found(params, actor, view).etag())


def search(params: SearchParams, actor: Actor) -> SearchAnswer:
    """The answer of `find`."""
    return find(params, actor).answer()


def _page(params: SearchParams, actor: Actor, query: Query, view: View) -> Page:
    place = cursors.read(params)
    if params.order == "newest":
        return newest_page(view.matching(query.node()), view.generation, place, params.limit)
    if params.order == "relevance":
        return relevance_page(query, view, place, params.limit)
    return varied_page(query, view, actor, place, seed=params.seed, limit=params.limit)
