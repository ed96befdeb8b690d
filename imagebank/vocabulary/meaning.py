"""What a claim stands for: the terms first meant, what is meant as well, and what to ask back with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagebank.vocabulary.engine import REASSURING, Engine
from imagebank.vocabulary.index import Hit, language_rank
from imagebank.vocabulary.matching import Claim
from imagebank.vocabulary.names import DERIVED

ABSENT = "finding_absent"
MOST_ALSO = 6


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
    """Of a denial: every finding that it denies with its kinds and signs. None of them may be present."""
    typed: str = ""
    """The stretch of the query that says it, its negation included."""
    meanings: tuple[Choice, ...] = ()
    """The terms that are called just so, when they are several and none a kind of another: to ask back with."""

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
class Meaning:
    """`choices` first meant first; `named` those that are called so."""

    choices: tuple[Choice, ...]
    named: tuple[Choice, ...]
    negated: bool = False
    """Denied, and nothing can say so but leaving it out: only a finding can be recorded as absent."""

    @property
    def denied(self) -> list[str]:
        return [choice.id for choice in self.choices if choice.facet == ABSENT] if self._is_denial else []

    @property
    def _is_denial(self) -> bool:
        return self.choices[0].facet == ABSENT

    def term(self, shown: str, typed: str, repaired_from: str, using: Engine) -> Term:
        """The term as `shown` names it."""
        first, *others = dict.fromkeys(self.choices)
        most = len(others) if self._is_denial else MOST_ALSO  # a denial cut off would let in what it denies
        return Term(
            text=shown,
            facet=first.facet,
            id=first.id,
            repaired_from=repaired_from,
            also=tuple(others[:most]),
            denied=tuple(using.kinds([*self.denied, *using.signs_of(self.denied)])),
            typed=typed,
            meanings=asked[:MOST_ALSO] if len(asked := self._apart(using)) > 1 else (),
        )

    def _apart(self, using: Engine) -> tuple[Choice, ...]:
        """Those called so but for kinds of another one, which are found with it."""
        kinds = {kind for choice in self.named for kind in using.kinds([choice.id]) if kind != choice.id}
        return tuple(choice for choice in self.named if choice.id not in kinds)


def meaning_of(claim: Claim, negated: bool, lang: str, using: Engine) -> Meaning:
    """Of a claim under a negation, or under none."""
    hits = _comparable(claim.hits, lang)
    named = tuple(Choice(hit.name.facet, hit.name.id) for hit in hits)
    findings = [hit.name.id for hit in hits if hit.name.facet == "finding"]
    if negated and not findings:
        return Meaning(named, named, negated=True)
    if negated:
        return _denial(findings, using)
    kinds = [Choice("finding", kind) for finding in findings for kind in using.narrower.get(finding, [])]
    kinds += [Choice("finding", sign) for sign in using.signs_of(findings)]
    denied = [hit.name.id for hit in claim.denied]
    if denied and using.index.polarity(hits[0].name) in REASSURING:
        denial = _denial(denied, using)
        return Meaning((*denial.choices, *named), denial.named)
    return Meaning((*named, *kinds, *(Choice(ABSENT, finding) for finding in denied)), named)


def _denial(findings: Sequence[str], using: Engine) -> Meaning:
    """Stated absent itself or a kind of it, or by a normal finding that says so; of a normal: what then is found."""
    denied = [Choice(ABSENT, finding) for finding in using.kinds(findings)]
    contraries = [Choice("finding", other) for finding in findings[:1] for other in using.contraries.get(finding, [])]
    normals = [Choice("finding", normal) for choice in denied for normal in using.denials.get(choice.id, [])]
    named = tuple(contraries) or tuple(Choice(ABSENT, finding) for finding in findings)
    return Meaning((*contraries, *denied, *normals), named)


def _comparable(hits: Sequence[Hit], lang: str) -> list[Hit]:
    """The best hit and those called the same, however derived, in no language further from the reader's."""
    first, *others = hits
    rank = language_rank(first.name.lang, lang)
    alike = [hit for hit in others if language_rank(hit.name.lang, lang) <= rank and hit.name.level <= DERIVED]
    return [first, *alike]
