"""Made-up identifiers, unlike any word, noted as they are made: what is searched for in all that comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.anonymize.leaks.ink import Ink

CATEGORIES: Final = (
    "person", "other_person", "id", "date", "time", "institution", "device", "contact", "free_text", "uid", "private",
    "envelope", "segment", "overlay", "trailing",
)  # fmt: skip
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
CHARACTER_SETS: Final = (
    ("ISO_IR 100", "éüñøß"),
    ("ISO_IR 101", "łśčžő"),
    ("ISO_IR 109", "ĉĝĥĵŭ"),
    ("ISO_IR 110", "āēģķņ"),
    ("ISO_IR 144", "жюлбд"),
    ("ISO_IR 126", "γδθλξ"),
    ("ISO_IR 127", "غقصضع"),
    ("ISO_IR 138", "אבגדש"),
    ("ISO_IR 148", "ğışöç"),
    ("ISO_IR 166", "กขคงจ"),
    ("ISO_IR 192", "żőř山田"),
    ("GB18030", "王小东李"),
    ("GBK", "王小东李"),
    ("\\ISO 2022 IR 87", "山田太郎"),
    ("\\ISO 2022 IR 149", "김희중길"),
    ("\\ISO 2022 IR 58", "王小东张"),
)
"""Specific Character Set, and some of its letters."""


@dataclass(slots=True)
class Plant:
    """One file. `values`: category -> identifiers that may not be found in what is made of it."""

    seed: int
    syntax: str
    data: bytes = b""
    values: dict[str, list[str]] = field(default_factory=dict)
    burned: list[Ink] = field(default_factory=list)

    def all(self) -> list[str]:
        return [value for values in self.values.values() for value in values]


class Planter:
    """Makes identifiers and notes them."""

    def __init__(self, seed: int, syntax: str) -> None:
        self.random = Random(f"{seed} {syntax}")
        self.plant = Plant(seed, syntax)
        self.characters = self.random.choice(CHARACTER_SETS)

    def note(self, category: str, value: str) -> str:
        self.plant.values.setdefault(category, []).append(value)
        return value

    def word(self, category: str, foreign: bool = False) -> str:
        """Like a name: `Zuvolimek`, sometimes with letters of the file's character set; the rest is noted alone too."""
        letters = [
            self.random.choice(_CONSONANTS if n % 2 == 0 else _VOWELS) for n in range(self.random.randint(8, 10))
        ]
        if foreign:
            self.note(category, "".join(letters[:-2]).capitalize())
            letters[-2:] = self.random.sample(self.characters[1], 2)
        return self.note(category, "".join(letters).capitalize())

    def person(self, category: str) -> str:
        """Family, given and middle name; where the character set has them an ideographic and a phonetic group too."""
        if "2022" in self.characters[0] or self.random.random() < 0.2:
            return f"{self.word(category)}={self.word(category, foreign=True)}={self.word(category, foreign=True)}"
        count = self.random.randint(1, 3)
        return "^".join(self.word(category, foreign=self._foreign()) for _ in range(count))

    def _foreign(self) -> bool:
        """Code extensions belong into the second group."""
        return "2022" not in self.characters[0] and self.random.random() < 0.5

    def digits(self, category: str, count: int = 0) -> str:
        return self.note(category, "".join(self.random.choices("123456789", k=count or self.random.randint(8, 10))))

    def identifier(self, category: str) -> str:
        """A hospital number in one of the usual forms."""
        number = self.digits(category)
        return self.random.choice([number, f"MRN{number}", f"{number}/{self.random.randint(1, 99)}"])

    def date(self) -> str:
        random = self.random
        return self.note("date", f"{random.randint(1921, 2019)}{random.randint(1, 12):02}{random.randint(13, 28)}")

    def time(self) -> str:
        random = self.random
        return self.note("time", f"{random.randint(11, 23)}{random.randint(11, 59)}{random.randint(11, 59)}")

    def uid(self) -> str:
        return self.note("uid", "1.2.826.0.1.3680043.10." + "".join(self.random.choices("123456789", k=16)))
