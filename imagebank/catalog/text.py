"""Typed text before it becomes public: nothing in it may point at a patient (privacy.md 12)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from imagebank.core.errors import Invalid

IDENTIFYING: Final = _("This may identify a patient: it holds %(held)s. Please rephrase.")
LANGUAGES: Final = ("en", "fr", "de", "es", "da")
LONGEST: Final = {
    "title": 160, "vignette": 2_000, "management_note": 500, "credit": 200, "comment": 2_000,
    "description": 2_000, "note": 600, "reason": 200, "question": 300, "point": 400, "source": 300,
    "label": 80, "patient_position": 30, "zone": 30, "time_point": 30,
}  # fmt: skip
_MONTHS: Final = "|".join((
    "jan(uary|uar|vier|uari)?", "ene(ro)?", "f[eé]b(ruary|ruar|rero)?", "f[eé]vr(ier)?", "mar(ch|s|zo|ts)?", "märz",
    "apr(il)?", "avr(il)?", "abr(il)?", "(?-i:May)|mai|mayo|maj", "june?|juin|juni|junio", "july?|juillet|juli|julio",
    "aug(ust)?", "août", "ago(sto)?", "sep(t|tember|tembre|tiembre)?", "o[ck]t(ober|obre|ubre)?",
    "nov(ember|embre|iembre)?", "dec(ember)?", "d[eé]c(embre)?", "dez(ember)?", "dic(iembre)?",
))  # fmt: skip
"""Months of the five languages, short and long."""
PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (_("a date"), re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b")),
    (_("a date"), re.compile(rf"\b\d{{1,2}}(st|nd|rd|th|er|\.)?\s+(of\s+|de\s+)?({_MONTHS})\b", re.IGNORECASE)),
    (_("a date"), re.compile(rf"\b({_MONTHS})\s+(\d{{1,2}}(st|nd|rd|th)?,?\s+)?(de\s+)?(19|20)\d\d\b", re.IGNORECASE)),
    (_("a year of birth"), re.compile(r"\b(born|née?|geboren|geb\.|nacid[oa]|født|f\.)\s.{0,20}?\d", re.IGNORECASE)),
    (
        _("an age over 89"),
        re.compile(r"\b(9\d|1[0-2]\d)\s*[- ]?(y|yo|years?|ans?|jahre?|jährig\w*|años?|år)\b", re.IGNORECASE),
    ),
    (_("an age over 89"), re.compile(r"\b(aged?|âgée?s?(\s+de)?|alter|edad|alder)\s+(9\d|1[0-2]\d)\b", re.IGNORECASE)),
    (_("a web address"), re.compile(r"(https?://|\bwww\.)\S+", re.IGNORECASE)),
    (_("a long number"), re.compile(r"\d[\d\s-]{3,}\d")),
    (_("an e-mail address"), re.compile(r"\S+@\S+\.\S+")),
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
        raise Invalid(errors={field: gettext("At most %(n)s characters.") % {"n": LONGEST[field]}})
    if found := problems(value):
        held = ", ".join(dict.fromkeys(gettext(name) for name in found))
        raise Invalid(errors={field: gettext(IDENTIFYING) % {"held": held}})
    return value


def said_words(text: str) -> str:
    """A word in a discussion: as `clean_text`, and not empty."""
    words = clean_text("comment", text)
    if not words:
        raise Invalid(errors={"comment": gettext("Write something first.")})
    return words


def clean_texts(field: str, values: Mapping[str, str]) -> dict[str, str]:
    """`{language: text}` with known languages; empty ones are left out."""
    if not isinstance(values, Mapping) or not _known(values.keys()):
        raise Invalid(errors={field: f"Text by language: {', '.join(LANGUAGES)}."})
    cleaned = {language: clean_text(field, str(text)) for language, text in values.items()}
    return {language: text for language, text in cleaned.items() if text}


def _known(languages: Iterable[str]) -> bool:
    return set(languages) <= set(LANGUAGES)
