"""What may be sent where: the rights of an item against what a follower said it is (privacy.md 5, 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from imagebank.catalog.models import Rights

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Follower:
    """Where a copy would stand, every use that would be made of it, and the widest audience there."""

    region: str
    uses: frozenset[str]
    audience: str

    @classmethod
    def of(cls, data: Told) -> Follower:
        return cls(data["region"], frozenset(data["uses"]), data["audience"])


def common(all_rights: Iterable[Rights]) -> Told | None:
    """What a case and all its clips allow together; None when two of them allow no region in common."""
    rows = list(all_rights)
    regions = _common_regions(rows)
    if regions is None:
        return None
    ends = [row.expires_on for row in rows if row.expires_on]
    return {
        "licence": rows[0].licence,
        "audience": "registered" if any(row.audience != "open" for row in rows) else "open",
        "uses": sorted(set.intersection(*(set(row.uses) for row in rows))),
        "regions": regions,
        "expires_on": min(ends).isoformat() if ends else None,
    }


def _common_regions(rows: list[Rights]) -> list[str] | None:
    """Empty: everywhere."""
    limits = [set(row.regions) for row in rows if row.regions]
    if not limits:
        return []
    return sorted(set.intersection(*limits)) or None


def reaches(rights: Told, follower: Follower) -> bool:
    """Whether region, uses and audience allow a copy there. Every use that is made there must be granted."""
    here = not rights["regions"] or follower.region in rights["regions"]
    widest = rights["audience"] == "open" or follower.audience == "registered"
    return here and widest and bool(follower.uses) and follower.uses <= set(rights["uses"])


def allows(rights: Told, follower: Follower, today: dt.date) -> bool:
    """Whether it may be sent there today."""
    ended = rights["expires_on"] is not None and dt.date.fromisoformat(rights["expires_on"]) < today
    return not ended and reaches(rights, follower)


def narrower(before: Told, after: Told) -> bool:
    """Whether somebody whom `before` reached may be out of reach now."""
    regions = bool(after["regions"]) and not (before["regions"] and set(before["regions"]) <= set(after["regions"]))
    audience = before["audience"] == "open" and after["audience"] != "open"
    return regions or audience or not set(before["uses"]) <= set(after["uses"])
