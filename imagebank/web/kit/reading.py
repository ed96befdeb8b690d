"""The start kit: its list, each text to read and print, and as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from imagebank.core.errors import Missing
from imagebank.vocabulary.tables import LANGUAGES

from ..errors import page
from ..language import reader_language
from .texts import NAMES, Text, markdown, plain, text_of


def _html(text: Text, lang: str) -> str:
    return render_to_string("help/kit/file.html", {"text": text, "lang": lang})


FILES: Final[dict[str, tuple[str, Callable[[Text, str], str]]]] = {
    "md": ("text/markdown", markdown),
    "txt": ("text/plain", plain),
    "html": ("text/html", _html),
}


@require_safe
@page
def kit(request: HttpRequest) -> HttpResponse:
    """`/help/start-kit/`"""
    lang = reader_language(request)
    rows = [{"name": name, "title": title, "intro": text_of(name, lang)["title"]} for name, title in NAMES.items()]
    return render(request, "help/kit/index.html", {"article": "start-kit", "rows": rows})


@require_safe
@page
def text(request: HttpRequest, name: str) -> HttpResponse:
    """`/help/start-kit/{name}/`, in the reader's language or in that of `?in=`."""
    lang = request.GET.get("in", reader_language(request))
    context = {"article": "start-kit", "name": name, "told_in": lang, "text": _found(name, lang), "files": FILES}
    return render(request, "help/kit/text.html", context)


@require_safe
@page
def download(request: HttpRequest, file: str) -> HttpResponse:
    """`/help/start-kit/{name}.{language}.{md,txt,html}`: to be filled in elsewhere."""
    name, lang, kind = (*file.split("."), "", "")[:3]
    if kind not in FILES:
        raise Missing()
    content_type, write = FILES[kind]
    answer = HttpResponse(write(_found(name, lang), lang), content_type=f"{content_type}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.{lang}.{kind}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _found(name: str, lang: str) -> Text:
    if name not in NAMES or lang not in LANGUAGES:
        raise Missing()
    return text_of(name, lang)
