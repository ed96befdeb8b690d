"""The vocabulary as FHIR R4: a CodeSystem of each table, a ValueSet of each indication, ConceptMaps of the codes.

The standard: hl7.org/fhir/R4.

Builders return plain JSON objects; `base` is the address below which the resources stand, without a slash at its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

from imagebank.vocabulary import models
from imagebank.vocabulary.publishing import CODED, SCHEMES, SYSTEMS, Scheme, definition_of, synonyms_of
from imagebank.vocabulary.selectors import version
from imagebank.vocabulary.tables import LANGUAGES

Resource = dict[str, Any]
EQUIVALENCE: Final = {"exact": "equivalent", "close": "inexact", "broader": "wider", "related": "relatedto"}
"""Our relation of a code to the term -> R4's, which reads from source to target."""
COMMENT: Final = {
    "close": "Nearly the same; the boundaries have not been compared by a clinician (cmd-1).",
    "broader": "The code is wider than the term.",
    "related": "Related, not the same: for example a suspected condition and the condition.",
}
CONCEPT_PROPERTIES: Final = "http://hl7.org/fhir/concept-properties#"
SYNONYM: Final = {"system": "http://snomed.info/sct", "code": "900000000000013009", "display": "Synonym"}
PROPERTIES: Final = (
    ("status", "code", "draft until clinicians and translators have read it, active, or retired", "status"),
    ("inactive", "boolean", "Retired: kept for what was tagged with it", "inactive"),
    ("parent", "code", "The finding that this one is a kind of", "parent"),
    ("successor", "code", "The term to use instead of a retired one", ""),
    ("disclosure", "code", "ordinary, sensitive or rare: how much of a case may be told beside it", ""),
    ("polarity", "code", "normal, abnormal, variant, artefact or indeterminate", ""),
    ("threat", "code", "no, potential, yes or organ: a hint for browsing, no triage", ""),
    ("severity-scale", "code", "The scale by which it is graded", ""),
    ("body-region", "code", "Region of the body", ""),
    ("excludes", "code", "A finding that cannot be present in the same clip", ""),
)
"""(code, type, what it says, code among FHIR's own concept properties)."""
NOTICE: Final = (
    "Terms, labels and relations are the bank's own wording, a draft that no clinician has approved. "
    "Codes of SNOMED CT and DICOM stand as in the context groups of DICOM PS3.16."
)
KINDS: Final = ("CodeSystem", "ValueSet", "ConceptMap")


def resource(kind: str, name: str, base: str) -> Resource | None:
    """The resource, or None when there is none of this name."""
    return _all(version(), kind, base).get(name)


def bundle(kind: str, base: str) -> Resource:
    """All resources of a kind, as the answer to a search (Bundle of type searchset)."""
    found = _all(version(), kind, base).values()
    entries = [{"fullUrl": one["url"], "resource": one, "search": {"mode": "match"}} for one in found]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries}


@lru_cache(maxsize=8)
def _all(number: int, kind: str, base: str) -> dict[str, Resource]:
    return {one["id"]: one for one in BUILDERS[kind](number, base)}


def _head(kind: str, name: str, title: str, base: str, number: int) -> Resource:
    """What every resource begins with. `name` of R4 is for programs (csd-0, vsd-0, cmd-0)."""
    return {
        "resourceType": kind,
        "id": name,
        "language": "en",
        "url": f"{base}/{kind}/{name}",
        "version": str(number),
        "name": "Pocus" + "".join(part.title() for part in name.split("-")),
        "title": title,
        "status": "draft",
        "experimental": False,
        "publisher": "POCUS image bank",
        "description": f"{title}. Draft: no clinician and no translator has read it yet.",
        "copyright": NOTICE,
    }


# --- code systems


def _code_systems(number: int, base: str) -> Iterator[Resource]:
    for name, scheme in SCHEMES.items():
        concepts = _concepts(name, scheme)
        yield _head("CodeSystem", name, scheme.title, base, number) | {
            "caseSensitive": True,
            "valueSet": f"{base}/ValueSet/{name}",
            "hierarchyMeaning": "is-a",
            "compositional": False,
            "versionNeeded": False,
            "content": "complete",
            "count": len(concepts),
            "property": _used(concepts),
            "concept": concepts,
        }


def _concepts(name: str, scheme: Scheme) -> list[Resource]:
    synonyms = synonyms_of(name) if name in CODED else {}
    rows = scheme.model.objects.all()
    if name == "findings":
        rows = rows.prefetch_related("excludes")
    return [_concept(row, scheme, synonyms.get(str(row.pk), [])) for row in rows]


