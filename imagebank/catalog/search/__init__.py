"""Search over the public projection: words, facets, orders, variety (design: search)."""

from .completing import suggest
from .params import SearchParams
from .searching import SearchAnswer, find, search, tag_of
from .similar import similar
from .warming import warm

__all__ = ["SearchAnswer", "SearchParams", "find", "search", "similar", "suggest", "tag_of", "warm"]
