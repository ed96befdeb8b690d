"""What links to a term beside the vocabulary itself."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Exists, F, OuterRef

from imagebank.catalog.search.present import in_language
from imagebank.catalog.search.visible import visible_to
from imagebank.collections import selectors as collected
from imagebank.collections.models import Item
from imagebank.core.actor import Actor
from imagebank.sheets import describing
from imagebank.sheets import selectors as sheets
from imagebank.vocabulary.selectors import facet_values

MOST: Final = 12
"""Collections that are named."""


def collections_showing(facet: str, slug: str, actor: Actor, lang: str) -> list[dict[str, str]]:
    """Listed collections with a case of this value that the reader may see, but for items that hide their answer."""
    number = facet_values(facet).get(slug)
    shown = visible_to(actor).filter(case_id=OuterRef("case_id"), terms__contains=[number])
    live = F("version__collection__live_revision")
    held = Item.objects.filter(Exists(shown), hide=False, version__collection=OuterRef("pk"), version__number=live)
    rows = collected.published().filter(Exists(held)).order_by("-published_on", "id")
    return [
        {"slug": one.collection.slug, "title": in_language(one.title, lang)}
        for one in collected.latest_versions(MOST, rows)
    ]


def sheets_naming(scheme: str, slug: str, lang: str) -> list[dict[str, Any]]:
    """Practice sheets, as readers see them, that look for this finding, ask for this view or answer this question."""
    if scheme == "findings":
        found = sheets.looking_for([slug])
    elif scheme == "views":
        found = list(sheets.with_view(slug))
    else:
        one = sheets.of_indication(slug) if scheme == "indications" else None
        found = [one] if one else []
    return [describing.listed(each, lang) for each in found]
