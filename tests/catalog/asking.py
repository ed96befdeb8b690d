"""Searching as a client does."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import QueryDict

from imagebank.catalog.search import SearchAnswer, SearchParams, search
from imagebank.core.actor import ANONYMOUS, Actor


def ask(query: str = "", lang: str = "en", actor: Actor = ANONYMOUS, **more: str | None) -> SearchAnswer:
    """The answer to a query string; what `more` holds is added to it."""
    text = "&".join(part for part in (query, urlencode({k: v for k, v in more.items() if v})) if part)
    return search(SearchParams.from_query(QueryDict(text), lang), actor)


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
