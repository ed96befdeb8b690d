"""A typed query as a tree of what was asked, and how it is written down again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .tree import And, Not, Or

NAMES: Final = {
    "indication": "indication", "finding": "finding", "view": "view", "polarity": "polarity", "threat": "threat",
    "absent": "finding_absent", "finding_absent": "finding_absent", "uncertain": "finding_uncertain",
    "finding_uncertain": "finding_uncertain", "quality": "quality", "age": "age_band", "age_band": "age_band",
    "sex": "sex", "bmi": "bmi", "probe": "probe", "vendor": "vendor", "institution": "institution",
    "country": "country", "setting": "setting", "confirmed": "confirmed", "licence": "licence",
}  # fmt: skip
"""What a field may be called -> the facet it asks for."""
ORDERED: Final = ("quality", "age_band", "bmi")
"""Facets whose values can be compared."""
_BARE: Final = re.compile(r'[^\s()",]+')


@dataclass(frozen=True, slots=True)
class Text:
    """Words as a clinician types them, read through the vocabulary; `at` is where they begin."""

    text: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """`name:value,value` (any of them), or an ordered facet compared with one value."""

    name: str
    values: tuple[str, ...]
    comparison: str = ""
    at: int = 0


Asked = Text | Field | Not["Asked"] | And["Asked"] | Or["Asked"]


def leaves(asked: Asked) -> Iterator[Text | Field]:
    """The words and fields, from left to right."""
    match asked:
        case Not(node):
            yield from leaves(node)
        case And(nodes) | Or(nodes):
            for node in nodes:
                yield from leaves(node)
        case _:
            yield asked


def written(asked: Asked) -> str:
    """The query in the one way that it is written here; parsed again it gives an equal tree (but for the places)."""
    match asked:
        case Text(text):
            return text
        case Field():
            return _field(asked)
        case Not(node):
            return f"-{written(node)}" if isinstance(node, Field) else f"NOT {_inside(node, And, Or)}"
        case And(nodes):
            return " AND ".join(_inside(node, Or) for node in nodes)
        case Or(nodes):
            return " OR ".join(map(written, nodes))


def _inside(node: Asked, *bracketed: type) -> str:
    return f"({written(node)})" if isinstance(node, bracketed) else written(node)


def _field(field: Field) -> str:
    values = ",".join(value if _BARE.fullmatch(value) else f'"{value}"' for value in field.values)
    return f"{field.name}{field.comparison or ':'}{values}"
