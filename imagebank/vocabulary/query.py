"""What was typed, cut into parts (quoted, excluded, plain) and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from imagebank.vocabulary.folding import WORD, bare
from imagebank.vocabulary.index import Index
from imagebank.vocabulary.language import CONTINUES, EMPTY, EVIDENCE, NEGATION, SPARE, SUSPECTED
from imagebank.vocabulary.repair import Repairer

LONGEST = 400
"""Characters of a query that are read."""
MOST_WORDS = 40
_PART = re.compile(r'(?P<minus>(?<!\S)-(?=[\w"]))?(?:"(?P<quoted>[^"]*)"|(?P<word>\S+))')
_BREAK = re.compile(r"[,;.:](?:\s|$)|\b(?:but|mais|aber|sondern|pero|men)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the query."""

    text: str
    quoted: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place in its part."""

    text: str
    start: int
    end: int
    key: str
    after_break: bool = False
    """A comma or a "but" stands before it."""
    repaired: str = ""
    """The word of the vocabulary that was meant."""

    @property
    def empty(self) -> bool:
        return self.key in EMPTY

    @property
    def negates(self) -> bool:
        return self.key in NEGATION

    @property
    def small(self) -> bool:
        """Carries no meaning of its own to be searched as text."""
        return any(self.key in words for words in (EMPTY, NEGATION, SUSPECTED, CONTINUES, SPARE))


def parts(text: str) -> list[Part]:
    """Parts in their order; plain neighbours are one part."""
    found: list[Part] = []
    for match in _PART.finditer(text[:LONGEST]):
        quoted = match["quoted"] is not None
        part = Part(match["quoted"] if quoted else match["word"], quoted, bool(match["minus"]))
        if found and part == Part(part.text) and found[-1] == Part(found[-1].text):
            part = Part(f"{found.pop().text} {part.text}")
        found.append(part)
    return [part for part in found if WORD.search(part.text)]


def words(text: str, index: Index) -> list[Word]:
    """Words of a part, at most MOST_WORDS."""
    return list(_words(text, index))[:MOST_WORDS]


def repair(words: list[Word], spare: set[int], index: Index, repairer: Repairer, lang: str) -> list[Word]:
    """The words, those unknown to the vocabulary (and not at a place in `spare`) put right where one is near."""
    return [word if i in spare else _repaired(word, index, repairer, lang) for i, word in enumerate(words)]


def _words(text: str, index: Index) -> Iterator[Word]:
    end = 0
    broken = False
    for match in WORD.finditer(text):
        if _BREAK.fullmatch(match[0]):
            broken, end = True, match.end()
            continue
        broken = broken or bool(_BREAK.search(text[end : match.start()]))
        yield Word(match[0], match.start(), match.end(), index.key(match[0]), broken)
        broken, end = False, match.end()


def _repaired(word: Word, index: Index, repairer: Repairer, lang: str) -> Word:
    if word.small or word.key in EVIDENCE or index.knows(word.key, lang):
        return word
    meant = repairer.repair(word.text, lang, foreign=word.key not in index.known)
    if meant is None or meant == bare(word.text):
        return word
    written = min(index.spellings[meant].items(), key=lambda item: (lang not in item[1], item[0]))[0]
    return replace(word, key=index.key(written), repaired=written)
