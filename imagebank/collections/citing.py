"""How a version is cited: a line to copy, CSL-JSON (1.0.2) and BibTeX. The address is the one that stays."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext

from imagebank.catalog.search.present import in_language

from .models import Version

PUBLISHER: Final = "POCUS image bank"
SPECIAL: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
"""Of TeX."""


def address(version: Version) -> str:
    """Of the version's page; it never changes."""
    return f"{settings.BASE_URL.rstrip('/')}/collections/{version.collection.slug}/versions/{version.number}/"


def line(version: Version, lang: str) -> str:
    """Author, year, title, version, bank, address."""
    year = version.published_on.year if version.published_on else ""
    number = gettext("version %(n)s") % {"n": version.number}
    title = in_language(version.title, lang)
    bank = gettext("POCUS image bank")
    return f"{version.credit or bank} ({year}). {title} ({number}). {bank}. {address(version)}"


def csl(version: Version, lang: str) -> list[dict[str, Any]]:
    """One item, as reference managers take it."""
    day = version.published_on
    return [
        {
            "id": _key(version),
            "type": "dataset",
            "title": in_language(version.title, lang),
            "author": [{"literal": version.credit or PUBLISHER}],
            "issued": {"date-parts": [[day.year, day.month, day.day]] if day else []},
            "version": str(version.number),
            "publisher": PUBLISHER,
            "language": lang,
            "URL": address(version),
        }
    ]


def bibtex(version: Version, lang: str) -> str:
    """One @misc entry in UTF-8."""
    day = version.published_on
    fields = {
        "author": f"{{{_tex(version.credit or PUBLISHER)}}}",
        "title": f"{{{_tex(in_language(version.title, lang))}}}",
        "year": str(day.year) if day else "",
        "month": str(day.month) if day else "",
        "version": str(version.number),
        "publisher": PUBLISHER,
        "url": address(version),
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{_key(version)},\n{body}\n}}\n"


def _key(version: Version) -> str:
    return f"{version.collection.slug}-v{version.number}"


def _tex(text: str) -> str:
    return "".join(SPECIAL.get(letter, letter) for letter in " ".join(text.split()))
