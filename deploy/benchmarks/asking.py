"""What the benchmark of the search asks, and what SQL says to it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.http import QueryDict
from pyroaring import BitMap

from deploy.benchmarks import ground  # noqa: F401 - Django first
from imagebank.catalog.search import SearchAnswer, SearchParams, search
from imagebank.catalog.search.counting import count_facets
from imagebank.catalog.search.index import Generation, View, current, view_of
from imagebank.catalog.search.index.kept import Kept
from imagebank.catalog.search.newest import newest_page
from imagebank.catalog.search.numbers import numbers_of, values_of
from imagebank.catalog.search.reading import Query, read
from imagebank.core.actor import ANONYMOUS
from imagebank.vocabulary.folding import WORD
from imagebank.vocabulary.selectors import facet_values
from imagebank.vocabulary.tables import LANGUAGES, read_tables
from imagebank.vocabulary.understanding import understand

FILTERED: Final = ("age_band", "bmi", "finding", "indication", "polarity", "probe", "quality", "sex", "threat", "view")
WORDS: Final = ("fall", "fever", "swollen", "sudden", "teaching", "follow", "night", "week")
SHORT: Final = 3
COUNTED: Final = (
    "SELECT number, count(*) FROM catalog_publiccase, unnest(terms) AS number"
    " WHERE NOT hidden AND audience = 'open' AND {wanted} GROUP BY number"
)


def params(**asked: Any) -> SearchParams:
    return SearchParams.from_query(QueryDict(urlencode(asked, doseq=True)), "en")


def forget() -> None:
    """All that was worked out for earlier questions."""
    object.__setattr__(current.generation(), "kept", Kept())


def cold(asked: SearchParams) -> SearchAnswer:
    forget()
    return search(asked, ANONYMOUS)


def query(asked: dict[str, Any], view: View) -> Query:
    return read(params(**asked), view)


def counted(asked: Query) -> Any:
    forget()
    return count_facets(asked, view_of(ANONYMOUS))


def found(asked: dict[str, Any]) -> tuple[View, BitMap]:
    view = view_of(ANONYMOUS)
    return view, view.matching(query(asked, view).node())


def combinations(count: int, most: int = 3, least: int = 1) -> Iterator[dict[str, Any]]:
    """Random filters, from broad to narrow."""
    chance = random.Random(7)  # noqa: S311
    values = {facet: sorted(facet_values(facet)) for facet in FILTERED}
    for _ in range(count):
        facets = chance.sample(FILTERED, chance.randint(least, most))
        yield {facet: chance.sample(values[facet], min(chance.randint(1, 3), len(values[facet]))) for facet in facets}


def texts(count: int) -> Iterator[SearchParams]:
    """One or two words, ranked: common ones of titles, and ones of names that stand in few cases or in many."""
    chance = random.Random(7)  # noqa: S311
    named = _of_names()
    for number in range(count):
        words = chance.sample(WORDS, chance.randint(1, 2))
        if number % 2:
            words[0] = chance.choice(named)
        yield params(q=" ".join(words), order="relevance", exact="1")


def _of_names() -> list[str]:
    """Words of the findings' names that alone mean no term, so that they are looked for in the text."""
    labels = [row[f"label_{lang}"] for row in read_tables()["findings"] for lang in LANGUAGES]
    words = {word.lower() for label in labels for word in WORD.findall(label) if len(word) > SHORT}
    return sorted(word for word in words if understand(word, exact=True).rest == word)


def deep(count: int, pages: int) -> Iterator[SearchParams]:
    """The page of this number, by its cursor."""
    for seed in range(count):
        cursor = ""
        for _ in range(pages - 1):
            cursor = search(params(seed=seed, cursor=cursor), ANONYMOUS).next or ""
        yield params(seed=seed, cursor=cursor)


def middle(generation: Generation, matches: BitMap) -> Any:
    """A place of the order by day, about half way."""
    page = newest_page(matches, generation, None, 1)
    place = page.next
    slot = matches[len(matches) // 2]
    day = int(generation.base.day[slot])
    return [(-day, int(generation.base.shuffle[slot]))] if place else None


def counts(asked: dict[str, Any]) -> dict[str, dict[str, int]]:
    view = view_of(ANONYMOUS)
    return {facet: values for facet, values in count_facets(query(asked, view), view).items() if values}


def oracle(asked: dict[str, Any]) -> dict[str, dict[str, int]]:
    """The same by GROUP BY; one pass, and one for each facet that is chosen."""
    whole = _grouped(asked)
    for facet in asked:
        whole.pop(facet, None)
        own = _grouped({name: values for name, values in asked.items() if name != facet}).get(facet)
        whole |= {facet: own} if own else {}
    return whole


def _grouped(asked: dict[str, Any]) -> dict[str, dict[str, int]]:
    numbers = [sorted(numbers_of(facet, values).values()) for facet, values in asked.items()]
    wanted = " AND ".join(["terms && %s::int[]"] * len(numbers)) or "true"
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(wanted=wanted), numbers)
        rows = dict(cursor.fetchall())
    grouped: dict[str, dict[str, int]] = {}
    for number, (facet, slug) in values_of(rows).items():
        grouped.setdefault(facet, {})[slug] = rows[number]
    return grouped
