"""A query as clinicians type it, in any of the five languages, turned into terms of the vocabulary and a rest of text.

Order of a query (design: search): phrases, names longest first, negation, unknown words repaired; the rest is text.
Everything here is pure over an index of the packaged tables; no database is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from imagebank.vocabulary.folding import WORD
from imagebank.vocabulary.index import Hit, Index, Phrase, build, language_rank, phrase
from imagebank.vocabulary.language import AFTER, CONTINUES, EVIDENCE, GENERIC, REGIONS
from imagebank.vocabulary.matching import Claim, claims
from imagebank.vocabulary.names import DERIVED, names_of, weights_of
from imagebank.vocabulary.query import Part, Word, parts, repair, words
from imagebank.vocabulary.repair import Repairer, repairer
from imagebank.vocabulary.tables import Tables, read_tables

ABSENT = "finding_absent"
REASSURING = {"normal", "variant"}
MOST_ALSO = 6
_SKIPPED = 3
"""Words that may stand between a negation and what it denies ("no evidence of large")."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet of the search."""

    facet: str
    id: str


@dataclass(frozen=True, slots=True)
class Term:
    """What some words of the query mean. Those of `also` in the same facet are equally meant: any of them."""

    text: str
    facet: str
    id: str
    repaired_from: str = ""
    also: tuple[Choice, ...] = ()
    denied: tuple[str, ...] = ()
    """Of a denial: every finding that it denies with its kinds. None of them may be present."""

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids meant in the term's own facet, the first one first."""
        return (self.id, *(choice.id for choice in self.also if choice.facet == self.facet))

    def as_dict(self) -> dict[str, object]:
        """As the API's `understood` shows it."""
        shown: dict[str, object] = {"text": self.text, "facet": self.facet, "id": self.id}
        if self.repaired_from:
            shown["repaired_from"] = self.repaired_from
        if self.also:
            shown["also"] = [{"facet": choice.facet, "id": choice.id} for choice in self.also]
        return shown


@dataclass(frozen=True, slots=True)
class Understood:
    """The whole query. All terms must hold, no excluded one may; `rest` and `phrases` are ranked text."""

    terms: tuple[Term, ...] = ()
    rest: str = ""
    phrases: tuple[str, ...] = ()
    excluded: tuple[Term, ...] = ()
    excluded_text: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing in it can be searched for."""
        return not (self.terms or self.rest or self.phrases or self.excluded or self.excluded_text)


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the body that a word names: all views of it."""

    views: tuple[str, ...]


@dataclass(slots=True)
class Engine:
    """Index and repairer of one version of the tables."""

    index: Index
    repairer: Repairer
    narrower: Mapping[str, list[str]]
    """{finding: its kinds}."""
    denials: Mapping[str, list[str]]
    """{finding: normal findings whose name denies it}."""
    regions: Mapping[str, Region]
    """{key of a word: what it stands for when no name claims it}."""

    def kinds(self, findings: Iterable[str]) -> list[str]:
        """The findings with all their kinds, and the kinds of those, each once."""
        found = dict.fromkeys(findings)
        waiting = list(found)
        while waiting:
            fresh = [kind for kind in self.narrower.get(waiting.pop(), []) if kind not in found]
            found |= dict.fromkeys(fresh)
            waiting += fresh
        return list(found)


@dataclass(slots=True)
class _Reading:
    terms: list[Term] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine over the packaged tables, built at first use (about half a second) and kept."""
    tables = read_tables()
    index = build(names_of(tables), weights_of(tables))
    languages = {word: set().union(*written.values()) for word, written in index.spellings.items()}
    narrower: dict[str, list[str]] = defaultdict(list)
    for row in tables["finding_broader"]:
        narrower[row["broader"]].append(row["finding"])
    return Engine(index, repairer(languages), narrower, denials(index), regions(tables))


def denials(index: Index) -> dict[str, list[str]]:
    """{finding: normal findings that say it is absent} by their names: "No pericardial effusion"."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in index.names:
        said = phrase(map(index.key, WORD.findall(name.text)))
        if name.facet == "finding" and said.negated and index.polarity(name) in REASSURING:
            for hit in index.exact(Phrase(False, False, said.words), name.lang):
                if hit.name.facet == "finding" and name.id not in found[hit.name.id]:
                    found[hit.name.id].append(name.id)
    return found


def regions(tables: Tables) -> dict[str, Region]:
    """{key: region} of the words that name a part of the body."""
    views: dict[str, list[str]] = defaultdict(list)
    for row in tables["views"]:
        views[row["body_region"]].append(row["id"])
    return {word: Region(tuple(views[region])) for region, words in REGIONS.items() for word in words}


def understand(text: str, lang: str = "en", using: Engine | None = None) -> Understood:
    """What `text` asks for; `lang` is the reader's language and only breaks ties."""
    using = using or engine()
    readings = [(part, _read(part, lang, using)) for part in parts(text)]
    wanted = [(part, reading) for part, reading in readings if not part.excluded]
    refused = [(part, reading) for part, reading in readings if part.excluded]
    return Understood(
        terms=tuple(term for _, reading in wanted for term in reading.terms),
        rest=" ".join(word for part, reading in wanted if not part.quoted for word in reading.rest),
        phrases=tuple(part.text for part, reading in wanted if part.quoted and reading.rest),
        excluded=tuple(term for _, reading in readings for term in reading.excluded)
        + tuple(term for _, reading in refused for term in reading.terms),
        excluded_text=tuple(" ".join(reading.rest) for _, reading in refused if reading.rest),
    )


