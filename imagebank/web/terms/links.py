"""What links to a term beside the vocabulary itself."""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, F, OuterRef

from imagebank.catalog.search.present import in_language
from imagebank.catalog.search.visible import visible_to
from imagebank.collections import selectors as collected
from imagebank.collections.models import Item
from imagebank.core.actor import Actor
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
