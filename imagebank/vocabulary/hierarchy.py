"""Broader and narrower findings and signs, over the rows of the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from imagebank.vocabulary.tables import Tables


def broader_of(tables: Tables) -> dict[str, str]:
    """{finding: the finding it is a kind of}."""
    return {row["finding"]: row["broader"] for row in tables["finding_broader"]}


def narrower_of(tables: Tables) -> dict[str, list[str]]:
    """{finding: its kinds}."""
    found: dict[str, list[str]] = defaultdict(list)
    for finding, broader in broader_of(tables).items():
        found[broader].append(finding)
    return dict(found)


def signs_of(tables: Tables) -> dict[str, list[str]]:
    """{finding: what is a sign of it, and no kind}; empty of an edition that is older than this table."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in tables.rows.get("finding_signs", ()):
        found[row["sign_of"]].append(row["finding"])
    return dict(found)


def above(finding: str, broader: Mapping[str, str]) -> list[str]:
    """What the finding is a kind of, the nearest first; a circle is walked once."""
    found: dict[str, None] = {}
    while (finding := broader.get(finding, "")) and finding not in found:
        found[finding] = None
    return list(found)


def with_kinds(findings: Iterable[str], narrower: Mapping[str, Iterable[str]]) -> list[str]:
    """The findings with all their kinds, and the kinds of those, each once."""
    found = dict.fromkeys(findings)
    waiting = list(found)
    while waiting:
        fresh = [kind for kind in narrower.get(waiting.pop(), ()) if kind not in found]
        found |= dict.fromkeys(fresh)
        waiting += fresh
    return list(found)


def excluded(tables: Tables) -> dict[str, set[str]]:
    """{finding: those that cannot be present beside it}: both ways, and every kind of one with every kind of other."""
    narrower, found = narrower_of(tables), defaultdict[str, set[str]](set)
    for row in tables["finding_exclusions"]:
        for one in with_kinds([row["finding"]], narrower):
            for other in with_kinds([row["excludes"]], narrower):
                found[one].add(other)
                found[other].add(one)
    return dict(found)
