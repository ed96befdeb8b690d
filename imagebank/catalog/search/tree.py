"""A search as a small tree; `index.view` turns it into rows. Only words go to PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.contrib.postgres.search import SearchQuery

from imagebank.vocabulary.folding import forms

N = TypeVar("N", covariant=True)
"""What is joined: conditions here, what was asked in `asked`."""
CONFIG = "simple"
"""Text search configuration of the projection's `text`."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The case carries one of these facet numbers; without numbers nothing does."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Every one of the words stands in the text in singular or plural, or any of them."""

    words: tuple[str, ...]
    every: bool = True


@dataclass(frozen=True, slots=True)
class Phrase:
    """These words in this order."""

    text: str


@dataclass(frozen=True, slots=True)
class Not(Generic[N]):
    """It does not hold."""

    node: N


@dataclass(frozen=True, slots=True)
class And(Generic[N]):
    """All hold; without nodes always true."""

    nodes: tuple[N, ...]


@dataclass(frozen=True, slots=True)
class Or(Generic[N]):
    """At least one holds; without nodes never true."""

    nodes: tuple[N, ...]


Node = AnyOf | Words | Phrase | Not["Node"] | And["Node"] | Or["Node"]


def text_query(node: Words | Phrase) -> SearchQuery:
    """The tsquery of text; its words are values, never syntax."""
    if isinstance(node, Phrase):
        return SearchQuery(node.text, config=CONFIG, search_type="phrase")
    join = " & " if node.every else " | "
    return SearchQuery(join.join(map(_word, node.words)), config=CONFIG, search_type="raw")


def _word(word: str) -> str:
    """One of the word's forms, singular or plural."""
    return f"({' | '.join(map(_quoted, forms(word)))})"


def _quoted(form: str) -> str:
    doubled = form.translate({ord(sign): sign * 2 for sign in "'\\"})
    return f"'{doubled}'"
