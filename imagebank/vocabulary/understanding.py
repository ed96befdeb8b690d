"""A query as clinicians type it, in any of the five languages, turned into terms of the vocabulary and a rest of text.

Order of a query (design: search): phrases, names longest first, negation, unknown words repaired; the rest is text.
Everything here is pure over an index of the packaged tables; no database is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from imagebank.vocabulary.engine import Engine, Region, engine
from imagebank.vocabulary.language import AFTER, CONTINUES, EVIDENCE, GENERIC
from imagebank.vocabulary.matching import Claim, claims
from imagebank.vocabulary.meaning import Choice, Term, meaning_of
from imagebank.vocabulary.query import Part, Word, parts, repair, words

_SKIPPED = 3
"""Words that may stand between a negation and what it denies ("no evidence of large")."""


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


@dataclass(slots=True)
class _Reading:
    terms: list[Term] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def understand(text: str, lang: str = "en", *, exact: bool = False) -> Understood:
    """What `text` asks for; `lang` is the reader's language and only breaks ties. `exact` repairs no word."""
    using = engine()
    readings = [(part, _read(part, lang, using, exact)) for part in parts(text)]
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


def _read(part: Part, lang: str, using: Engine, exact: bool) -> _Reading:
    found = words(part.text, using.index)
    if part.quoted:
        whole = [c for c in claims(found, using.index, lang, whole_only=True) if c.stop - c.start == len(found)]
        return _resolve(part.text, found, whole, lang, using)
    if not exact:
        found = _repaired(found, lang, using)
    reading = _resolve(part.text, found, claims(found, using.index, lang), lang, using)
    return _placed(reading, {word.text: using.regions[word.key] for word in found if word.key in using.regions})


def _repaired(found: list[Word], lang: str, using: Engine) -> list[Word]:
    """Words that no whole name holds and that are no part of the body, put right."""
    whole = claims(found, using.index, lang, whole_only=True)
    spare = {i for claim in whole for i in range(claim.start, claim.stop)}
    spare |= {i for i, word in enumerate(found) if word.key in using.regions}
    return repair(found, spare, using.index, using.repairer, lang)


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
        _keep(reading, text, words, claim, negations, lang, using)
    loose = [word for i, word in enumerate(words) if i not in claimed | used and not word.small]
    reading.rest = [] if all(word.key in EVIDENCE for word in loose) else [word.text for word in loose]
    return reading


def _placed(reading: _Reading, places: Mapping[str, Region]) -> _Reading:
    """Words of the rest that name a part of the body mean its views."""
    for text in [text for text in reading.rest if text in places]:
        first, *others = places[text].views
        reading.terms.append(Term(text, "view", first, also=tuple(Choice("view", view) for view in others), typed=text))
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
    """ "DVT negative", "sliding not seen": only when what follows does not deny the next term."""
    i = claim.stop
    while i < len(words) and words[i].empty and not words[i].after_break:
        i += 1
    said = words[i].negates and len(words) > i + 1 and words[i + 1].key in EVIDENCE if i < len(words) else False
    last = i + 1 if said else i
    at_end = last + 1 >= len(words) or words[last + 1].after_break
    fits = i < len(words) and i not in claimed and (said or words[i].key in AFTER) and not words[i].after_break
    return set(range(i, last + 1)) if fits and at_end else set()


def _keep(
    reading: _Reading, text: str, words: Sequence[Word], claim: Claim, negations: set[int], lang: str, using: Engine
) -> None:
    """The claim as a wanted term, or as one to be left out."""
    span = words[claim.start : claim.stop]
    named = text[span[0].start : span[-1].end]
    typed = text[words[min({claim.start, *negations})].start : words[max({claim.stop - 1, *negations})].end]
    repaired = any(word.repaired for word in span)
    shown = " ".join(word.repaired or word.text for word in span) if repaired else named
    meaning = meaning_of(claim, bool(negations), lang, using)
    term = meaning.term(shown, typed, named if repaired else "", using)
    (reading.excluded if meaning.negated else reading.terms).append(term)
