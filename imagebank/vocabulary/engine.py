"""What queries are read with: the index of all names, the repairer, and how findings hang together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from imagebank.vocabulary.folding import WORD
from imagebank.vocabulary.hierarchy import narrower_of, signs_of, with_kinds
from imagebank.vocabulary.index import Index, Phrase, build, phrase
from imagebank.vocabulary.language import REGIONS
from imagebank.vocabulary.names import names_of, successors, weights_of
from imagebank.vocabulary.repair import Repairer, repairer
from imagebank.vocabulary.tables import Tables, in_force
from imagebank.vocabulary.wording import wording_of

REASSURING = {"normal", "variant"}


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
    signs: Mapping[str, list[str]]
    """{finding: its signs, which are found with it but do not tell it}."""
    successors: Mapping[tuple[str, str], str]
    """{(facet, retired id): the term that is used instead}."""
    denials: Mapping[str, list[str]]
    """{finding: normal findings whose name denies it}."""
    contraries: Mapping[str, list[str]]
    """{normal finding: abnormal ones whose name denies it}."""
    regions: Mapping[str, Region]
    """{key of a word: what it stands for when no name claims it}."""

    def kinds(self, findings: Iterable[str]) -> list[str]:
        """The findings with all their kinds, and the kinds of those, each once."""
        return with_kinds(findings, self.narrower)

    def signs_of(self, findings: Iterable[str]) -> list[str]:
        """Signs of the findings and of their kinds, with the kinds of the signs."""
        return self.kinds(sign for finding in self.kinds(findings) for sign in self.signs.get(finding, ()))


def engine() -> Engine:
    """The engine over the tables in force, built at first use (about half a second) and kept."""
    return _engine(in_force().digest)


@lru_cache(maxsize=1)
def _engine(digest: str) -> Engine:
    tables = in_force()
    index = build(names_of(tables), weights_of(tables), wording_of(tables))
    languages = {word: set().union(*written.values()) for word, written in index.spellings.items()}
    return Engine(
        index=index,
        repairer=repairer(languages),
        narrower=narrower_of(tables),
        signs=signs_of(tables),
        successors=successors(tables),
        denials=denials(index, reassuring=True),
        contraries=denials(index, reassuring=False),
        regions=regions(tables),
    )


def denials(index: Index, *, reassuring: bool) -> dict[str, list[str]]:
    """{finding: findings whose name denies it}: normal ones ("No pericardial effusion"), or abnormal of a normal."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in index.names:
        said = phrase(map(index.key, WORD.findall(name.text)))
        if name.facet == "finding" and said.negated and (index.polarity(name) in REASSURING) == reassuring:
            for hit in index.exact(Phrase(False, False, said.words), name.lang):
                fits = hit.name.facet == "finding" and (reassuring or index.polarity(hit.name) in REASSURING)
                if fits and name.id not in found[hit.name.id]:
                    found[hit.name.id].append(name.id)
    return found


def regions(tables: Tables) -> dict[str, Region]:
    """{key: region} of the words that name a part of the body."""
    views: dict[str, list[str]] = defaultdict(list)
    for row in tables["views"]:
        views[row["body_region"]].append(row["id"])
    return {word: Region(tuple(views[region])) for region, words in REGIONS.items() for word in words}
