"""The texts of the kit: read from `texts/{name}.{language}.yaml`, written as Markdown and as plain text.

A text is {title, intro, sections: [{heading, body: [paragraph or list of items]}]}. The teaching licence is not kept
here: its clauses stand in the vocabulary.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imagebank.catalog.rights import DEFAULTS
from imagebank.vocabulary.selectors import labels, licence_clauses

from ..contribute.words import Words

FOLDER: Final = Path(__file__).parent / "texts"
LICENCE: Final = "licence"
DEFAULT_LICENCE: Final = str(DEFAULTS["licence"])
NAMES: Final[dict[str, Words]] = {
    "consent": _("Consent form"),
    "leaflet": _("Leaflet for patients"),
    "impact": _("Impact assessment"),
    "agreement": _("Contributor agreement"),
    LICENCE: _("Teaching licence"),
}
"""In the order of the page."""
DRAFT: Final = _("Draft for counsel: this text has not been read by a lawyer yet.")
WIDTH: Final = 78
Text = Mapping[str, Any]


def text_of(name: str, lang: str) -> Text:
    """A text of the kit; KeyError for another name."""
    if name not in NAMES:
        raise KeyError(name)
    return _licence(lang) if name == LICENCE else _read(name, lang)


def markdown(text: Text, lang: str) -> str:
    """With the mark of a draft on top."""
    parts = [f"# {text['title']}", f"> {_draft(lang)}", text["intro"]]
    for section in text["sections"]:
        parts.append(f"## {section['heading']}")
        parts += ["\n".join(f"- {item}" for item in part) if _is_list(part) else part for part in section["body"]]
    return "\n\n".join(part for part in parts if part) + "\n"


def plain(text: Text, lang: str) -> str:
    """For a word processor or a mail: lines of at most 78 signs."""
    return "\n\n".join(_lines(text, lang)) + "\n"


def _lines(text: Text, lang: str) -> Iterator[str]:
    yield text["title"].upper()
    yield _wrapped(f"[{_draft(lang)}]")
    if text["intro"]:
        yield _wrapped(text["intro"])
    for section in text["sections"]:
        yield section["heading"].upper()
        for part in section["body"]:
            items = [_wrapped(item, "- ") for item in part] if _is_list(part) else [_wrapped(part)]
            yield "\n".join(items)


def _wrapped(text: str, mark: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark), break_on_hyphens=False)


def _is_list(part: Any) -> bool:
    return isinstance(part, list)


def _draft(lang: str) -> str:
    with translation.override(lang):
        return gettext(str(DRAFT))


@cache
def _read(name: str, lang: str) -> Text:
    held: Text = yaml.safe_load((FOLDER / f"{name}.{lang}.yaml").read_text(encoding="utf-8"))
    return held


def _licence(lang: str) -> Text:
    clauses = licence_clauses(DEFAULT_LICENCE, lang)
    return {
        "title": labels("licence", lang)[DEFAULT_LICENCE],
        "intro": DEFAULT_LICENCE,
        "sections": [{"heading": clause["heading"], "body": [clause["text"]]} for clause in clauses],
    }
