"""The document of another node, read into our own types: what is not known is left out, what does not fit is refused.

Nothing passes as it came: texts go through the check of every typed text (privacy.md 12) and one for names, words must
be of the vocabulary, numbers lie within bounds. What a clip is technically is not read here but from the clip itself.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from imagebank.catalog.models import AUDIENCES, USES
from imagebank.catalog.text import clean_text, clean_texts
from imagebank.core.errors import Invalid
from imagebank.exchange.wire import Item
from imagebank.vocabulary.selectors import labels

from .refusing import Refused

Said = Mapping[str, Any]
DOCUMENT: Final = {
    "id", "state", "revision", "title", "vignette", "indication", "setting", "age_band", "sex", "bmi_class", "country",
    "institution", "findings", "marks", "clips", "confirmed", "management", "licence", "credit", "synthetic",
    "published_at",
}  # fmt: skip
CLIP: Final = {
    "id", "view", "kind", "mode", "frames", "fps", "frame_times", "width", "height", "pixel_spacing_mm", "regions",
    "depth_mm", "vendor", "model", "probe", "laterality", "quality", "media",
}  # fmt: skip
FINDING: Final = {"term", "presence", "polarity", "threat", "severity", "clip", "frames", "region"}
MARK: Final = {"clip", "number", "kind", "points", "frames", "label"}
RIGHTS: Final = {"licence", "audience", "uses", "regions", "expires_on"}
MOST: Final = {"clips": 200, "findings": 500, "marks": 100}
NAMED: Final = re.compile(
    r"\b(mr|mrs|ms|miss|mister|herrn?|frau|monsieur|madame|mme|señora?|sra?|hr|fru)\b\.?\s+(?-i:[A-ZÀ-ÝÆØÅ])\w+"
    r"|\b(name|nom|nombre|navn|patient(in|e|en)?|paciente)\s*:\s*(?-i:[A-ZÀ-ÝÆØÅ])\w+",
    re.IGNORECASE,
)
"""Somebody named: no title, no "patient:" with a name may come from another node, whose names we cannot compare."""


@dataclass(frozen=True, slots=True)
class ClipSaid:
    """What people said of a clip."""

    id: uuid.UUID
    view: str
    probe: str
    laterality: str
    quality: int | None
    depth_mm: float | None
    pixel_spacing_mm: float | None


@dataclass(frozen=True, slots=True)
class RightsSaid:
    licence: str
    audience: str
    uses: tuple[str, ...]
    regions: tuple[str, ...]
    expires_on: dt.date | None


@dataclass(frozen=True, slots=True)
class CaseSaid:
    """A case of another node as this one understands it. `findings` and `marks` as the services take them."""

    id: uuid.UUID
    revision: int
    title: dict[str, str]
    vignette: dict[str, str]
    indication: str
    setting: str
    age_band: str
    sex: str
    bmi_class: str
    country: str
    institution: tuple[str, str] | None
    """Slug and name where it is told."""
    findings: list[dict[str, Any]]
    marks: list[dict[str, Any]]
    clips: tuple[ClipSaid, ...]
    method: str
    certainty: str
    interval_days: int | None
    management_changed: bool | None
    management_note: dict[str, str]
    credit: str
    synthetic: bool
    published_on: dt.date
    rights: RightsSaid
    subject: str
    left_out: tuple[str, ...]
    """Names of what the document says beyond this."""


def case_said(item: Item) -> CaseSaid:
    """Refused names the first thing that does not fit; one that only lacks a word of the vocabulary waits."""
    said = _mapping(item.document, "document")
    confirmed, management = _mapping(said.get("confirmed"), "confirmed"), _mapping(said.get("management"), "management")
    clips = tuple(map(_clip, _many(said, "clips")))
    if str(_uuid(said, "id")) != item.id or not clips or len({clip.id for clip in clips}) != len(clips):
        raise Refused("shape", "id")
    case = CaseSaid(
        id=_uuid(said, "id"),
        revision=_whole(said, "revision", 1, 1_000_000),
        title=_texts(said, "title"),
        vignette=_texts(said, "vignette"),
        indication=_word(said, "indication", "indication"),
        setting=_word(said, "setting", "setting", empty=True),
        age_band=_word(said, "age_band", "age_band", empty=True),
        sex=_word(said, "sex", "sex", empty=True),
        bmi_class=_word(said, "bmi_class", "bmi", empty=True),
        country=_country(said),
        institution=_institution(said),
        findings=list(map(_finding, _many(said, "findings"))),
        marks=list(map(_mark, _many(said, "marks"))),
        clips=clips,
        method=_word(confirmed, "method", "confirmed"),
        certainty=_word(confirmed, "certainty", "certainty"),
        interval_days=_maybe(confirmed, "interval_days", lambda held, name: _whole(held, name, 0, 3650)),
        management_changed=_maybe(management, "changed", _flag),
        management_note=_texts(management, "note", "management_note"),
        credit=_text(said, "credit"),
        synthetic=_flag(said, "synthetic"),
        published_on=_day(said, "published_at"),
        rights=_rights(item),
        subject=_plain(item.subject or "", "subject", 80),
        left_out=_left_out(said),
    )
    if not case.findings:
        raise Refused("shape", "findings")
    return case


def _left_out(said: Said) -> tuple[str, ...]:
    """Names that stand in no table of ours; names alone, and only plain ones, are ever told."""
    strange = set(said) - DOCUMENT
    for name, known in (("clips", CLIP), ("findings", FINDING), ("marks", MARK)):
        strange |= {f"{name}.{key}" for entry in said[name] for key in set(entry) - known}
    return tuple(sorted(name if re.fullmatch(r"[a-z_.]{1,40}", name) else "?" for name in strange))[:20]


# --- parts


def _clip(entry: Any) -> ClipSaid:
    said = _mapping(entry, "clips")
    return ClipSaid(
        id=_uuid(said, "id"),
        view=_word(said, "view", "view"),
        probe=_word(said, "probe", "probe", empty=True),
        laterality=_word(said, "laterality", "laterality", empty=True),
        quality=_maybe(said, "quality", lambda held, name: _whole(held, name, 1, 5)),
        depth_mm=_maybe(said, "depth_mm", lambda held, name: _measure(held, name, 1_000)),
        pixel_spacing_mm=_maybe(said, "pixel_spacing_mm", lambda held, name: _measure(held, name, 10)),
    )


def _finding(entry: Any) -> dict[str, Any]:
    """As `catalog.services.set_findings` takes it, which checks presence, severity, frames and region."""
    said = _mapping(entry, "findings")
    first, last = _frames(said)
    return {
        "term": _word(said, "term", "finding"),
        "presence": said.get("presence"),
        "severity": _plain(said.get("severity") or "", "severity", 40),
        "clip": str(_uuid(said, "clip")) if said.get("clip") else None,
        "frame_from": first,
        "frame_to": last,
        "region": said.get("region"),
    }


def _mark(entry: Any) -> dict[str, Any]:
    """As `catalog.marks.set_marks` takes it, which checks the rest."""
    said = _mapping(entry, "marks")
    first, last = _frames(said)
    return {
        "clip": str(_uuid(said, "clip")),
        "number": _whole(said, "number", 1, 999),
        "kind": _plain(said.get("kind"), "kind", 10),
        "points": said.get("points"),
        "frame_from": first,
        "frame_to": last,
        "label": _texts(said, "label"),
    }


def _frames(said: Said) -> tuple[Any, Any]:
    frames = said.get("frames")
    if frames is None:
        return None, None
    if not isinstance(frames, list) or len(frames) != 2:
        raise Refused("shape", "frames")
    return frames[0], frames[1]


def _rights(item: Item) -> RightsSaid:
    said = item.rights
    uses, regions = _list(said, "uses"), _list(said, "regions")
    expires = _day(said, "expires_on") if said.get("expires_on") else None
    licence = _word(said, "licence", "licence")
    fits = set(uses) <= set(USES) and "teaching" in uses and all(re.fullmatch("[A-Z]{2}", one) for one in regions)
    same = item.document is not None and item.document.get("licence") == licence
    if not fits or not same or said.get("audience") not in AUDIENCES:
        raise Refused("rights")
    if expires and (expires < dt.datetime.now(dt.UTC).date() or licence.startswith("CC")):
        raise Refused("rights", "expires_on")
    return RightsSaid(licence, said["audience"], tuple(uses), tuple(regions), expires)


def _institution(said: Said) -> tuple[str, str] | None:
    held = said.get("institution")
    if held is None:
        return None
    held = _mapping(held, "institution")
    slug = _plain(held.get("slug"), "institution", 50)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", slug):
        raise Refused("shape", "institution")
    return slug, _checked("institution", lambda: clean_text("title", _plain(held.get("name"), "institution", 200)))


def _country(said: Said) -> str:
    country = _plain(said.get("country") or "", "country", 2)
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise Refused("shape", "country")
    return country


# --- kinds of values


def _word(said: Said, name: str, kind: str, *, empty: bool = False) -> str:
    word = _plain(said.get(name) or "", name, 80)
    if (not word and not empty) or (word and word not in labels(kind, "en")):
        raise Refused("vocabulary", name, waits=True) if word else Refused("shape", name)
    return word


def _texts(said: Said, name: str, field: str = "") -> dict[str, str]:
    values = _mapping(said.get(name) or {}, name)
    cleaned: dict[str, str] = _checked(name, lambda: clean_texts(field or name, values))
    if any(NAMED.search(text) for text in cleaned.values()):
        raise Refused("text", name)
    return cleaned


def _text(said: Said, name: str) -> str:
    text: str = _checked(name, lambda: clean_text(name, _plain(said.get(name) or "", name, 500)))
    return text


def _checked(name: str, check: Callable[[], Any]) -> Any:
    try:
        return check()
    except Invalid:
        raise Refused("text", name) from None


def _mapping(value: Any, name: str) -> Said:
    if not isinstance(value, dict):
        raise Refused("shape", name)
    return value


def _many(said: Said, name: str) -> list[Any]:
    found = _list(said, name)
    if len(found) > MOST[name] or not all(isinstance(entry, dict) for entry in found):
        raise Refused("shape", name)
    return found


def _list(said: Said, name: str) -> list[Any]:
    value = said.get(name)
    if not isinstance(value, list):
        raise Refused("shape", name)
    return value


def _plain(value: Any, name: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise Refused("shape", name)
    return value


def _uuid(said: Said, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(_plain(said.get(name), name, 36))
    except ValueError:
        raise Refused("shape", name) from None


def _whole(said: Said, name: str, least: int, most: int) -> int:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Refused("shape", name)
    return value


def _measure(said: Said, name: str, most: float) -> float:
    value = said.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise Refused("shape", name)
    if not 0 < value <= most:
        raise Refused("shape", name)
    return float(value)


def _flag(said: Said, name: str) -> bool:
    value = said.get(name)
    if not isinstance(value, bool):
        raise Refused("shape", name)
    return value


def _day(said: Said, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(_plain(said.get(name), name, 10))
    except ValueError:
        raise Refused("shape", name) from None


def _maybe(said: Said, name: str, read: Callable[[Said, str], Any]) -> Any:
    return None if said.get(name) is None else read(said, name)