def _concept(row: Any, scheme: Scheme, synonyms: list[tuple[str, str]]) -> Resource:
    labels = [{"language": lang, "value": row.label(lang)} for lang in LANGUAGES]
    others = [{"language": lang, "use": SYNONYM, "value": text} for lang, text in synonyms]
    concept = {
        "code": str(row.pk),
        "display": row.label_en,
        "definition": definition_of(row, scheme),
        "designation": [*labels, *others],
        "property": list(_properties(row)),
    }
    return {name: value for name, value in concept.items() if value}


def _properties(row: Any) -> Iterator[Resource]:
    yield _code("status", "retired" if row.retired else "draft" if row.draft else "active")
    if row.retired:
        yield {"code": "inactive", "valueBoolean": True}
    told = {
        "parent": "broader_id", "successor": "successor", "disclosure": "disclosure", "polarity": "polarity",
        "threat": "threat", "severity-scale": "severity_scale_id", "body-region": "body_region",
    }  # fmt: skip
    for name, field in told.items():
        if value := getattr(row, field, None):
            yield _code(name, value)
    if isinstance(row, models.FindingTerm):
        yield from (_code("excludes", slug) for slug in sorted(other.pk for other in row.excludes.all()))


def _code(name: str, value: str) -> Resource:
    return {"code": name, "valueCode": value}


def _used(concepts: list[Resource]) -> list[Resource]:
    """Definitions of the properties that a concept has."""
    used = {told["code"] for concept in concepts for told in concept["property"]}
    return [
        ({"uri": CONCEPT_PROPERTIES + own} if own else {}) | {"code": code, "description": text, "type": kind}
        for code, kind, text, own in PROPERTIES
        if code in used
    ]


# --- value sets


def _value_sets(number: int, base: str) -> Iterator[Resource]:
    for name, scheme in SCHEMES.items():
        yield _head("ValueSet", name, scheme.title, base, number) | {
            "compose": {"include": [{"system": f"{base}/CodeSystem/{name}"}]}
        }
    loaded = models.Release.objects.get(number=number).loaded_at.isoformat() if number else ""
    offered = _offered()
    for row in models.Indication.objects.filter(retired=False):
        yield _of_indication(row, offered[row.pk], base, number, loaded)


def _offered() -> dict[str, dict[str, str]]:
    """{indication: {finding: English label}}, in the order of the tables; each finding once."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    links = models.IndicationFinding.objects.filter(retired=False, finding__retired=False)
    for indication, finding, label in links.values_list("indication_id", "finding_id", "finding__label_en"):
        found[indication].setdefault(finding, label)
    return found


def _of_indication(row: Any, findings: dict[str, str], base: str, number: int, loaded: str) -> Resource:
    system = f"{base}/CodeSystem/findings"
    coded = [{"code": slug, "display": label} for slug, label in findings.items()]
    return _head("ValueSet", row.pk, f"Findings for: {row.label_en}", base, number) | {
        "purpose": row.clinical_question_en,
        "compose": {"include": [{"system": system, "version": str(number), "concept": coded}]},
        "expansion": {
            "timestamp": loaded,
            "total": len(coded),
            "contains": [{"system": system, "version": str(number), **one} for one in coded],
        },
    }


# --- concept maps


def _concept_maps(number: int, base: str) -> Iterator[Resource]:
    for name in CODED:
        scheme = SCHEMES[name]
        groups = list(_groups(name, scheme, base, number))
        yield _head("ConceptMap", name, f"{scheme.title}: codes of SNOMED CT and DICOM", base, number) | {
            "sourceUri": f"{base}/ValueSet/{name}",
            "group": groups,
        }


def _groups(name: str, scheme: Scheme, base: str, number: int) -> Iterator[Resource]:
    """One for each target; only codes that were found in the dictionary of PS3.16."""
    for ours, system in SYSTEMS.items():
        rows = scheme.model.objects.filter(code_verified=True, code_system=ours, retired=False)
        elements = [{"code": row.pk, "display": row.label_en, "target": [_target(row)]} for row in rows]
        if elements:
            yield {
                "source": f"{base}/CodeSystem/{name}",
                "sourceVersion": str(number),
                "target": system,
                "element": elements,
            }


def _target(row: Any) -> Resource:
    comment = COMMENT.get(row.code_relation)
    target = {"code": row.code, "display": row.code_meaning, "equivalence": EQUIVALENCE[row.code_relation]}
    return target | ({"comment": comment} if comment else {})


BUILDERS: Final[dict[str, Callable[[int, str], Iterator[Resource]]]] = {
    "CodeSystem": _code_systems,
    "ValueSet": _value_sets,
    "ConceptMap": _concept_maps,
}
