"""Every name a term can be called by, in five languages: labels, synonyms, abbreviations and what follows from them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from imagebank.vocabulary.hierarchy import narrower_of, with_kinds
from imagebank.vocabulary.tables import LANGUAGES, Row, Tables, labels, split

EXACT, DERIVED, WEAK = 0, 1, 2
"""As written; a part of a label that says the same; the head of a name whose bracket tells it from others."""
BRACKET = re.compile(r"\s*\(([^()]*)\)\s*")
PARTS = re.compile(r",\s*|\s+(?:or|ou|oder|o|eller)\s+")
LEADING = re.compile(r"^(?:d['’]|(?:de|du|des|la|of|von|af)\s+)", re.IGNORECASE)
"""What a piece of a list may begin with ("... ou de tamponnade")."""
WITH = re.compile(r"\s+(?:with|avec|mit|con|med)\s+")
"""What stands before says what it is: "Rib fracture with cortical step"."""
TABLE_FACETS = {"findings": "finding", "indications": "indication", "views": "view", "probes": "probe",
                "settings": "setting"}  # fmt: skip
ATTRIBUTE_FACETS = {"age_band": "age_band", "sex": "sex", "bmi_class": "bmi"}


@dataclass(frozen=True, slots=True)
class Name:
    """One way to call the term `id` of `facet`."""

    facet: str
    id: str
    lang: str
    text: str
    level: int = EXACT
    is_label: bool = False


@dataclass(frozen=True, slots=True)
class Weight:
    """What decides between terms of the same name."""

    polarity: str = ""
    uses: int = 0
    """Indications that tag or show the term, or one of its kinds."""
    position: int = 0


def names_of(tables: Tables) -> list[Name]:
    """All names of all searchable terms."""
    return [*_terms(tables), *_synonyms(tables), *_attributes(tables), *_vendors(tables)]


def weights_of(tables: Tables) -> dict[tuple[str, str], Weight]:
    """{(facet, id): weight} of findings, indications and views."""
    used = _uses(tables)
    return {
        (facet, row["id"]): Weight(row.get("polarity", ""), used[facet, row["id"]], position)
        for name, facet in TABLE_FACETS.items()
        for position, row in enumerate(tables[name])
    }


def successors(tables: Tables) -> dict[tuple[str, str], str]:
    """{(facet, retired id): the term that is used instead}; empty where there is none."""
    return {(TABLE_FACETS[row["table"]], row["id"]): row["successor"] for row in tables["retired"]}


def _uses(tables: Tables) -> Counter[tuple[str, str]]:
    """How many indications tag a finding, a broader one at least as many as any of its kinds, or show a view."""
    used = Counter(("finding", row["finding"]) for row in tables["indication_findings"])
    used.update(("view", row["view"]) for row in tables["indication_views"])
    narrower = narrower_of(tables)
    broader = {parent: max(used["finding", kind] for kind in with_kinds([parent], narrower)) for parent in narrower}
    return used | Counter({("finding", parent): uses for parent, uses in broader.items()})


def _terms(tables: Tables) -> Iterator[Name]:
    """A retired term's names stand for its successor, those without one for nothing."""
    instead = successors(tables)
    for table, facet in TABLE_FACETS.items():
        for row in tables[table]:
            slug = instead.get((facet, row["id"]), row["id"])
            if slug:
                yield from _names({**row, "id": slug}, facet, is_label=slug == row["id"])


def _names(row: Row, facet: str, *, is_label: bool) -> Iterator[Name]:
    for name in _labels(row, facet):
        yield name if is_label else replace(name, level=max(name.level, DERIVED), is_label=False)
    for text in split(row.get("synonyms_en", "")):
        yield from _synonym(facet, row["id"], "en", text)


def _labels(row: Row, facet: str) -> Iterator[Name]:
    for lang, label in labels(row).items():
        yield Name(facet, row["id"], lang, label, EXACT, is_label=True)
        yield from (Name(facet, row["id"], lang, text, level) for text, level in _parts(label, facet))
        if row.get("polarity") == "abnormal":
            yield from (Name(facet, row["id"], lang, head, DERIVED) for head in WITH.split(label)[:-1][:1])
    yield Name(facet, row["id"], "en", row["id"].replace("-", " "), DERIVED)


def _parts(label: str, facet: str) -> Iterator[tuple[str, int]]:
    """Without its bracket; what stands in the bracket; up to the comma; and the alternatives an indication lists."""
    head = BRACKET.sub(" ", label).strip()
    if head != label:
        yield head, EXACT
        yield from ((inner, DERIVED) for inner in BRACKET.findall(label))
    pieces = PARTS.split(head) if facet == "indication" else head.split(",")[:1]
    yield from ((LEADING.sub("", piece), DERIVED) for piece in pieces if piece != head)


def _synonyms(tables: Tables) -> Iterator[Name]:
    for row in tables["synonyms"]:
        yield from _synonym(TABLE_FACETS[row["table"]], row["term"], row["lang"], row["synonym"])


def _synonym(facet: str, slug: str, lang: str, text: str) -> Iterator[Name]:
    """The synonym, and weakly its head: "SVT (vein)" may be typed as SVT, which others are called too."""
    yield Name(facet, slug, lang, text)
    head = BRACKET.sub(" ", text).strip()
    if head != text:
        yield Name(facet, slug, lang, head, WEAK)


def _attributes(tables: Tables) -> Iterator[Name]:
    for row in tables["patient_attributes"]:
        facet = ATTRIBUTE_FACETS.get(row["attribute"])
        if facet and not row["id"].endswith("unknown") and row["id"] != "other":
            yield from (Name(facet, row["id"], lang, text, is_label=True) for lang, text in labels(row).items())


def _vendors(tables: Tables) -> Iterator[Name]:
    for row in tables["device_vendors"]:
        if row["id"] != "other":
            yield from (Name("vendor", row["id"], lang, row["name"], is_label=True) for lang in LANGUAGES)
            yield Name("vendor", row["id"], "en", BRACKET.sub(" ", row["name"]).strip())
            yield Name("vendor", row["id"], "en", row["id"].replace("-", " "))
