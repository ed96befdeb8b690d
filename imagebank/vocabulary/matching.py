"""Which stretches of words name a term: the longest first, whole names before parts of names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from imagebank.vocabulary.index import Hit, Index, Phrase, phrase, telling
from imagebank.vocabulary.language import AFTER, EVIDENCE, NORMAL
from imagebank.vocabulary.query import Word

LONGEST = 14
"""Words of the longest stretch looked up."""
COVER_ONE, COVER_MORE = 0.5, 0.65
"""Share of a name's words that must be typed for one word, or several, to stand for it."""
PARTIAL_FACETS = {"finding", "indication", "view", "probe", "vendor"}
Look = Callable[[Sequence[Word], Index, str], list[Hit]]


@dataclass(frozen=True, slots=True)
class Claim:
    """Words start..stop (exclusive) name `hits`, best first; `denied` are the terms that the name denies."""

    start: int
    stop: int
    hits: tuple[Hit, ...]
    denied: tuple[Hit, ...] = ()


def claims(words: Sequence[Word], index: Index, lang: str, *, whole_only: bool = False) -> list[Claim]:
    """Claims that do not overlap, in the order of the words."""
    taken: list[Claim] = []
    looks = (_whole,) if whole_only else (_whole, _part)
    for length in range(min(LONGEST, len(words)), 0, -1):
        for look in looks:
            found = _claims_of(words, length, look, index, lang)
            for claim in sorted(found, key=lambda claim: claim.hits[0].name.level):
                if not any(claim.start < other.stop and other.start < claim.stop for other in taken):
                    taken.append(claim)
    held = [claim for claim in taken if not _needs_its_neighbour(claim, words, taken)]
    return sorted(held, key=lambda claim: claim.start)


def _needs_its_neighbour(claim: Claim, words: Sequence[Word], taken: Sequence[Claim]) -> bool:
    """Whether a word of several meanings stands beside one that we do not know: "pyloric stenosis" is no valve's."""
    if claim.hits[0].cover == 1 or len({hit.name.id for hit in claim.hits}) == 1:
        return False
    claimed = {i for other in taken for i in range(other.start, other.stop)}
    beside = [i for i in (claim.start - 1, claim.stop) if 0 <= i < len(words) and i not in claimed]
    apart = words[claim.stop].after_break if claim.stop < len(words) else False
    near = [words[i] for i in beside if not (words[claim.start].after_break if i < claim.start else apart)]
    return any(not word.small and word.key not in EVIDENCE and bool(telling([word.key])) for word in near)


def _claims_of(words: Sequence[Word], length: int, look: Look, index: Index, lang: str) -> Iterator[Claim]:
    for start in range(len(words) - length + 1):
        span = words[start : start + length]
        hits = look(span, index, lang)
        if hits:
            yield Claim(start, start + length, tuple(hits), _denied(span, index, lang))


def _whole(span: Sequence[Word], index: Index, lang: str) -> list[Hit]:
    """Terms with just this name, or with one that says the same in other words."""
    keys = [word.key for word in span]
    if span[-1].negates and span[-1].key not in AFTER:  # "effusion no tamponade": it denies what follows
        return []
    hits = index.exact(phrase(keys, spell_out=True), lang)
    if hits or span[0].empty or span[-1].empty:
        return hits
    return index.exact(phrase(keys), lang) or index.meant([word.text for word in span], lang)


def _denied(span: Sequence[Word], index: Index, lang: str) -> tuple[Hit, ...]:
    """What the name of an absence denies ("no free fluid": the free fluids)."""
    asked = phrase(word.key for word in span)
    if not asked.negated:
        return ()
    hits = index.exact(Phrase(False, False, asked.words), lang)
    return tuple(hit for hit in hits if hit.name.facet == "finding")


def _part(span: Sequence[Word], index: Index, lang: str) -> list[Hit]:
    """Terms of whose name the words are a good part; none when every word is a common one."""
    asked = phrase(word.key for word in span)
    marked = asked.negated or asked.suspected or span[0].empty or span[-1].empty
    crosses = any(word.after_break for word in span[1:])
    words = telling(asked.words)
    if marked or crosses or not words:
        return []
    wanted = set(asked.words)
    names = [item for item in index.by_word.get(words[0], []) if wanted <= item[1]]
    hits = [Hit(name, _cover(wanted, its_words), its_words) for name, its_words in names]
    if len(wanted) == 1:
        hits = [hit for hit in hits if _alone(hit, words[0], index, lang)]
    return _equals(index.ranked([hit for hit in hits if _fits(hit, asked, index)], lang))


def _cover(wanted: set[str], its_words: frozenset[str]) -> float:
    """Share of the name that was typed; next to another word the common ones need not be ("on colour Doppler")."""
    counted = its_words if len(wanted) == 1 else wanted.union(telling(its_words))
    return len(wanted) / len(counted)


def _alone(hit: Hit, word: str, index: Index, lang: str) -> bool:
    """A word that names a place means its views; another stands for no indication, and in no third language."""
    if word in index.anatomy:
        return hit.name.facet == "view"
    return hit.name.facet != "indication" and hit.name.lang in (lang, "en")


def _fits(hit: Hit, asked: Phrase, index: Index) -> bool:
    """Enough of the name; of a name that says normal only when that was asked for."""
    normal = not NORMAL.isdisjoint(hit.words) and NORMAL.isdisjoint(asked.words)
    enough = hit.cover >= (COVER_ONE if len(asked.words) == 1 else COVER_MORE)
    return enough and hit.name.facet in PARTIAL_FACETS and not normal


def _equals(hits: list[Hit]) -> list[Hit]:
    """The best and those that fit as well."""
    return [hit for hit in hits if hit.cover == hits[0].cover]
