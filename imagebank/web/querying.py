"""What the browse page says about the words of a query: understood, put right, several meanings, broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from imagebank.catalog.search import SearchAnswer
from imagebank.catalog.search.grammar import BrokenQuery
from imagebank.vocabulary.selectors import labels

from .addresses import Address

FAULTS: Final = {
    "open": _("This bracket is not closed."),
    "close": _("This bracket was not opened."),
    "empty": _("Something is missing here."),
    "quote": _("This quotation mark is not closed."),
    "compare": _("This field has no order: write a colon."),
    "several": _("Compare with one value."),
    "deep": _("There are too many brackets in one another."),
    "many": _("There are too many parts."),
    "long": _("The query is too long."),
    "value": _("This value is not in the vocabulary."),
}
"""Kind of a fault of the query language -> what it says."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A term as it was understood."""

    name: str
    excluded: bool


@dataclass(frozen=True, slots=True)
class Meanings:
    """Words that mean several terms, and where each alone is searched for."""

    text: str
    choices: Sequence[tuple[str, Address]]


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a query is broken."""

    sentence: Any
    before: str
    at: str
    after: str
    perhaps: str


def chips(answer: SearchAnswer, lang: str) -> list[Chip]:
    return [Chip(_name(term, lang), bool(term.get("excluded"))) for term in answer.understood]


def meanings(answer: SearchAnswer, address: Address) -> list[Meanings]:
    """What to ask back."""
    base = address.less("exact")
    return [
        Meanings(str(term["text"]), [(str(one["label"]), base.only("q", one["q"])) for one in term["choices"]])
        for term in answer.understood
        if "choices" in term
    ]


def fault(error: BrokenQuery, q: str) -> Fault:
    """The query cut in three, so that the page can mark the place."""
    return Fault(FAULTS[error.kind], q[: error.at], q[error.at : error.at + 1], q[error.at + 1 :], error.perhaps)


def _name(term: Mapping[str, Any], lang: str) -> str:
    """Its label; as typed when several terms are meant by it."""
    if not term.get("also"):
        return str(term.get("label") or term["text"])
    absent = labels("presence", lang)["absent"].lower() if term["facet"] == "finding_absent" else ""
    return f"{term['text']}: {absent}" if absent else str(term["text"])
