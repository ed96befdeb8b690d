"""Words reduced to a key, so that accents, case, spelling (haematoma, hematoma) and simple plurals do not matter.

The same reduction is applied to the vocabulary and to what is typed; keys are compared, never shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")
_EXPANDED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe", "ß": "ss"},
)
_BARE = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss"})
_SPELLINGS = (("ae", "e"), ("oe", "e"), ("ue", "u"), ("aa", "a"), ("iz", "is"))
_SHORTEST = 4
PLURALS = ("s", "es", "x", "en", "er", "n", "e", "r")
"""Endings of a plural in fr, es, en, de, da."""
_ENDINGS = {"en": _SHORTEST, "er": _SHORTEST + 1, "e": _SHORTEST, "a": _SHORTEST, "o": _SHORTEST}
"""Ending -> letters that must remain when it is taken off."""


def bare(text: str) -> str:
    """Lower case without accents: what somebody types who has no such keys."""
    return _unaccented(_lower(text).translate(_BARE))


@lru_cache(maxsize=65536)
def key(word: str) -> str:
    """Key of one word as written with its accents or with their usual two-letter spelling."""
    return _reduced(_unaccented(_lower(word).translate(_EXPANDED)))


@lru_cache(maxsize=65536)
def bare_key(word: str) -> str:
    """Key of one word as typed without accents (Odem for Ödem, dyspno for dyspnø)."""
    return _reduced(bare(word))


def forms(word: str) -> tuple[str, ...]:
    """The word as typed and what may be its singular or plural in one of the five languages, lower case."""
    word = _lower(word)
    alike = [word.removesuffix(ending) for ending in PLURALS if word.endswith(ending)]
    alike += [] if word.endswith(("s", "x")) else [f"{word}{ending}" for ending in PLURALS]
    return tuple(dict.fromkeys([word, *(form for form in alike if len(form) >= _SHORTEST)]))


def joined(keys: Sequence[str]) -> str:
    """Key of words written as one ("b lines", "b-lines", "blines"); a last letter of its own stays ("líneas A")."""
    whole = "".join(keys)
    return whole if len(keys[-1]) == 1 else _reduced(whole)


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower()


def _unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _reduced(word: str) -> str:
    if len(word) > _SHORTEST:  # LAE is an abbreviation, haematoma is not
        for written, reduced in _SPELLINGS:
            word = word.replace(written, reduced)
    if len(word) > _SHORTEST - 1 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    ending = next((e for e, left in _ENDINGS.items() if word.endswith(e) and len(word) - len(e) >= left), "")
    word = word.removesuffix(ending)
    return word[:-1] if ending in {"e", "a", "o"} and len(word) > _SHORTEST and word.endswith("e") else word
