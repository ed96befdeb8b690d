"""Search over the public projection: words, facets, orders, variety (design: search)."""

from .params import SearchParams
from .searching import SearchAnswer, search, suggest
from .similar import similar

__all__ = ["SearchAnswer", "SearchParams", "search", "similar", "suggest"]
