"""Practice sheets beside other pages: that of a case's indication, and what links to a sheet."""

from __future__ import annotations

from typing import Any, Final

from imagebank.catalog.search.examples import how_many
from imagebank.catalog.search.present import in_language
from imagebank.collections import selectors as collected
from imagebank.core.actor import Actor
from imagebank.sheets import describing, selectors
from imagebank.sheets.document import cases_of
from imagebank.sheets.models import SheetVersion

MOST: Final = 12
"""Collections that are named."""


def sheet_of(indication: str, lang: str) -> dict[str, Any] | None:
    """The sheet that readers see of an indication, as in a list."""
    found = selectors.of_indication(indication)
    return describing.listed(found, lang) if found else None


def links_to(version: SheetVersion, actor: Actor, lang: str) -> dict[str, Any]:
    """What links here: {cases: how many of the indication, collections with its cases, sheets with its findings}."""
    findings = [point["finding"] for point in version.document.get("findings", [])]
    held = collected.holding(*cases_of(version.document))
    return {
        "cases": how_many("indication", version.indication_id, actor),
        "collections": [
            {"slug": one.collection.slug, "title": in_language(one.title, lang)}
            for one in collected.latest_versions(MOST, held)
        ],
        "sheets": [describing.listed(one, lang) for one in selectors.looking_for(findings, but=version.indication_id)],
    }
