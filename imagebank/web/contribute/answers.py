"""From the form of a case to the data that the services take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from imagebank.catalog.models import Case, Finding
from imagebank.catalog.services import standing_findings
from imagebank.catalog.text import LANGUAGES
from imagebank.core.errors import Invalid

SEVERAL: Final = "several"
"""A finding that stands on several clips keeps them."""
PLAIN: Final = ("setting", "age_band", "sex", "bmi_class", "credit")
MANAGEMENT: Final = {"yes": True, "no": False, "": None}


def answers(said: QueryDict, case: Case) -> dict[str, Any]:
    """What the form says of the case; what it leaves open is left out."""
    data: dict[str, Any] = {name: said[name] for name in PLAIN if said.get(name)}
    if said.get("indication"):
        data["indication"] = said["indication"]
    for name in ("title", "vignette"):
        data[name] = _text(said, name, getattr(case, name))
    data["management_changed"] = MANAGEMENT.get(said.get("management", ""))
    if said.get("method") and said.get("certainty"):
        data["confirmed"] = _confirmed(said)
    data["clips"] = [_clip(said, str(pk)) for pk in case.clips.order_by("position").values_list("pk", flat=True)]
    data["findings"] = list(_findings(said, case, data["clips"]))
    return data


def _text(said: QueryDict, name: str, kept: Mapping[str, str]) -> dict[str, str]:
    """The text in the language it is written in; those in other languages stay."""
    language = said.get("language", "")
    if language not in LANGUAGES:
        raise Invalid(errors={name: _("Choose the language of the text.")})
    return {**kept, language: said.get(name, "")}


def _confirmed(said: QueryDict) -> dict[str, Any]:
    interval = said.get("interval", "").strip()
    if interval and not interval.isdecimal():
        raise Invalid(errors={"interval": _("The interval is a whole number of days.")})
    return {
        "method": said["method"], "certainty": said["certainty"], "interval_days": int(interval) if interval else None,
    }  # fmt: skip


def _clip(said: QueryDict, pk: str) -> dict[str, Any]:
    """View, side and the yes/no items of its quality; items of another view than the chosen one are not asked."""
    view, asked = said.get(f"view-{pk}", ""), f"quality-{pk}-{said.get(f'view-{pk}', '')}-"
    items = {name.removeprefix(asked): said[name] == "yes" for name in said if name.startswith(asked) and said[name]}
    return {"id": pk, "view": view, "laterality": said.get(f"side-{pk}", ""), "quality_items": items}


def _findings(said: QueryDict, case: Case, clips: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    standing: dict[str, list[Finding]] = {}
    for finding in standing_findings(case):
        standing.setdefault(finding.term_id, []).append(finding)
    asked = [name.removeprefix("f-") for name in said if name.startswith("f-")]
    for term in dict.fromkeys([*asked, *filter(None, [said.get("extra")])]):
        presence = said.get(f"f-{term}", "") or ("present" if term == said.get("extra") else "")
        if presence:
            yield from _finding(said, term, presence, standing.get(term, []), clips)


def _finding(
    said: QueryDict, term: str, presence: str, standing: list[Finding], clips: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """One answer. What is present stands with its clip; frames and region of the same answer are kept."""
    severity = said.get(f"severity-{term}", "") if presence == "present" else ""
    where = said.get(f"on-{term}", clips[0]["id"] if len(clips) == 1 else "")
    if where == SEVERAL and presence == "present":
        places: list[str | None] = [str(f.clip_id) if f.clip_id else None for f in standing]
    else:
        places = [where if presence == "present" and where != SEVERAL else None]
    for place in places:
        yield {"term": term, "presence": presence, "severity": severity, "clip": place or None,
               **_kept(standing, presence, place)}  # fmt: skip


def _kept(standing: list[Finding], presence: str, place: str | None) -> dict[str, Any]:
    same = (f for f in standing if f.presence == presence and str(f.clip_id or "") == (place or ""))
    found = next(same, None)
    return {name: getattr(found, name) for name in ("frame_from", "frame_to", "region")} if found else {}
