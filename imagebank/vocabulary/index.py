"""All names in memory, found by whole phrase, by the bag of their words, or by some of their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from imagebank.vocabulary.folding import WORD, bare, bare_key, joined, key
from imagebank.vocabulary.language import EMPTY, GENERIC, NEGATION, SMALL, SPARE, SUSPECTED
from imagebank.vocabulary.names import DERIVED, EXACT, Name, Weight
from imagebank.vocabulary.wording import Wording

NOT, MAYBE = "!", "?"
"""Stand in a phrase for any word of negation or of suspicion."""
FACETS = ("finding", "indication", "view", "probe", "vendor", "setting", "age_band", "sex", "bmi")
"""Which facet a name means first when several have it."""
_UNWEIGHTED = Weight()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Keys of the words of a name or a query, without empty words; marks first."""

    negated: bool
    suspected: bool
    words: tuple[str, ...]

    @property
    def marks(self) -> str:
        return NOT * self.negated + MAYBE * self.suspected


@dataclass(frozen=True, slots=True)
class Hit:
    """A name that fits; `cover` is the share of its `words` that were asked for."""

    name: Name
    cover: float = 1.0
    words: frozenset[str] = frozenset()


def phrase(keys: Iterable[str], *, spell_out: bool = False) -> Phrase:
    """Phrase of word keys; `spell_out` keeps the empty words (the A of "A lines")."""
    kept = [k for k in keys if spell_out or k not in EMPTY]
    words = tuple(k for k in kept if k not in NEGATION and k not in SUSPECTED)
    return Phrase(any(k in NEGATION for k in kept), any(k in SUSPECTED for k in kept), words)


def telling(words: Iterable[str]) -> list[str]:
    """Those words that are not too common to stand for a name."""
    return [word for word in words if word not in GENERIC and not word.isdigit() and len(word) > 1]


@dataclass(slots=True)
class Index:
    """Built once per version of the vocabulary by `build`; read only afterwards."""

    weights: Mapping[tuple[str, str], Weight]
    wording: Wording
    whole: dict[str, list[Name]] = field(default_factory=lambda: defaultdict(list))
    """Joined keys (so that "blines", "b-lines" and "B lines" are one) -> names."""
    bag: dict[str, list[Name]] = field(default_factory=lambda: defaultdict(list))
    """Sorted keys -> names."""
    concepts: dict[str, list[Name]] = field(default_factory=lambda: defaultdict(list))
    """What the words mean, compounds taken apart -> names."""
    by_word: dict[str, list[tuple[Name, frozenset[str]]]] = field(default_factory=lambda: defaultdict(list))
    """Word key -> (name, all its words), of names that deny nothing."""
    known: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Key of each word of all names -> its languages."""
    spellings: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(dict))
    """Word without accents -> {word as written, lower case: languages}: what repairs are taken from."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Key of the accentless spelling -> key."""
    anatomy: set[str] = field(default_factory=set)
    """Words of the views: alone they mean a place, never a finding there."""
    compounds: set[tuple[str, str, str]] = field(default_factory=set)
    """(facet, id, key) of the names that are one word."""
    labels: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(facet, id, language) -> label."""
    names: list[Name] = field(default_factory=list)

    def key(self, word: str) -> str:
        """Key of a typed word."""
        exact = key(word)
        return exact if exact in self.known else self.aliases.get(bare_key(word), exact)

    def knows(self, word_key: str, lang: str) -> bool:
        """Whether the vocabulary has the word in the reader's language or in English."""
        return not self.known.get(word_key, set()).isdisjoint({lang, "en"})

    def exact(self, asked: Phrase, lang: str) -> list[Hit]:
        """Names that say just this, best first."""
        if not asked.words:
            return []
        found = self.whole.get(asked.marks + joined(asked.words)) or self.bag.get(_sorted(asked), [])
        return self.ranked([Hit(name) for name in found if _may_mean(name, asked, lang)], lang)

    def meant(self, texts: Sequence[str], lang: str) -> list[Hit]:
        """Names that say the same in other words ("Rippenbruch", "gebrochene Rippe"), best first."""
        concepts = self._concepts(texts)
        found = self.concepts.get(concepts, []) if concepts else []
        return self.ranked([Hit(name) for name in found], lang)

    def add_concepts(self, name: Name, written: Sequence[str]) -> None:
        spelt = _is_spelt(list(written), [key(word) for word in written])
        if name.level <= DERIVED and not spelt and (concepts := self._concepts(written)):
            _append(self.concepts, concepts, name)

    def _concepts(self, texts: Sequence[str]) -> str:
        """Key of what the words mean; empty when they are names of nothing told in `words.tsv`."""
        asked = phrase(self.key(text) for text in texts)
        kept = [text for text in texts if self.key(text) in asked.words]
        concepts = self.wording.concepts(kept)
        return asked.marks + " ".join(concepts) if concepts else ""

    def ranked(self, hits: Sequence[Hit], lang: str) -> list[Hit]:
        """Best first, one hit a term: cover, level, language, facet, abnormal before normal, more often tagged."""
        best: dict[tuple[str, str], Hit] = {}
        for hit in sorted(hits, key=lambda hit: self._rank(hit, lang)):
            best.setdefault((hit.name.facet, hit.name.id), hit)
        return list(best.values())

    def polarity(self, name: Name) -> str:
        return self.weights.get((name.facet, name.id), _UNWEIGHTED).polarity

    def _rank(self, hit: Hit, lang: str) -> tuple[float, int, int, int, bool, int, int]:
        weight = self.weights.get((hit.name.facet, hit.name.id), _UNWEIGHTED)
        language = language_rank(hit.name.lang, lang)
        facet = FACETS.index(hit.name.facet)
        normal = weight.polarity in {"normal", "variant", "artefact"}
        return -hit.cover, hit.name.level, language, facet, normal, -weight.uses, weight.position


