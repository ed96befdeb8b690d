"""What the values of facets are called."""

from __future__ import annotations

from collections.abc import Iterable

from imagebank.accounts.models import Institution
from imagebank.vocabulary.selectors import labels

PRESENCES = {"finding_absent": "absent", "finding_uncertain": "uncertain"}


def value_label(facet: str, slug: str, lang: str) -> str:
    """A term standing alone: a finding denied or doubtful says so."""
    label = facet_labels(facet, [slug], lang)[slug]
    presence = PRESENCES.get(facet)
    return f"{label}: {labels('presence', lang)[presence].lower()}" if presence else label


def facet_labels(facet: str, slugs: Iterable[str], lang: str) -> dict[str, str]:
    """{slug: label} of values under their facet's name."""
    known = _known(facet, slugs := list(slugs), lang)
    return {slug: known.get(slug) or _plain(facet, slug) for slug in slugs}


def _known(facet: str, slugs: list[str], lang: str) -> dict[str, str]:
    if facet == "country":
        return {}
    if facet == "institution":
        return dict(Institution.objects.filter(slug__in=slugs).values_list("slug", "name"))
    return labels("finding" if facet in PRESENCES else facet, lang)


def _plain(facet: str, slug: str) -> str:
    """Of what the vocabulary does not name: a country's code, the name of a maker that it does not know."""
    return slug if facet == "country" else slug.replace("-", " ").title()
