"""A web process made ready before somebody asks."""

from __future__ import annotations

import gc

from imagebank.core.actor import ANONYMOUS
from imagebank.vocabulary.tables import LANGUAGES

from .params import SearchParams
from .searching import search

QUESTION = "effusion"
"""Any word: to understand one takes every name of the vocabulary."""


def warm() -> None:
    """Make what the first question would wait for; then leave it out of the garbage collector's rounds.

    All of it stays as long as the process, and looking through it holds a request up for a tenth of a second each time.
    """
    for lang in LANGUAGES:
        search(SearchParams(lang=lang, q=QUESTION, facets=True), ANONYMOUS)
    gc.collect()
    gc.freeze()
