"""Misspelt words put right against the words of the vocabulary: trigrams find candidates, edit distance decides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from imagebank.vocabulary.folding import bare
from imagebank.vocabulary.language import CONTRARY

SHORTEST = 4
"""Shorter words are abbreviations: one letter more or less is another one."""
SURE_START = 5
"""In words up to this length the first letter is not the mistaken one."""
CANDIDATES = 12


@dataclass(slots=True)
class Repairer:
    """`repair` is pure; the postings are built once."""

    words: list[str]
    postings: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    languages: Mapping[str, set[str]] = field(default_factory=dict)

    def repair(self, word: str, lang: str, *, foreign: bool = True) -> str | None:
        """The word of the vocabulary meant by `word`, without accents; None when none is near enough.

        With `foreign` false only words of `lang` are taken: what is a word elsewhere was perhaps meant as it stands.
        """
        typed = bare(word)
        if len(typed) < SHORTEST or not typed.isalpha():
            return None
        best = min((near for near in self._near(typed, lang) if foreign or not near[1]), default=None)
        return best[2] if best else None

    def _near(self, typed: str, lang: str) -> list[tuple[int, bool, str]]:
        """(steps, one more outside the reader's language; outside; word) of what is near enough."""
        allowed = _allowed(len(typed))
        shared = Counter(i for gram in _trigrams(typed) for i in self.postings.get(gram, ()))
        near = []
        for candidate in _closest(shared, self.words, typed):
            steps = distance(typed, candidate, allowed)
            same_start = typed[0] == candidate[0] or (steps == 1 and len(typed) > SURE_START)
            if steps <= allowed and same_start and not contrary(typed, candidate):
                foreign = lang not in self.languages.get(candidate, set())
                near.append((steps + foreign, foreign, candidate))
        return near


def repairer(languages: Mapping[str, set[str]]) -> Repairer:
    """A repairer over {word without accents: its languages}."""
    words = sorted(word for word in languages if len(word) >= SHORTEST and word.isalpha())
    made = Repairer(words, languages=languages)
    for i, word in enumerate(words):
        for gram in _trigrams(word):
            made.postings[gram].append(i)
    return made


def contrary(one: str, other: str) -> bool:
    """Whether the words begin with different members of one group (hypertension, hypotension)."""
    for group in CONTRARY:
        first, second = ({b for b in group if word.startswith(b)} for word in (one, other))
        if first and second and first != second:
            return True
    return False


def distance(one: str, other: str, limit: int) -> int:
    """Optimal string alignment distance: insert, delete, replace, swap neighbours; `limit + 1` when it is more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row = row, [i] + [0] * len(other)
        for j, b in enumerate(other, 1):
            row[j] = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
        before = previous
    return min(row[-1], limit + 1)


def _allowed(length: int) -> int:
    return 1 if length < 7 else 2 if length < 12 else 3


def _closest(shared: Counter[int], words: list[str], typed: str) -> list[str]:
    """The candidates with the largest share of common trigrams."""
    total = len(typed) + 2
    scored = ((count / (total + len(words[i]) + 2 - count), words[i]) for i, count in shared.items() if count > 1)
    return [word for _, word in sorted(scored, reverse=True)[:CANDIDATES]]


def _trigrams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
