"""Translations of the interface: found in templates and code with Babel, kept as .po, committed compiled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.urls import get_resolver
from django.utils.translation.template import templatize

from anonymize.codes import CODES
from imagebank.core.errors import sentences

from .outside import REWORDED

ROOT: Final = Path(settings.BASE_DIR)
LOCALE: Final = Path(__file__).resolve().parent / "locale"
LANGUAGES: Final = ("fr", "de", "es", "da")
"""English is what the code says."""
CODE: Final = ("imagebank", "api")
HEADER: Final = "# Translations of the interface of the POCUS image bank. `manage.py make_messages` keeps them."
NEVER: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""A date that changes would make every run a change."""
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def extracted() -> Catalog:
    """Every string of the interface with the places it stands in."""
    found = Catalog(charset="utf-8")
    assert get_resolver().url_patterns  # imports all rooms, so that each kind of error is known
    for place, text, context in _strings():
        found.add(text, locations=[(place, 0)], context=context)
    return found


def read_catalog(language: str) -> Catalog:
    """The catalogue as it is kept; empty for a new language."""
    file = po_file(language)
    if not file.exists():
        return Catalog(locale=language, charset="utf-8")
    return read_po(BytesIO(file.read_bytes()), locale=language)


def update_catalog(language: str) -> Catalog:
    """The kept translations of what is said now; what is no longer said goes. Written to its file."""
    kept, now = read_catalog(language), extracted()
    fresh = Catalog(locale=language, charset="utf-8", header_comment=HEADER, creation_date=NEVER, revision_date=NEVER)
    for message in now:
        if message.id:
            old = kept.get(message.id, message.context)
            fresh.add(
                message.id, old.string if old else None, locations=message.locations, context=message.context,
                flags=message.flags,
            )  # fmt: skip
    po_file(language).parent.mkdir(parents=True, exist_ok=True)
    with po_file(language).open("wb") as stream:
        write_po(stream, fresh, width=120, omit_header=False, include_lineno=False, sort_output=True)
    return fresh


def compile_catalog(language: str, catalog: Catalog) -> None:
    """Beside the .po, as Django reads it."""
    with po_file(language).with_suffix(".mo").open("wb") as stream:
        write_mo(stream, catalog)


def missing(catalog: Catalog) -> list[str]:
    """English strings without a complete translation."""
    return [str(message.id) for message in catalog if message.id and not _whole(message)]


def po_file(language: str) -> Path:
    """Where a language is kept."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _whole(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return all(strings) and len(strings) == (2 if message.pluralizable else 1)


def _strings() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """(place, text or its singular and plural, context)"""
    code = [file for folder in CODE for file in sorted((ROOT / folder).rglob("*.py"))]
    for file in code:
        yield from _of(file, file.read_bytes())
    for file in sorted((ROOT / "templates").rglob("*.*")):
        if file.suffix in {".html", ".txt", ".svg"}:
            said = templatize(file.read_text(encoding="utf-8"), origin=str(file))
            # It is read as Python, to which the indentation of a template would mean something.
            yield from _of(file, "\n".join(line.lstrip() for line in said.splitlines()).encode())
    yield from (("allauth", text, None) for text in REWORDED)
    yield from (("sentences", text, None) for text in (*sentences().values(), *CODES.values()))


def _of(file: Path, source: bytes) -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    place = str(file.relative_to(ROOT))
    for _line, text, _comments, context in extract("python", BytesIO(source), KEYWORDS):
        yield place, text, context