def _read(part: Part, lang: str, using: Engine) -> _Reading:
    found = words(part.text, using.index)
    if part.quoted:
        whole = [c for c in claims(found, using.index, lang, whole_only=True) if c.stop - c.start == len(found)]
        return _resolve(part.text, found, whole, lang, using)
    whole = claims(found, using.index, lang, whole_only=True)
    spare = {i for claim in whole for i in range(claim.start, claim.stop)}
    spare |= {i for i, word in enumerate(found) if word.key in using.regions}
    found = repair(found, spare, using.index, using.repairer, lang)
    reading = _resolve(part.text, found, claims(found, using.index, lang), lang, using)
    return _placed(reading, {word.text: using.regions[word.key] for word in found if word.key in using.regions})


def _resolve(text: str, words: Sequence[Word], taken: Sequence[Claim], lang: str, using: Engine) -> _Reading:
    """Terms of the claims, each under the negation that reaches it; what no claim took is the rest."""
    reading = _Reading()
    claimed = {i for claim in taken for i in range(claim.start, claim.stop)}
    used: set[int] = set()
    denied_before = -1
    for claim in taken:
        negations = _negations(words, claim, claimed, denied_before)
        used |= negations
        if negations:
            denied_before = claim.stop
        _keep(reading, text, words, claim, bool(negations), lang, using)
    loose = [word for i, word in enumerate(words) if i not in claimed | used and not word.small]
    reading.rest = [word.text for word in loose]
    return reading


def _placed(reading: _Reading, places: Mapping[str, Region]) -> _Reading:
    """Words of the rest that name a part of the body mean its views."""
    for text in [text for text in reading.rest if text in places]:
        first, *others = places[text].views
        reading.terms.append(Term(text, "view", first, also=tuple(Choice("view", view) for view in others)))
        reading.rest.remove(text)
    return reading


def _negations(words: Sequence[Word], claim: Claim, claimed: set[int], denied_before: int) -> set[int]:
    """Places of the words that deny the claim; empty when it is affirmed."""
    between = range(denied_before, claim.start)
    if denied_before > 0 and between and all(words[i].key in CONTINUES or words[i].empty for i in between):
        carried = {i for i in between if words[i].key in CONTINUES}
        if carried and not words[claim.start].after_break:
            return carried
    return _before(words, claim, claimed) or _behind(words, claim, claimed)


def _before(words: Sequence[Word], claim: Claim, claimed: set[int]) -> set[int]:
    skipped: set[int] = set()
    for i in range(claim.start - 1, -1, -1):
        if i in claimed or words[i + 1].after_break:
            return set()
        if words[i].negates:
            return skipped | {i}
        if not words[i].empty:
            skipped.add(i)
        if len(skipped) > _SKIPPED or (i in skipped and words[i].key not in EVIDENCE | GENERIC):
            return set()
    return set()


def _behind(words: Sequence[Word], claim: Claim, claimed: set[int]) -> set[int]:
    """ "DVT negative", "sliding absent": only when what follows does not deny the next term."""
    i = claim.stop
    at_end = i + 1 >= len(words) or (i + 1 < len(words) and words[i + 1].after_break)
    fits = i < len(words) and i not in claimed and words[i].key in AFTER and not words[i].after_break
    return {i} if fits and at_end else set()


def _keep(
    reading: _Reading, text: str, words: Sequence[Word], claim: Claim, negated: bool, lang: str, using: Engine
) -> None:
    span = words[claim.start : claim.stop]
    typed = text[span[0].start : span[-1].end]
    repaired = any(word.repaired for word in span)
    shown = " ".join(word.repaired or word.text for word in span) if repaired else typed
    choices = _choices(claim, negated, lang, using)
    if negated and choices[0].facet != ABSENT:  # "no trauma": only a finding can be recorded as absent
        reading.excluded.append(_term(shown, typed if repaired else "", choices))
    else:
        denied = tuple(using.kinds(_findings_of(choices))) if choices[0].facet == ABSENT else ()
        reading.terms.append(replace(_term(shown, typed if repaired else "", choices), denied=denied))


def _findings_of(choices: Sequence[Choice]) -> list[str]:
    return [choice.id for choice in choices if choice.facet == ABSENT]


def _term(shown: str, repaired_from: str, choices: Sequence[Choice]) -> Term:
    first, *others = dict.fromkeys(choices)
    most = len(others) if first.facet == ABSENT else MOST_ALSO  # a denial that is cut off would let in what it denies
    return Term(shown, first.facet, first.id, repaired_from, tuple(others[:most]))


def _choices(claim: Claim, negated: bool, lang: str, using: Engine) -> list[Choice]:
    hits = _comparable(claim.hits, lang)
    findings = [hit.name.id for hit in hits if hit.name.facet == "finding"]
    if negated and findings:
        return _denial(findings, using)
    named = [Choice(hit.name.facet, hit.name.id) for hit in hits]
    kinds = [Choice("finding", kind) for finding in findings for kind in using.narrower.get(finding, [])]
    denied = [Choice(ABSENT, hit.name.id) for hit in claim.denied]
    if denied and using.index.polarity(hits[0].name) in REASSURING:
        return [*_denial([choice.id for choice in denied], using), *named]
    return [*named, *kinds, *denied]


def _denial(findings: Sequence[str], using: Engine) -> list[Choice]:
    """Stated absent itself or a kind of it, or by a normal finding that says so."""
    denied = using.kinds(findings)
    normals = [normal for finding in denied for normal in using.denials.get(finding, [])]
    return [*(Choice(ABSENT, finding) for finding in denied), *(Choice("finding", normal) for normal in normals)]


def _comparable(hits: Sequence[Hit], lang: str) -> list[Hit]:
    """The best hit and those called the same, however derived, in no language further from the reader's."""
    rank = language_rank(hits[0].name.lang, lang)
    return [hit for hit in hits if language_rank(hit.name.lang, lang) <= rank and hit.name.level <= DERIVED]
