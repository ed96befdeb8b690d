"""Searching as a client does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from imagebank.catalog.search import SearchAnswer, SearchParams, search
from imagebank.catalog.search.index import Generation
from imagebank.catalog.search.index.postings import slots_of
from imagebank.core.actor import ANONYMOUS, Actor
from imagebank.vocabulary.hierarchy import above, broader_of, narrower_of, with_kinds
from imagebank.vocabulary.tables import packaged


def ask(query: str = "", lang: str = "en", actor: Actor = ANONYMOUS, **more: str | None) -> SearchAnswer:
    """The answer to a query string; what `more` holds is added to it."""
    text = "&".join(part for part in (query, urlencode({k: v for k, v in more.items() if v})) if part)
    return search(SearchParams.from_query(QueryDict(text), lang), actor)


def recorded(document: dict[str, Any]) -> set[tuple[str, str]]:
    """(presence, term) of a case: what is present is so as all that is broader too, what is absent in all its kinds."""
    broader, narrower = broader_of(packaged()), narrower_of(packaged())
    found = set()
    for finding in document["findings"]:
        term, presence = finding["term"], finding["presence"]
        terms = with_kinds([term], narrower) if presence == "absent" else [term, *above(term, broader)]
        found |= {(presence, one) for one in terms}
    return found


def ids(answer: SearchAnswer) -> list[str]:
    return [case["id"] for case in answer.results]


def walk(query: str, most: int = 1_000) -> Iterator[SearchAnswer]:
    """Page after page, by the cursors."""
    answer = ask(query)
    for _ in range(most):
        yield answer
        if not answer.next:
            return
        answer = ask(query, cursor=answer.next)
    raise AssertionError("the list does not end")


def known(generation: Generation) -> dict[int, tuple]:
    """{primary key: all that the index knows of the row}, by no matter which numbers."""
    slots = slots_of(generation.live)
    columns = [generation.of(name, slots).tolist() for name in ("pk", "shuffle", "day", "quality", "clips", "tag")]
    by_slot: dict[int, set[int]] = {slot: set() for slot in slots.tolist()}
    for number, found in generation.terms.items():
        for slot in found:
            by_slot[slot].add(number)
    lists = generation.lists("values", slots)
    starts = [0, *lists.ends.tolist()]
    values = [{generation.codes.known[code] for code in lists.flat[start:end]} for start, end in pairwise(starts)]
    opened = [slot in generation.open for slot in slots.tolist()]
    rows = zip(*columns, by_slot.values(), values, opened, strict=True)
    return {row[0]: row for row in rows}
