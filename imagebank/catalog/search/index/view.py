"""What one reader may see of the index, and the one place that turns a search's tree into rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Final

from pyroaring import BitMap

from imagebank.core.actor import Actor

from ..tree import And, AnyOf, Node, Not, Or, Phrase, Words, text_query
from ..visible import audiences_of, words_shown_to
from . import current, wording
from .generation import Generation
from .postings import bitmap, union
from .wording import newest_holding

MOST_FOUND: Final = 1_000
"""Cases taken, the newest, of those which hold a word or a phrase; where there are more, the answer says so."""
Text = Words | Phrase


@dataclass(frozen=True, slots=True)
class View:
    """A generation of the index as an audience sees it."""

    generation: Generation
    audiences: tuple[str, ...]

    @property
    def all(self) -> BitMap:
        """Everything that the reader may see."""
        return self.generation.live if "registered" in self.audiences else self.generation.open

    def matching(self, node: Node) -> BitMap:
        """Slots of the cases that fit."""
        return self.generation.kept.get(("matching", self.audiences, node), lambda: self._rows(node) & self.all)

    def count(self, node: Node) -> int:
        return len(self.matching(node))

    def exists(self, node: Node) -> bool:
        return bool(self.matching(node))

    def cut(self, node: Node) -> bool:
        """Whether so many cases hold one of the tree's words that some were left out."""
        return any(len(self._text(leaf)) >= MOST_FOUND for leaf in _texts(node))

    def _rows(self, node: Node) -> BitMap:
        match node:
            case AnyOf(numbers):
                return union(self.generation.terms[n] for n in numbers if n in self.generation.terms)
            case Words() | Phrase():
                return self._text(node)
            case Not(inner):
                return self.all - self._rows(inner)
            case And(nodes):
                return reduce(and_, sorted(map(self._rows, nodes), key=len), self.all)
            case Or(nodes):
                return union(map(self._rows, nodes))

    def _text(self, leaf: Text) -> BitMap:
        return self.generation.kept.get(("text", self.audiences, leaf), lambda: self._holding(leaf))

    def _holding(self, leaf: Text) -> BitMap:
        rows = words_shown_to(self.audiences).filter(words=text_query(leaf))
        found = newest_holding(rows, self.generation.below_newest(wording.LOOKED), MOST_FOUND)
        return bitmap(self.generation.slots(found))


def view_of(actor: Actor) -> View:
    """Of the newest generation."""
    return View(current.generation(), audiences_of(actor))


def _texts(node: Node) -> Iterator[Text]:
    match node:
        case Words() | Phrase():
            yield node
        case Not(inner):
            yield from _texts(inner)
        case And(nodes) | Or(nodes):
            for inner in nodes:
                yield from _texts(inner)
        case AnyOf():
            return
