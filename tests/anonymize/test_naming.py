"""Words of people's names in a data set."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from anonymize.naming import MOST, name_words, names_met


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Çelik^Jürgen", {"celik", "jurgen"}),
        ("O'Zuvolim-Bapeto 12", {"zuvolim", "bapeto"}),
        ("Li^Zo", set()),
        ("Yamada^Tarou=山田山^太郎太", {"yamada", "tarou", "山田山", "太郎太"}),
        ("Liver^Zuvolim", {"zuvolim"}),
    ],
)
def test_words_of_a_name(text: str, words: set[str]) -> None:
    assert name_words(text) == words


def test_names_at_every_depth() -> None:
    dataset, item = Dataset(), Dataset()
    dataset.PatientName, dataset.PatientID, item.PersonName = "Zuvolim^Bapeto", "Tamiruk", "Gorosul"
    dataset.ReferringPhysicianIdentificationSequence = Sequence([item])
    assert names_met(dataset) == ["bapeto", "gorosul", "zuvolim"]


def test_many_names_are_cut() -> None:
    dataset = Dataset()
    dataset.OtherPatientNames = [
        f"Zuv{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}{'uvwxyz'[n // 100]}" for n in range(600)
    ]
    assert len(names_met(dataset)) == MOST
