"""What is asked, as a tree: the query read through its language and the vocabulary, and the facets chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from imagebank.vocabulary.meaning import ABSENT, Choice, Term
from imagebank.vocabulary.understanding import Understood, understand

from . import asked as language
from .asked import Asked, Field, Text
from .grammar import parse
from .labelling import value_label
from .numbers import any_of, numbers_of
from .params import SearchParams
from .tree import And, AnyOf, Node, Not, Or, Phrase, Words
from .values import values_of


class Held(Protocol):
    """What is asked about the bank while a query is read."""

    def exists(self, node: Node) -> bool:
        """Whether the reader may see any case that fits."""
        ...


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
    read_as: str = ""
    """The query as its language writes it; empty when it was only words."""
    corrected: str = ""
    """The query as its words were put right; empty when none was."""

    def node(self, without: str = "") -> And:
        """The whole, or all but what is chosen of one facet."""
        return And((*self.words.nodes, *(node for facet, node in self.chosen.items() if facet != without)))


@dataclass(slots=True)
class _Reading:
    """What is gathered while the tree is read."""

    params: SearchParams
    view: Held
    understood: list[dict[str, Any]] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    ranking: list[str] = field(default_factory=list)
    required: bool = True
    corrected: str = ""


def read(params: SearchParams, view: Held) -> Query:
    """The query of `params`; `view` is what the reader may see. BrokenQuery (grammar)."""
    asked = _meaningful(parse(params.q), params)
    reading = _Reading(params, view, corrected=params.q)
    nodes = asked.nodes if isinstance(asked, And) else (asked,)
    read_as = "" if isinstance(asked, Text) else language.written(asked)
    return Query(
        words=And(tuple(node for one in nodes for node in _conditions(one, reading))),
        chosen=_chosen(params),
        understood=reading.understood,
        terms=tuple(filter(None, (_ranked(term) for term in reading.terms))),
        ranking=Words(tuple(reading.ranking), every=False) if reading.ranking else None,
        required=reading.required,
        read_as=read_as,
        corrected=reading.corrected if reading.corrected != params.q else "",
    )


def _meaningful(asked: Asked, params: SearchParams) -> Asked:
    """Words from end to end when an operator stands beside nothing that can be searched for ("EFFUSION NOT SEEN")."""
    parts = list(language.leaves(asked))
    empty = any(isinstance(part, Text) and _understand(part, params).empty for part in parts)
    fields = any(isinstance(part, Field) for part in parts)
    return Text(" ".join(params.q.split())) if empty and not fields else asked


def _understand(text: Text, params: SearchParams) -> Understood:
    return understand(text.text, params.lang, exact=params.exact)


def _conditions(asked: Asked, reading: _Reading) -> list[Node]:
    """What one part of the whole asks for; words that only rank ask for nothing."""
    if isinstance(asked, Text):
        return _words(asked, reading)
    node = _node(asked, reading, excluded=False)
    return [] if node is None else [node]


def _node(asked: Asked, reading: _Reading, *, excluded: bool) -> Node | None:
    """The condition of a part; None when there is nothing in it to search for."""
    match asked:
        case Text():
            return _nested(asked, reading, excluded)
        case Field():
            return _field(asked, reading, excluded)
        case Not(inner):
            node = _node(inner, reading, excluded=not excluded)
            return None if node is None else Not(node)
        case And(nodes) | Or(nodes):
            found = tuple(node for one in nodes if (node := _node(one, reading, excluded=excluded)) is not None)
            return (Or(found) if isinstance(asked, Or) else And(found)) if found else None


def _words(asked: Text, reading: _Reading) -> list[Node]:
    """Of words that stand in no bracket: those beside a term only rank, those alone are asked for."""
    meant = _understand(asked, reading.params)
    _note(meant, reading)
    rest = tuple(meant.rest.split())
    ranked = [*rest, *(word for phrase in meant.phrases for word in phrase.split())]
    reading.ranking += ranked
    required = bool(rest) and not (meant.terms or meant.phrases)
    reading.required &= required or not rest
    return [*_terms(meant), *_phrases(meant), *([_text(rest, reading.view)] if required else [])]


def _nested(asked: Text, reading: _Reading, excluded: bool) -> Node | None:
    """Of words within OR, NOT or brackets: nothing ranks, so words that stand alone are asked for."""
    meant = _understand(asked, reading.params)
    _note(meant, reading, excluded)
    found = [*_terms(meant), *_phrases(meant)]
    if meant.rest and not found:
        found = [Words(tuple(meant.rest.split()))]
    return None if not found else found[0] if len(found) == 1 else And(tuple(found))


def _field(asked: Field, reading: _Reading, excluded: bool) -> Node:
    params = reading.params
    ids = values_of(asked, params.lang)
    shown = {"text": language.written(asked), "facet": asked.name, "id": ids[0] if ids else ""}
    labels = [value_label(asked.name, slug, params.lang) for slug in ids]
    reading.understood.append(shown | {"label": " / ".join(labels)} | ({"excluded": True} if excluded else {}))
    if not excluded and ids:
        also = tuple(Choice(asked.name, slug) for slug in ids[1:])
        reading.terms.append(Term(asked.name, asked.name, ids[0], also=also))
    return any_of(asked.name, ids)


def _note(meant: Understood, reading: _Reading, excluded: bool = False) -> None:
    """What the answer tells of some words, and what the order of relevance counts."""
    lang, q = reading.params.lang, reading.params.q
    for term in (*meant.terms, *meant.excluded):
        out = excluded != (term in meant.excluded)
        reading.understood.append(_shown(term, lang, q) | ({"excluded": True} if out else {}))
        reading.terms += [] if out else [term]
        if term.repaired_from:
            reading.corrected = reading.corrected.replace(term.repaired_from, term.text, 1)


def _terms(meant: Understood) -> Iterator[Node]:
    yield from (AnyOf(_numbers(term)) for term in meant.terms)
    yield from (Not(AnyOf(_denied(term))) for term in meant.terms if term.denied)
    yield from (Not(AnyOf(_numbers(term))) for term in meant.excluded)


def _phrases(meant: Understood) -> Iterator[Node]:
    yield from (Phrase(text) for text in meant.phrases)
    yield from (Not(Phrase(text)) for text in meant.excluded_text)


def _text(rest: tuple[str, ...], view: Held) -> Words:
    """All words; any of them when no case has all (whatever else is chosen, so that facet counts stay true)."""
    every = Words(rest)
    return every if view.exists(every) else Words(rest, every=False)


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
    nodes: dict[str, Node] = {facet: any_of(facet, values) for facet, values in params.chosen.items()}
    if params.quality_min:
        enough = any_of("quality", [str(score) for score in range(params.quality_min, 6)])
        nodes["quality"] = And((nodes["quality"], enough)) if "quality" in nodes else enough
    return nodes


def _shown(term: Term, lang: str, q: str) -> dict[str, Any]:
    """As the answer's `understood` tells it, with labels; `choices` are what to ask back with."""
    shown = term.as_dict() | {"label": value_label(term.facet, term.id, lang)}
    if term.also:
        shown["also"] = [_labelled(other, lang) for other in term.also]
    if term.meanings:
        shown["choices"] = [
            _labelled(one, lang) | {"q": q.replace(term.typed, f"{one.facet}:{one.id}", 1)} for one in term.meanings
        ]
    return shown


def _labelled(one: Choice, lang: str) -> dict[str, str]:
    return {"facet": one.facet, "id": one.id, "label": value_label(one.facet, one.id, lang)}
