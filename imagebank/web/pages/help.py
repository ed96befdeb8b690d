"""Help: what the bank is, what happens to a clip, licence, privacy; and the living page of components."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imagebank.accounts.terms import TERMS
from imagebank.core.errors import Missing
from imagebank.vocabulary.selectors import licence_clauses

from ..components import examples
from ..errors import page
from ..examples import FIELDS, LANGUAGE, WORDS
from ..guides import ENGLISH, GUIDES, picture_of
from ..language import reader_language
from ..problems import next_step_of, sentence_of

TEACHING: Final = "LicenseRef-Imagebank-Teaching-1.0"
"""The licence whose text the bank ships."""
ARTICLES = ("search", "clip", "licence", "privacy", "terms", "keys")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """`/help/`"""
    return render(request, "help/index.html", {"article": "index", "guides": GUIDES.items()})


@require_safe
@page
def article(request: HttpRequest, name: str) -> HttpResponse:
    """`/help/{name}/`"""
    if name not in ARTICLES:
        raise Missing()
    shown: dict[str, Any] = {}
    if name == "search":
        shown = {"words": WORDS, "language": LANGUAGE, "fields": FIELDS}
    if name == "licence":
        shown = {"clauses": licence_clauses(TEACHING, reader_language(request))}
    return render(request, f"help/{name}.html", {"article": name, "version": TERMS, **shown})


@require_safe
@page
def guide(request: HttpRequest, kind: str) -> HttpResponse:
    """`/help/start/{kind}/`: getting started as one of GUIDES."""
    if kind not in GUIDES:
        raise Missing()
    context = {
        "article": kind,
        "kind": kind,
        "guide": GUIDES[kind],
        "picture": picture_of(kind, reader_language(request)),
        "english": kind in ENGLISH,
    }
    return render(request, "help/guide.html", context)


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """`/help/components/`: each component once, for people who build pages and for the tests that photograph it."""
    return render(request, "help/components.html", {"article": "components", **examples()})


@require_safe
@page
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """`/help/problems/{code}/`: what a code of the REST interface means."""
    sentence = sentence_of(code)
    if sentence is None:
        raise Missing()
    step, route = next_step_of(code)
    context = {"code": code, "sentence": sentence, "next": step, "route": route}
    return render(request, "help/problem.html", context)