def build(names: Iterable[Name], weights: Mapping[tuple[str, str], Weight], wording: Wording) -> Index:
    """Index of all names. About 0.3 s for 6,000 names."""
    every, index = list(names), Index(weights, wording)
    for name in every:
        if len(parts := WORD.findall(name.text)) == 1:
            index.compounds.add((name.facet, name.id, key(parts[0])))
    for name in every:
        _add(index, name)
    for lang, words in SMALL.items():
        for word in words.split():
            index.spellings[bare(word)].setdefault(word, set()).add(lang)
    for word, written in index.spellings.items():
        if bare_key(word) not in index.known:
            index.aliases[bare_key(word)] = key(min(written))
    for name in index.names:
        index.add_concepts(name, WORD.findall(name.text))
    return index


def language_rank(lang: str, wanted: str) -> int:
    """The reader's language, then English, then the others."""
    return 0 if lang == wanted else 1 if lang == "en" else 2


def _add(index: Index, name: Name) -> None:
    written = WORD.findall(name.text)
    keys = [key(word) for word in written]
    asked = phrase(keys, spell_out=_is_spelt(written, keys))
    if not asked.words or (name.level > EXACT and not telling(asked.words)):
        return
    index.names.append(name)
    if name.is_label:
        index.labels[name.facet, name.id, name.lang] = name.text
    for variant, level in _variants(asked, keys, name):
        copy = name if level == name.level else Name(name.facet, name.id, name.lang, name.text, level)
        _append(index.whole, variant.marks + joined(variant.words), copy)
        _append(index.bag, _sorted(variant), copy)
    for word in written:
        index.spellings[bare(word)].setdefault(word.lower(), set()).add(name.lang)
    for word_key in keys:
        index.known[word_key].add(name.lang)
    if not (asked.negated or _is_compound(written, name, index)):
        for word_key in set(asked.words):
            index.by_word[word_key].append((name, frozenset(asked.words)))
    if name.facet == "view":
        index.anatomy.update(asked.words)


def _is_compound(written: list[str], name: Name, index: Index) -> bool:
    """Whether the words are one word of the term's written apart, whose parts name nothing: a cobble stone is none."""
    return len(written) > 1 and (name.facet, name.id, key("".join(written))) in index.compounds


def _is_spelt(written: list[str], keys: list[str]) -> bool:
    """Whether small words carry the name: capitals ("A-lines", "dilated LA"), or nothing else is there (LE)."""
    capitals = (word.isupper() and (len(word) == 1 or k in EMPTY) for word, k in zip(written, keys, strict=True))
    return any(capitals) or all(k in EMPTY for k in keys)


def _variants(asked: Phrase, keys: list[str], name: Name) -> list[tuple[Phrase, int]]:
    """The name; spelt out; without "suspected", "acute" or "present"; and an indication also with "suspected"."""
    variants = [(asked, name.level), (phrase(keys, spell_out=True), name.level)]
    derived = max(name.level, DERIVED)
    plain = tuple(word for word in asked.words if word not in SPARE)
    if plain and (asked.suspected or plain != asked.words):
        variants.append((Phrase(asked.negated, False, plain), derived))
    if name.facet == "indication":
        variants.append((Phrase(asked.negated, True, plain or asked.words), derived))
    return variants


def _append(names: dict[str, list[Name]], at: str, name: Name) -> None:
    if name not in names[at]:
        names[at].append(name)


def _sorted(asked: Phrase) -> str:
    return asked.marks + " ".join(sorted(asked.words))


def _may_mean(name: Name, asked: Phrase, lang: str) -> bool:
    """Two letters of another language are more likely a word than its abbreviation (French "le", German LE)."""
    return len("".join(asked.words)) > 2 or name.lang in (lang, "en") or name.facet == "vendor"
