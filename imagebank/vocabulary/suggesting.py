"""Completion of what is being typed: names whose some word begins so, the reader's language first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from imagebank.vocabulary.engine import engine
from imagebank.vocabulary.folding import WORD, bare
from imagebank.vocabulary.index import FACETS, Index, language_rank
from imagebank.vocabulary.names import WEAK, Name, Weight

MOST_SCANNED = 3000
"""Entries looked at for one prefix; a single letter begins more."""
_UNWEIGHTED = Weight()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term to offer; `text` is the name that matched, `label` how the reader's language calls it."""

    text: str
    label: str
    facet: str
    id: str


@dataclass(frozen=True, slots=True)
class Completer:
    """Sorted tails of all names, each from the beginning of a word."""

    tails: list[str]
    names: list[tuple[int, Name]]
    """(words before the tail, name) of each tail."""
    index: Index

    def suggest(self, prefix: str, lang: str, limit: int) -> list[Suggestion]:
        """At most `limit` terms, each once."""
        typed = _folded(prefix)
        if not typed:
            return []
        found: dict[tuple[str, str], Name] = {}
        for _, name in sorted(self._begun(typed), key=lambda item: self._rank(item[0], item[1], lang)):
            found.setdefault((name.facet, name.id), name)
        return [self._shown(name, lang) for name in list(found.values())[:limit]]

    def _begun(self, typed: str) -> Iterator[tuple[int, Name]]:
        first = bisect_left(self.tails, typed)
        for i in range(first, min(first + MOST_SCANNED, len(self.tails))):
            if not self.tails[i].startswith(typed):
                return
            yield self.names[i]

    def _rank(self, before: int, name: Name, lang: str) -> tuple[int, bool, int, int, int, str]:
        weight = self.index.weights.get((name.facet, name.id), _UNWEIGHTED)
        language = language_rank(name.lang, lang)
        return language, before > 0, FACETS.index(name.facet), -weight.uses, len(name.text), name.text

    def _shown(self, name: Name, lang: str) -> Suggestion:
        return Suggestion(name.text, self.index.labels[name.facet, name.id, lang], name.facet, name.id)


def suggest(prefix: str, lang: str = "en", limit: int = 10) -> list[Suggestion]:
    """Terms whose names have a word beginning with `prefix`; accents, case and hyphens do not matter."""
    return _completer().suggest(prefix, lang, limit)


@lru_cache(maxsize=1)
def _completer() -> Completer:
    index = engine().index
    named = sorted(
        ((tail, before, name) for name in index.names if name.level < WEAK for before, tail in _tails(name.text)),
        key=lambda item: item[0],
    )
    return Completer([tail for tail, _, _ in named], [(before, name) for _, before, name in named], index)


def _tails(text: str) -> Iterator[tuple[int, str]]:
    words = _folded(text).split(" ")
    yield from ((i, " ".join(words[i:])) for i in range(len(words)))


def _folded(text: str) -> str:
    return " ".join(WORD.findall(bare(text)))
