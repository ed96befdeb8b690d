"""Typed text before it becomes public: nothing in it may point at a patient (privacy.md 12)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from imagebank.core.errors import Invalid

LANGUAGES: Final = ("en", "fr", "de", "es", "da")
LONGEST: Final = {"title": 160, "vignette": 2_000, "management_note": 500, "credit": 200, "comment": 2_000}
PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("a date", re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b")),
    (
        "an age over 89",
        re.compile(r"\b(9\d|1[0-2]\d)\s*[- ]?(y|yo|years?|ans?|jahre?|jährig\w*|años?|år)\b", re.IGNORECASE),
    ),
    ("a long number", re.compile(r"\d[\d\s-]{3,}\d")),
    ("an e-mail address", re.compile(r"\S+@\S+\.\S+")),
)


def problems(text: str) -> list[str]:
    """What in the text may identify somebody, in words."""
    return [name for name, pattern in PATTERNS if _hit(name, pattern, text)]


def _hit(name: str, pattern: re.Pattern[str], text: str) -> bool:
    if name != "a long number":
        return bool(pattern.search(text))
    return any(sum(c.isdigit() for c in found.group()) >= 5 for found in pattern.finditer(text))


def clean_text(field: str, value: str) -> str:
    """The text without surrounding space; Invalid when too long or pointing at somebody."""
    value = value.strip()
    if len(value) > LONGEST[field]:
        raise Invalid(errors={field: f"At most {LONGEST[field]} characters."})
    if found := problems(value):
        raise Invalid(errors={field: f"This may identify a patient: it holds {', '.join(found)}. Please rephrase."})
    return value


def clean_texts(field: str, values: Mapping[str, str]) -> dict[str, str]:
    """`{language: text}` with known languages; empty ones are left out."""
    if not isinstance(values, Mapping) or not _known(values.keys()):
        raise Invalid(errors={field: f"Text by language: {', '.join(LANGUAGES)}."})
    cleaned = {language: clean_text(field, str(text)) for language, text in values.items()}
    return {language: text for language, text in cleaned.items() if text}


def _known(languages: Iterable[str]) -> bool:
    return set(languages) <= set(LANGUAGES)
