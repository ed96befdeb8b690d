"""Reading the vocabulary: labels, facet numbers, names for the text index. Kept in memory by version."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from imagebank.vocabulary import models
from imagebank.vocabulary.hierarchy import above, with_kinds
from imagebank.vocabulary.models import SourceTable
from imagebank.vocabulary.names import ATTRIBUTE_FACETS
from imagebank.vocabulary.tables import LANGUAGES, Tables, packaged, parsed, use, written

TABLES: dict[str, Any] = {
    "indication": models.Indication,
    "view": models.View,
    "finding": models.FindingTerm,
    "setting": models.Setting,
    "laterality": models.Laterality,
    "certainty": models.Certainty,
    "confirmed": models.ReferenceStandard,
    "artefact": models.Artefact,
    "mode": models.Mode,
    "probe": models.Probe,
    "licence": models.Licence,
    "legal_basis": models.LegalBasis,
    "consent_kind": models.ConsentKind,
    "withdrawal_reason": models.WithdrawalReason,
    "vendor": models.DeviceVendor,
}
ATTRIBUTES = {facet: attribute for attribute, facet in ATTRIBUTE_FACETS.items()} | {
    "ventilation": "ventilation",
    "pregnancy": "pregnancy",
}
CHOICES = ("presence", "polarity", "threat", "role", "need", "priority", "scale_level", "age_told")
COARSE = {"age_band": "age_told"}
"""Kinds whose value may be told as a wider one, which nobody can choose."""
_seen: tuple[float, int] = (0.0, 0)


def version() -> int:
    """Number of the newest release; 0 before the first loading. Read again after VOCABULARY_FRESH_SECONDS."""
    global _seen
    read_at, number = _seen
    if not number or time.monotonic() - read_at > settings.VOCABULARY_FRESH_SECONDS:
        newest = models.Release.objects.order_by("-number").values_list("number", flat=True).first()
        if newest != number:
            forget()
            _read_with(newest)
        number = newest or 0
        _seen = (time.monotonic(), number)
    return number


def stored() -> Tables | None:
    """The tables as the database holds them; None before the first loading."""
    kept = list(SourceTable.objects.order_by("name"))
    texts = {one.name: written(one.columns, [dict(zip(one.columns, r, strict=True)) for r in one.rows]) for one in kept}
    return parsed(texts, packaged().sheets) if texts else None


def _read_with(release: int | None) -> None:
    """Queries are read with the tables of the newest release: those of the product, or those that were imported."""
    digest = models.Release.objects.filter(pk=release or 0).values_list("digest", flat=True).first()
    use(None if digest in (None, packaged().digest) else stored())


def forget() -> None:
    """Drop everything kept in memory."""
    global _seen
    _seen = (0.0, 0)
    for kept in (_labels, _current, _values, _all_names, _roles, _relations):
        kept.cache_clear()


def labels(kind: str, lang: str) -> dict[str, str]:
    """{slug: label} of a kind, retired ones included (old cases carry them), in the order of the tables."""
    if lang not in LANGUAGES:
        raise ValueError(lang)
    return _labels(version(), kind, lang)


def facet_values(kind: str) -> dict[str, int]:
    """{slug: number} of a facet."""
    return _values(version()).get(kind, {})


def facet_numbers(pairs: Iterable[tuple[str, str]]) -> list[int]:
    """Numbers of (facet, value) pairs, sorted. A value of an open facet (institution, country) gets its number here."""
    known = _values(version())
    wanted = set(pairs)
    found = {known[kind][slug] for kind, slug in wanted if slug in known.get(kind, {})}
    missing = [(kind, slug) for kind, slug in wanted if slug not in known.get(kind, {})]
    return sorted(
        found | {models.Facet.objects.get_or_create(kind=kind, slug=slug)[0].number for kind, slug in missing}
    )


def searchable_text(*, indication: str, findings: Iterable[str], views: Iterable[str]) -> str:
    """Labels and synonyms of the terms in every language, for the text index."""
    terms = [("indication", indication), *(("finding", x) for x in findings), *(("view", x) for x in views if x)]
    names = _all_names(version())
    return " ".join(name for term in dict.fromkeys(terms) for name in names.get(term, ()))


def contrasts(indication: str, findings: Iterable[str]) -> set[str]:
    """What these findings are to be told from in this indication: the mimics of a target, the targets of a mimic."""
    roles = _roles(version()).get(indication, {})
    given = set(findings)
    if given & roles.get("target-abnormal", set()):
        return roles.get("mimic", set()) - given
    return roles.get("target-abnormal", set()) - given if given & roles.get("mimic", set()) else set()


def rolled_up(finding: str, presence: str) -> tuple[str, ...]:
    """What else a tag says: present or uncertain, also all that is broader; absent, also every kind is.

    The finding itself comes first; a retired one says the same of its successor.
    """
    known = _relations(version())
    same = [finding, *filter(None, [known.successors.get(("finding", finding))])]
    if presence == "absent":
        return tuple(with_kinds(same, known.narrower))
    return tuple(dict.fromkeys([*same, *(up for one in same for up in above(one, known.broader))]))


def resolved(kind: str, slugs: Iterable[str]) -> list[str]:
    """The slugs, and the successors of those that are retired."""
    successors = _relations(version()).successors
    return list(dict.fromkeys(x for slug in slugs for x in (slug, successors.get((kind, slug))) if x))


def licence_clauses(licence: str, lang: str) -> list[dict[str, Any]]:
    """[{number, heading, text}] of a licence whose text the bank ships."""
    rows = models.LicenceClause.objects.filter(licence=licence, retired=False)
    return [{"number": row.number, "heading": row.headings[lang], "text": row.texts[lang]} for row in rows]


def unknown(kind: str, slugs: Iterable[str]) -> list[str]:
    """Those of `slugs` that may not be given to something new: never known, or retired."""
    allowed = _current(version(), kind)
    return [slug for slug in slugs if slug not in allowed]


@dataclass(frozen=True, slots=True)
class _Relations:
    broader: dict[str, str]
    narrower: dict[str, list[str]]
    successors: dict[tuple[str, str], str]


@cache
def _relations(number: int) -> _Relations:
    pairs = models.FindingTerm.objects.filter(broader__isnull=False).values_list("id", "broader_id")
    broader: dict[str, str] = dict(pairs)
    narrower: dict[str, list[str]] = defaultdict(list)
    for finding, parent in broader.items():
        narrower[parent].append(finding)
    replaced = {
        (kind, slug): successor
        for kind in ("finding", "indication", "view")
        for slug, successor in TABLES[kind].objects.exclude(successor="").values_list("pk", "successor")
    }
    return _Relations(broader, dict(narrower), replaced)


@cache
def _labels(number: int, kind: str, lang: str) -> dict[str, str]:
    if kind == "quality":
        return {str(level.score): level.label(lang) for level in models.QualityLevel.objects.all()}
    rows, slug = _rows(kind)
    coarse = _labels(number, COARSE[kind], lang) if kind in COARSE else {}
    return {**dict(rows.values_list(slug, "name" if kind == "vendor" else f"label_{lang}")), **coarse}


@cache
def _current(number: int, kind: str) -> frozenset[str]:
    rows, slug = _rows(kind)
    return frozenset(rows.filter(retired=False).values_list(slug, flat=True))


def _rows(kind: str) -> tuple[QuerySet[Any], str]:
    """The rows of a kind and the field that holds their slug."""
    if kind in TABLES:
        return TABLES[kind].objects.all(), "pk"
    if kind in ATTRIBUTES:
        return models.PatientAttribute.objects.filter(attribute=ATTRIBUTES[kind]), "slug"
    if kind in CHOICES:
        return models.Choice.objects.filter(kind=kind), "slug"
    raise ValueError(kind)


@cache
def _roles(number: int) -> dict[str, dict[str, set[str]]]:
    """{indication: {role: findings}}."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    links = models.IndicationFinding.objects.filter(retired=False)
    for indication, finding, role in links.values_list("indication", "finding", "role"):
        found[indication][role].add(finding)
    return {indication: dict(roles) for indication, roles in found.items()}


@cache
def _values(number: int) -> dict[str, dict[str, int]]:
    kinds: dict[str, dict[str, int]] = defaultdict(dict)
    for facet in models.Facet.objects.all():
        kinds[facet.kind][facet.slug] = facet.number
    return dict(kinds)


@cache
def _all_names(number: int) -> dict[tuple[str, str], list[str]]:
    names: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kind in ("indication", "finding", "view"):
        for term in TABLES[kind].objects.all():
            names[kind, term.id] += dict.fromkeys(term.label(lang) for lang in LANGUAGES)
    for kind, slug, text in models.Synonym.objects.filter(retired=False).values_list("kind", "term", "text"):
        names[kind, slug].append(text)
    return dict(names)
