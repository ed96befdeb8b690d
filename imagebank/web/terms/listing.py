"""The list of terms: a table by regions, or what a search finds in all tables and languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imagebank.core.errors import Missing
from imagebank.vocabulary.folding import bare
from imagebank.vocabulary.publishing import CODED, SCHEMES, synonyms_of
from imagebank.vocabulary.selectors import labels, version
from imagebank.vocabulary.tables import LANGUAGES

from ..errors import page
from ..language import reader_language
from . import words

LONGEST: Final = 100
MOST: Final = 100
"""Terms that a search shows of a table."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A term in a list; `found` is the name that a search found it by, when it is not its label."""

    scheme: str
    slug: str
    label: str
    polarity: str
    retired: bool
    kinds: bool
    found: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Terms of one region or one table."""

    name: Any
    entries: Sequence[Entry]


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """`/vocabulary/`: the findings; with `?q=` what all tables hold of it."""
    return _listed(request, "findings")


@require_safe
@page
def table(request: HttpRequest, scheme: str) -> HttpResponse:
    """`/vocabulary/{table}/`"""
    if scheme not in SCHEMES:
        raise Missing()
    return _listed(request, scheme)


def _listed(request: HttpRequest, scheme: str) -> HttpResponse:
    lang, q = reader_language(request), " ".join(request.GET.get("q", "")[:LONGEST].split())
    groups = _found(q, lang) if q else _regions(scheme, lang)
    context = {
        "q": q,
        "scheme": "" if q else scheme,
        "title": words.SCHEMES[scheme],
        "schemes": words.SCHEMES.items(),
        "groups": groups,
        "count": sum(len(group.entries) for group in groups),
        "polarities": labels("polarity", lang),
        "most": MOST,
    }
    return render(request, "vocabulary/index.html", context)


def _regions(scheme: str, lang: str) -> list[Group]:
    """The terms of a table by region, in the order of the tables; one group where a table has none."""
    grouped: dict[str, list[Entry]] = defaultdict(list)
    for row in _rows(scheme):
        grouped[getattr(row, "body_region", "") or getattr(row, "body_system", "")].append(_entry(scheme, row, lang))
    return [Group(words.PLACES.get(region, ""), entries) for region, entries in grouped.items()]


def _rows(scheme: str) -> Iterable[Any]:
    rows = SCHEMES[scheme].model.objects.all()
    return rows.prefetch_related("narrower") if scheme == "findings" else rows


def _entry(scheme: str, row: Any, lang: str, found: str = "") -> Entry:
    kinds = scheme == "findings" and bool(row.narrower.all())
    return Entry(scheme, str(row.pk), row.label(lang), getattr(row, "polarity", ""), row.retired, kinds, found)


def _found(q: str, lang: str) -> list[Group]:
    """Terms of which a name holds every word, in any language; those that are called just so first."""
    groups = []
    for scheme, name in words.SCHEMES.items():
        names = _names(version(), scheme)
        hits = {slug: hit for slug, known in names.items() if (hit := _hit(known, bare(q), lang))}
        rows = [row for row in _rows(scheme) if str(row.pk) in hits] if hits else []
        rows.sort(key=lambda row: bare(hits[str(row.pk)]) != bare(q))
        entries = [_entry(scheme, row, lang, _shown(hits[str(row.pk)], row.label(lang))) for row in rows]
        groups += [Group(name, entries[:MOST])] if entries else []
    return groups


def _hit(names: Sequence[tuple[str, str, str]], q: str, lang: str) -> str:
    """The name that fits best; empty when none holds every word."""
    hits = [(folded != q, other != lang, text) for other, text, folded in names if all(w in folded for w in q.split())]
    return min(hits)[2] if hits else ""


def _shown(hit: str, label: str) -> str:
    return "" if hit == label else hit


@lru_cache(maxsize=32)
def _names(number: int, scheme: str) -> dict[str, list[tuple[str, str, str]]]:
    """{slug: [(language, name, the same folded)]}; `number` is the version."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    synonyms = synonyms_of(scheme) if scheme in CODED else {}
    for row in SCHEMES[scheme].model.objects.all():
        slug = str(row.pk)
        names = [(lang, row.label(lang)) for lang in LANGUAGES]
        names += [*synonyms.get(slug, []), ("", slug), *([("", row.code)] if getattr(row, "code", "") else [])]
        found[slug] = [(lang, text, bare(text)) for lang, text in names]
    return found
