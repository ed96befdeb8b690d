"""Cases of a search, to put into a collection."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Final

from django.http import QueryDict

from imagebank.catalog.search import SearchParams, search
from imagebank.core.actor import Actor

from .items import MOST

PAGE: Final = 100
"""The longest varied page."""


def found_by(query: str, actor: Actor, lang: str) -> list[uuid.UUID]:
    """The first cases, at most MOST, of a search by its query string, in its order. Invalid as the search itself."""
    asked = QueryDict(query, mutable=True)
    for name in ("cursor", "facets", "limit"):
        asked.pop(name, None)
    params = replace(SearchParams.from_query(asked, lang), limit=PAGE)
    cases: list[uuid.UUID] = []
    while len(cases) < MOST:
        answer = search(params, actor)
        cases += [uuid.UUID(case["id"]) for case in answer.results]
        if not answer.next:
            break
        params = replace(params, cursor=answer.next)
    return cases[:MOST]
