"""Coded concepts of the candidate against the standard's own (PS3.16), as pydicom carries them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from .codes import Problem
from .elements import Judged

VALUE, SCHEME, MEANING = 0x00080100, 0x00080102, 0x00080104
EARLIER = {("SCT", "113345001"): "abdomen", ("SRT", "T-D4000"): "abdomen"}
"""Of older editions, still written by devices."""
METHODS = "(0012,0064)"
"""The method's codes have a closed list of their own: see `allowed`."""


def check(judged: list[Judged]) -> Iterator[Problem]:
    """Each code with scheme and meaning is one of the standard's: a meaning typed at the source is not."""
    items: dict[str, dict[int, str]] = {}
    for item in judged:
        if item.element.tag in (VALUE, SCHEME, MEANING) and not item.element.parent.startswith(METHODS):
            items.setdefault(item.element.parent, {})[item.element.tag] = str(next(iter(item.values), ""))
    for path, found in items.items():
        known = meanings().get((found.get(SCHEME, ""), found.get(VALUE, "")), frozenset())
        if found.get(MEANING, "").casefold() not in known:
            yield Problem("element.value", path)


@cache
def meanings() -> dict[tuple[str, str], frozenset[str]]:
    """(scheme, value) -> meanings. Loaded only when a candidate holds a code: it takes half a second."""
    from pydicom.sr._concepts_dict import concepts
    from pydicom.sr._snomed_dict import mapping

    schemes: dict[str, dict[str, dict[str, tuple[str, list[int]]]]] = concepts  # type: ignore[assignment]
    found: dict[tuple[str, str], set[str]] = {}
    for scheme in ("DCM", "SCT"):
        for entries in schemes[scheme].values():
            for value, (meaning, _) in entries.items():
                found.setdefault((scheme, value), set()).add(meaning.casefold())
    for old, new in mapping["SRT"].items():
        found.setdefault(("SRT", old), set()).update(found.get(("SCT", new), ()))
    for key, meaning in EARLIER.items():
        found.setdefault(key, set()).add(meaning)
    return {key: frozenset(meanings) for key, meanings in found.items()}
