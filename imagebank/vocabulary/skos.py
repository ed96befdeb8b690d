"""The vocabulary as SKOS (w3.org/TR/skos-reference) in Turtle: a concept scheme of each table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from imagebank.vocabulary.publishing import CODED, SCHEMES, SYSTEMS, Scheme, definition_of, synonyms_of
from imagebank.vocabulary.selectors import version
from imagebank.vocabulary.tables import LANGUAGES

MATCH: Final = {"exact": "exactMatch", "close": "closeMatch", "broader": "broadMatch", "related": "relatedMatch"}
CODE: Final = {"SCT": SYSTEMS["SCT"] + "/id/", "DCM": SYSTEMS["DCM"] + "#"}
"""What a code follows in its own address (SNOMED CT URI standard; DICOM PS3.16)."""
PREFIXES: Final = {
    "dct": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
ESCAPED: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
Statement = tuple[str, str]
"""Predicate and object, as Turtle writes them."""


def turtle(base: str) -> str:
    """All schemes; concepts stand below `base`, as the addresses of the terms' pages do."""
    return _turtle(version(), base)


@lru_cache(maxsize=2)
def _turtle(number: int, base: str) -> str:
    heads = [f"@prefix {name}: <{address}> .\n" for name, address in PREFIXES.items()]
    blocks = [block for name, scheme in SCHEMES.items() for block in _scheme(name, scheme, base, number)]
    return "".join([*heads, *blocks])


def _scheme(name: str, scheme: Scheme, base: str, number: int) -> Iterator[str]:
    here = f"<{base}/{name}/>"
    yield _block(here, "skos:ConceptScheme", [
        ("dct:title", _text(scheme.title, "en")), ("owl:versionInfo", _text(str(number))),
        ("skos:editorialNote", _text("Draft: no clinician and no translator has read it yet.", "en")),
    ])  # fmt: skip
    synonyms = synonyms_of(name) if name in CODED else {}
    for row in scheme.model.objects.all():
        said = [("skos:inScheme", here), *_concept(row, name, scheme, synonyms.get(str(row.pk), []), base)]
        yield _block(f"<{base}/{name}/{row.pk}/>", "skos:Concept", said)


def _concept(row: Any, name: str, scheme: Scheme, synonyms: list[tuple[str, str]], base: str) -> Iterator[Statement]:
    preferred = {lang: row.label(lang) for lang in LANGUAGES}
    yield ("skos:notation", _text(str(row.pk)))
    yield from (("skos:prefLabel", _text(label, lang)) for lang, label in preferred.items())
    others = ((lang, text) for lang, text in synonyms if text != preferred[lang])  # one text is not both (S13)
    yield from (("skos:altLabel", _text(text, lang)) for lang, text in others)
    if definition := definition_of(row, scheme):
        yield ("skos:scopeNote", _text(definition, "en"))
    if broader := getattr(row, "broader_id", None):
        yield ("skos:broader", f"<{base}/{name}/{broader}/>")
    if successor := getattr(row, "successor", ""):
        yield ("dct:isReplacedBy", f"<{base}/{name}/{successor}/>")
    if row.retired:
        yield ("owl:deprecated", "true")
    if getattr(row, "code_verified", False):
        yield (f"skos:{MATCH[row.code_relation]}", f"<{CODE[row.code_system]}{row.code}>")


def _block(subject: str, kind: str, said: list[Statement]) -> str:
    lines = [f"    {predicate} {value}" for predicate, value in said]
    return f"\n{subject} a {kind} ;\n" + " ;\n".join(lines) + " .\n"


def _text(text: str, lang: str = "") -> str:
    return f'"{text.translate(ESCAPED)}"' + (f"@{lang}" if lang else "")
