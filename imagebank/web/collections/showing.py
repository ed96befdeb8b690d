"""A collection as its pages show it; reads what `describing` tells and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from ..contribute.words import Words
from ..presenting import heading, noteworthy, question_heading
from .words import FACETS, GAPS, need

SHOWN: Final = 8
"""Rows of a plot before the rest is summed up."""


MOST_FINDINGS: Final = 3


@dataclass(frozen=True, slots=True)
class ItemCard:
    """An item in the order. With a gap there is only its word; with `hide` nothing gives the answer away."""

    position: int
    gap: Words | None
    case: Mapping[str, Any] | None
    clip: Mapping[str, Any] | None
    heading: str
    findings: Sequence[Mapping[str, Any]]
    note: str
    hide: bool
    address: str
    poster: str | None


def item_card(item: Mapping[str, Any]) -> ItemCard:
    """Of an item as REST tells it."""
    case, hide = item["case"], item["hide"]
    if case is None:
        return ItemCard(item["position"], GAPS[item["gap"]], None, None, "", [], "", False, "", None)
    place = next((n for n, clip in enumerate(case["clips"], 1) if clip["id"] == item["clip"]), 1)
    clip = case["clips"][place - 1] if case["clips"] else None
    return ItemCard(
        position=item["position"],
        gap=None,
        case=case,
        clip=clip,
        heading=question_heading(case) if hide else heading(case),
        findings=noteworthy(case, MOST_FINDINGS, item["clip"]),
        note=item["note"],
        hide=hide,
        address=_address(case, place, item["start_frame"], hide),
        poster=_poster(clip, item["start_frame"]) if clip else None,
    )


def balance_shown(balance: Mapping[str, Any]) -> dict[str, Any]:
    """Needs in words and a small plot for each facet: rows of {label, count, share of the cases in per cent}."""
    cases = max(1, balance["cases"])
    return {
        "figures": balance,
        "needs": [{**row, "words": need(row)} for row in balance["missing"]],
        "plots": [
            {"name": name, "rows": _rows(balance["spread"][facet], cases)}
            for facet, name in FACETS.items()
            if balance["spread"][facet]
        ],
    }


def _rows(spread: Sequence[Mapping[str, Any]], cases: int) -> list[dict[str, Any]]:
    rows = [_row(str(row["label"] or _("not told")), int(row["count"]), cases) for row in spread[:SHOWN]]
    rest = len(spread) - len(rows)
    return [*rows, {"label": _("and %(n)s more") % {"n": rest}, "count": None, "share": 0}] if rest else rows


def _row(label: str, count: int, cases: int) -> dict[str, Any]:
    return {"label": label, "count": count, "share": min(100, round(100 * count / cases))}


def _address(case: Mapping[str, Any], place: int, frame: int | None, hide: bool) -> str:
    told = [f"clip={place}"] if place > 1 else []
    told += [f"frame={frame}"] if frame else []
    told += ["hide=1"] if hide else []
    return f"/cases/{case['id']}/" + (f"?{'&'.join(told)}" if told else "")


def _poster(clip: Mapping[str, Any], frame: int | None) -> str | None:
    """The frame at which the item starts, else the poster."""
    base = clip.get("frame")
    return str(base).replace("{n}", str(frame)) if frame and base else clip.get("poster")
