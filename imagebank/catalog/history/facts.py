"""A case as plain facts, and what became different between two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

Key = tuple[str, str, str]
"""(what, about, clip): the kind of fact, the language or finding it is about, the clip it belongs to; "" for none."""
Facts = Mapping[Key, Any]
Change = dict[str, Any]
"""{what, about, clip, before, after}; None stands for not said."""

PLAIN: Final = ("indication", "setting", "age_band", "sex", "bmi_class", "credit", "licence")
OF_CONFIRMATION: Final = ("method", "certainty", "interval_days")
OF_CLIP: Final = ("view", "laterality", "probe", "quality")
OF_FINDING: Final = ("presence", "severity", "frames", "region")
OF_MARK: Final = ("kind", "points", "frames", "label")
TEXTS: Final = ("title", "vignette", "management_note", "mark")
TYPED: Final = TEXTS[:-1]
"""By language; of a mark the typed label is one part."""
TOLD: Final = frozenset({"indication", "licence", "finding", "clip", "method", "certainty", "interval_days", *OF_CLIP})
"""Facts whose former value readers are told. Patient and place are not among them: what was told once and is withheld
since must not come back by its history (privacy.md 10). Of texts it is told that they changed: a former one may have
been taken out because it pointed at somebody."""


def facts_of(document: Mapping[str, Any]) -> dict[Key, Any]:
    """Of a document of projection.py; what is empty is left out."""
    return {key: value for key, value in _facts(document) if value not in (None, "", [])}


def differences(before: Facts, after: Facts) -> list[Change]:
    """What changed, in the order of the facts."""
    keys = [*before, *(key for key in after if key not in before)]
    return [_change(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def joined(earlier: list[Change], later: list[Change]) -> list[Change]:
    """Two changes as one; what was changed back is left out."""
    found = {_key(change): change for change in earlier}
    for change in later:
        first = found.get(_key(change), change)
        found[_key(change)] = {**change, "before": first["before"]}
    return [change for change in found.values() if change["before"] != change["after"]]


def for_readers(changes: list[Change]) -> list[Change]:
    """What readers may know of it. Of a clip that is gone nothing but that."""
    gone = {change["clip"] for change in changes if change["what"] == "clip" and change["after"] is None}
    told = [{**change, "clip": ""} for change in changes if change["what"] == "clip" and change["clip"] in gone]
    kept = [change for change in changes if change["clip"] not in gone]
    told += [change for change in kept if change["what"] in TOLD]
    return told + [{**change, "before": None, "after": None} for change in kept if change["what"] in TEXTS]


def _facts(document: Mapping[str, Any]) -> Iterator[tuple[Key, Any]]:
    for name in PLAIN:
        yield (name, "", ""), document[name]
    for name in OF_CONFIRMATION:
        yield (name, "", ""), document["confirmed"][name]
    yield ("management_changed", "", ""), document["management"]["changed"]
    texts = {**document, "management_note": document["management"]["note"]}
    for name in TYPED:
        yield from (((name, lang, ""), text) for lang, text in texts[name].items())
    for clip in document["clips"]:
        yield ("clip", "", clip["id"]), True
        yield from (((name, "", clip["id"]), clip[name]) for name in OF_CLIP)
    for finding in document["findings"]:
        yield ("finding", finding["term"], finding["clip"] or ""), {name: finding[name] for name in OF_FINDING}
    for mark in document["marks"]:
        yield ("mark", str(mark["number"]), mark["clip"]), {name: mark[name] for name in OF_MARK}


def _change(key: Key, before: Any, after: Any) -> Change:
    what, about, clip = key
    return {"what": what, "about": about, "clip": clip, "before": before, "after": after}


def _key(change: Change) -> Key:
    return change["what"], change["about"], change["clip"]
