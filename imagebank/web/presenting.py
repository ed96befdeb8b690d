"""A case as its card and its page show it; reads what `case_json` gives and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

Case = Mapping[str, Any]
PRESENCE_ORDER = ("present", "uncertain", "absent")
EVEN_MS = 0.5
"""Frame times within this of an even rate need not be told one by one."""


@dataclass(frozen=True, slots=True)
class Card:
    """A case in a list. With `hidden` nothing on it gives the answer away."""

    case: Case
    heading: str
    clip: Mapping[str, Any] | None
    findings: Sequence[Mapping[str, Any]]
    hidden: bool

    @property
    def address(self) -> str:
        """Of the case's page."""
        return f"/cases/{self.case['id']}/" + ("?hide=1" if self.hidden else "")


def card(case: Case, *, hidden: bool = False) -> Card:
    """The card of a case."""
    clip = case["clips"][0] if case["clips"] else None
    shown = [] if hidden else noteworthy(case, 2)
    return Card(case, question_heading(case) if hidden else heading(case), clip, shown, hidden)


def heading(case: Case) -> str:
    """What the case is called: its title, else what is present, else its question."""
    if case["titles"]:
        return str(case["title"])
    present = [f["label"] for f in noteworthy(case, 2) if f["presence"] == "present"]
    return ", ".join(present) or question_heading(case)


def question_heading(case: Case) -> str:
    """A heading that does not give the answer away."""
    return str(case["indication"]["label"])


def sorted_findings(case: Case) -> list[Mapping[str, Any]]:
    """Present ones first, abnormal before normal."""
    return sorted(
        case["findings"], key=lambda f: (PRESENCE_ORDER.index(f["presence"]), f["polarity"] == "normal", f["label"])
    )


def noteworthy(case: Case, most: int, clip: str | None = None) -> list[Mapping[str, Any]]:
    """What is present or doubtful, each once however many clips show it; with `clip` in that clip or the whole case."""
    told: dict[str, Mapping[str, Any]] = {}
    for finding in sorted_findings(case):
        if finding["clip"] in (None, clip or finding["clip"]):
            told.setdefault(finding["term"], finding)
    return [finding for finding in told.values() if finding["presence"] != "absent"][:most]


def uneven_times(clip: Mapping[str, Any]) -> list[float]:
    """Milliseconds at which each frame begins; empty where an even rate says the same."""
    times, fps = clip.get("frame_times") or [], clip.get("fps")
    if not times or not fps:
        return list(times)
    return list(times) if any(abs(t - i * 1000 / fps) > EVEN_MS for i, t in enumerate(times)) else []


def citation(case: Case, name: str, address: str) -> str:
    """How to name the case in a talk or a paper; `name` is its heading."""
    bank = _("POCUS image bank")
    credit = case["credit"] or (case["institution"] or {}).get("name") or bank
    year = (case["published_at"] or "")[:4]
    return f"{credit} ({year}). {name}. {bank}. {case['licence']}. {address}"
