"""Words that mean the same, and compounds taken apart ("Gallenblasenwandverdickung"), by the table words.tsv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from imagebank.vocabulary.folding import bare_key, key
from imagebank.vocabulary.tables import Tables, split

COMPOUNDING = ("de", "da")
"""Languages that write several words as one."""
LINKS = ("", "s", "n", "en", "e", "es", "er")
"""What may stand between the parts."""
PART = "-"
"""Marks what has the meaning only in a compound: "-bruch" (Rippenbruch), for "Bruch" alone is a hernia too."""
NOTHING = "~"
"""Meaning of a part that only says where on the body, and changes nothing ("Hautabszess")."""
PROPERTIES = frozenset(
    ("swelling", "dilated", "enlarged", "thickened", "reduced", "collapsed", "severe", "moderate", "mild", "free",
     "wall", "inflammation", "detachment", "dislocation", "rupture", "bleeding", "mass", "abdominal")
)  # fmt: skip
"""Say how something is, not what."""
SHORTEST = 8
"""Letters of a word that is taken apart."""


@dataclass(frozen=True, slots=True)
class Wording:
    """`meanings` of words by their keys, `parts` of compounds as their folded spelling."""

    meanings: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, tuple[str, ...]]

    def concepts(self, words: Sequence[str]) -> list[str]:
        """What the words mean, sorted; empty when no word of them stands in the table, or they only say how it is."""
        found = [self._meaning(word) for word in words]
        if not any(found):
            return []
        told = [(key(word),) if known is None else known for word, known in zip(words, found, strict=True)]
        concepts = {concept for some in told for concept in some}
        return sorted(concepts) if concepts - PROPERTIES else []

    def _meaning(self, word: str) -> tuple[str, ...] | None:
        found = self.meanings.get(key(word)) or self.meanings.get(bare_key(word))
        return found or self._apart(word)

    def _apart(self, word: str) -> tuple[str, ...] | None:
        letters = fold(word)
        return _split(letters, self) if len(letters) >= SHORTEST else None

    def __hash__(self) -> int:
        return id(self)


def wording_of(tables: Tables) -> Wording:
    """Of the packaged table: language, concepts, words."""
    meanings: dict[str, tuple[str, ...]] = {}
    parts: dict[str, tuple[str, ...]] = {}
    for row in tables["words"]:
        concepts = () if row["means"] == NOTHING else tuple(row["means"].split())
        for word in split(row["words"]):
            if concepts and not word.startswith(PART):
                meanings.setdefault(key(word), concepts)
            if row["lang"] in COMPOUNDING:
                parts.setdefault(fold(word.removeprefix(PART)), concepts)
    return Wording(meanings, parts)


def fold(word: str) -> str:
    """Letters as they are compared within a compound: case, accents and ae/oe/aa do not matter."""
    lower = word.lower()
    for written, folded in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa"), ("æ", "ae"), ("ß", "ss")):
        lower = lower.replace(written, folded)
    return lower


@lru_cache(maxsize=4096)
def _split(letters: str, wording: Wording) -> tuple[str, ...] | None:
    """Concepts of the parts that make up the whole word, longest first part first; None when they do not."""
    for end in range(len(letters), 2, -1):
        concepts = wording.parts.get(letters[:end])
        if concepts is None:
            continue
        if end == len(letters):
            return concepts
        rests = [letters[end + len(link) :] for link in LINKS if letters[end:].startswith(link)]
        others = next((found for rest in rests if (found := _split(rest, wording)) is not None), None)
        if others is not None:
            return (*concepts, *others)
    return None
