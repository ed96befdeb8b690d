"""From the form of a case to the data that the services take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from imagebank.catalog.models import Case, Finding
from imagebank.catalog.selectors import standing_findings
from imagebank.catalog.services import change_case
from imagebank.catalog.text import LANGUAGES
from imagebank.core.actor import Actor
from imagebank.core.errors import Invalid

from .marking import marks_said

Errors = dict[str, str]
"""{field of the form: sentence}."""
SEVERAL: Final = "several"
"""A finding that stands on several clips keeps them."""
PLAIN: Final = ("setting", "age_band", "sex", "bmi_class")
MANAGEMENT: Final = {"yes": True, "no": False, "": None}


def save(*, actor: Actor, case: Case, said: QueryDict) -> tuple[Case, Errors]:
    """Save what is valid; the case as it stands then, and the fields that were refused."""
    data, errors = answers(said, case)
    while data:
        try:
            return change_case(actor=actor, case=case, data=data), errors
        except Invalid as refused:
            wrong = {HELD_BY.get(name, name) for name in refused.errors} & data.keys()
            if not wrong:
                raise
            errors |= {name: str(text) for name, text in refused.errors.items()}
            data = {name: value for name, value in data.items() if name not in wrong}
    return case, errors


HELD_BY: Final = {"view": "clips", "label": "marks"}
"""Field that a sentence names -> the entry of the data that holds it."""


def answers(said: QueryDict, case: Case) -> tuple[dict[str, Any], Errors]:
    """What the form says of the case, and what in it no service can be asked; what it leaves open is left out."""
    data: dict[str, Any] = {name: said[name] for name in PLAIN if said.get(name)}
    errors: Errors = {}
    if case.setting and said.get("setting") == "":
        data["setting"] = ""
    if case.age_band and said.get("age_band") == "":
        errors["age_band"] = _("Choose the age band.")
    if said.get("indication"):
        data["indication"] = said["indication"]
    if "credit" in said:
        data["credit"] = said["credit"]
    if said.get("language") in LANGUAGES:
        data |= {name: {**getattr(case, name), said["language"]: said.get(name, "")} for name in ("title", "vignette")}
    elif said.get("title") or said.get("vignette"):
        errors["language"] = _("Choose the language of the text.")
    data["management_changed"] = MANAGEMENT.get(said.get("management", ""))
    _confirm(said, data, errors)
    data["clips"] = [_clip(said, str(pk)) for pk in case.clips.order_by("position").values_list("pk", flat=True)]
    data["findings"] = list(_findings(said, case, data["clips"]))
    data["marks"] = marks_said(said, case, data["clips"])
    return data, errors


def _confirm(said: QueryDict, data: dict[str, Any], errors: Errors) -> None:
    """Method and certainty are kept together or not at all."""
    method, certainty, interval = (said.get(name, "").strip() for name in ("method", "certainty", "interval"))
    days = int(interval) if interval.isascii() and interval.isdecimal() else None
    if interval and days is None:
        errors["interval"] = _("The interval is a whole number of days.")
    if method and certainty:
        data["confirmed"] = {"method": method, "certainty": certainty, "interval_days": days}
    elif method or certainty or days is not None:
        errors["confirmed"] = _("Choose both, how it was confirmed and how sure it is: then it is saved.")


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
