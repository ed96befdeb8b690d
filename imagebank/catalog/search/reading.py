"""What is asked, as a tree: the words understood through the vocabulary, and the facets chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from imagebank.catalog.models import PublicCase
from imagebank.vocabulary.understanding import ABSENT, Term, Understood, understand

from .labelling import value_label
from .numbers import numbers_of
from .params import SearchParams
from .tree import And, AnyOf, Node, Not, Phrase, Words, render


@dataclass(frozen=True, slots=True)
class Query:
    """All of `words` and of `chosen` must hold; the ranking only orders."""

    words: And
    chosen: Mapping[str, Node]
    """{facet: what is chosen of it}."""
    understood: Sequence[Mapping[str, Any]]
    terms: tuple[tuple[int, frozenset[int]], ...] = ()
    """(number first meant, all numbers meant) of each term."""
    ranking: Words | None = None
    """Words of the text that raise a case."""
    required: bool = False
    """The words of the ranking are also asked for in `words`."""

    def node(self, without: str = "") -> And:
        """The whole, or all but what is chosen of one facet."""
        return And((*self.words.nodes, *(node for facet, node in self.chosen.items() if facet != without)))


def read(params: SearchParams, rows: QuerySet[PublicCase]) -> Query:
    """The query of `params`; `rows` are those that the reader may see."""
    meant = understand(params.q, params.lang)
    rest = tuple(meant.rest.split())
    required = bool(rest) and not (meant.terms or meant.phrases)
    nodes: list[Node] = [*_terms(meant), *_phrases(meant)]
    if required:
        nodes.append(_text(rest, rows))
    ranked = (*rest, *(word for phrase in meant.phrases for word in phrase.split()))
    return Query(
        words=And(tuple(nodes)),
        chosen=_chosen(params),
        understood=[
            *(_shown(term, params.lang) for term in meant.terms),
            *(_shown(term, params.lang) | {"excluded": True} for term in meant.excluded),
        ],
        terms=tuple(filter(None, (_ranked(term) for term in meant.terms))),
        ranking=Words(ranked, every=False) if ranked else None,
        required=not rest or required,
    )


def _terms(meant: Understood) -> Iterator[Node]:
    yield from (AnyOf(_numbers(term)) for term in meant.terms)
    yield from (Not(AnyOf(_denied(term))) for term in meant.terms if term.denied)
    yield from (Not(AnyOf(_numbers(term))) for term in meant.excluded)


def _phrases(meant: Understood) -> Iterator[Node]:
    yield from (Phrase(text) for text in meant.phrases)
    yield from (Not(Phrase(text)) for text in meant.excluded_text)


def _text(rest: tuple[str, ...], rows: QuerySet[PublicCase]) -> Words:
    """All words; any of them when no case has all (whatever else is chosen, so that facet counts stay true)."""
    every = Words(rest)
    return every if rows.filter(render(every)).exists() else Words(rest, every=False)


def _numbers(term: Term) -> tuple[int, ...]:
    """All that is meant. A denied finding and the normal that says the same are one: either."""
    found = numbers_of(term.facet, term.ids)
    if term.facet == ABSENT:
        normals = [choice.id for choice in term.also if choice.facet == "finding"]
        return (*found.values(), *numbers_of("finding", normals).values())
    return tuple(found.values())


def _denied(term: Term) -> tuple[int, ...]:
    """What may not be present: a denial of the broader is one of each of its kinds."""
    return tuple(sorted(numbers_of("finding", term.denied).values()))


def _ranked(term: Term) -> tuple[int, frozenset[int]] | None:
    first = numbers_of(term.facet, [term.id]).get(term.id)
    return (first, frozenset(_numbers(term))) if first is not None else None


def _chosen(params: SearchParams) -> dict[str, Node]:
    nodes: dict[str, Node] = {facet: _any(facet, values) for facet, values in params.chosen.items()}
    if params.quality_min:
        enough = _any("quality", [str(score) for score in range(params.quality_min, 6)])
        nodes["quality"] = And((nodes["quality"], enough)) if "quality" in nodes else enough
    return nodes


def _any(facet: str, values: Sequence[str]) -> AnyOf:
    return AnyOf(tuple(sorted(numbers_of(facet, values).values())))


def _shown(term: Term, lang: str) -> dict[str, Any]:
    """As the answer's `understood` tells it, with labels."""
    shown = term.as_dict() | {"label": value_label(term.facet, term.id, lang)}
    if term.also:
        shown["also"] = [
            {"facet": other.facet, "id": other.id, "label": value_label(other.facet, other.id, lang)}
            for other in term.also
        ]
    return shown
