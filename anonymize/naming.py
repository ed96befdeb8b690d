"""Words of the names of people in a file, keyed: so that a later text can be asked whether it repeats one of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from pydicom.dataset import Dataset

from anonymize.parsing import quiet
from anonymize.profile.tables import words

SHORTEST: Final = 3
MOST: Final = 200
"""Words of one file."""
_WORD: Final = re.compile(r"[^\W\d_]+")


def name_words(text: str) -> set[str]:
    """Words of a text without accents and case, short ones and those of the allowed word list left out."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return {word for word in _WORD.findall(bare) if len(word) >= SHORTEST} - words()


def names_met(dataset: Dataset) -> list[str]:
    """Words of every value of the representation PN (PS3.5 6.2), at every depth; at most `MOST`."""
    with quiet():
        found = {word for value in _people(dataset) for word in name_words(value)}
    return sorted(found)[:MOST]


def _people(dataset: Dataset) -> Iterator[str]:
    for element in dataset.iterall():
        if element.VR == "PN" and element.value:
            yield str(element.value)
