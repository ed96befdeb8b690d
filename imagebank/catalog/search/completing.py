"""What the words typed so far may become, and how many cases the reader would get by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any, Final

from imagebank.core.actor import Actor
from imagebank.vocabulary.folding import key
from imagebank.vocabulary.language import EMPTY, NEGATION
from imagebank.vocabulary.suggesting import Suggestion
from imagebank.vocabulary.suggesting import suggest as suggested

from .asked import NAMES
from .grammar import LONGEST, BrokenQuery
from .index import View, view_of
from .params import SearchParams
from .reading import read

MOST_WORDS: Final = 4
"""Words at the end that may be the beginning of one name."""
_BEGIN: Final = re.compile(r"(?:^|(?<=[\s(\"\-,]))\w")
_BREAK: Final = re.compile(r"\W")
SMALL: Final = NEGATION | EMPTY
_FIELD: Final = re.compile(rf"(?P<name>{'|'.join(NAMES)}):(?P<value>[^\s\"(),]*)$", re.IGNORECASE)


def suggest(typed: str, lang: str, actor: Actor, limit: int = 8) -> list[dict[str, Any]]:
    """{text, label, facet, id, q, count}: `q` is what was typed with its end completed; without cases last."""
    typed = typed[-LONGEST:]
    view = view_of(actor)
    offers = [
        asdict(offer) | {"q": completed, "count": _count(completed, lang, view)}
        for completed, offer in islice(_completions(typed, lang, limit * 2), limit * 2)
    ]
    return sorted(offers, key=lambda offer: not offer["count"])[:limit]


def _completions(typed: str, lang: str, limit: int) -> Iterator[tuple[str, Suggestion]]:
    """(whole query, term) of the longest end that begins a name; after a "no" also of what follows it."""
    if field := _FIELD.search(typed):
        facet = NAMES[field["name"].lower()]
        kind = "finding" if facet.startswith("finding") else facet
        offers = [offer for offer in suggested(field["value"], lang, limit * 4) if offer.facet == kind]
        yield from ((f"{typed[: field.start('value')]}{offer.id}", offer) for offer in offers[:limit])
        return
    seen: set[tuple[str, str]] = set()
    for start in [match.start() for match in _BEGIN.finditer(typed)][-MOST_WORDS:]:
        before, end = typed[:start], typed[start:]
        offers = [offer for offer in suggested(end, lang, limit) if (offer.facet, offer.id) not in seen]
        seen |= {(offer.facet, offer.id) for offer in offers}
        yield from ((before + _as_typed(offer.text, before, end[0], lang), offer) for offer in offers)
        if offers and key(_BREAK.split(end, maxsplit=1)[0]) not in SMALL:
            return


def _as_typed(name: str, before: str, first: str, lang: str) -> str:
    """The name in the case that was begun (German nouns keep theirs); several words after a minus stand in quotes."""
    small = first.islower() and name[1:2].islower() and lang != "de"
    name = name[0].lower() + name[1:] if small else name
    return f'"{name}"' if before.endswith("-") and " " in name else name


def _count(query: str, lang: str, view: View) -> int:
    try:
        return view.count(read(SearchParams(lang=lang, q=query), view).node())
    except BrokenQuery:  # a bracket that is still open
        return 0
