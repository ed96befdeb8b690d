"""The public projection of a case, made at publication after coarsening: all that is public reads it alone."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db.models import TextField, Value
from django.utils.text import slugify

from imagebank.accounts.models import Institution
from imagebank.vocabulary.selectors import facet_numbers, searchable_text
from imagebank.vocabulary.vendors import OTHER, vendor_of

from .coarsening import Told, everything, settle
from .models import Case, Clip, Finding, PublicCase
from .selectors import standing_findings

Pair = tuple[str, str]
ELSEWHERE = uuid.UUID(int=0)
VARIED_BY = (
    "institution", "country", "vendor", "model", "probe", "view", "age_band", "sex", "bmi_class", "severity", "quality",
)  # fmt: skip


def project(case: Case) -> None:
    """Write the row of the case, which has its day of publication by now."""
    assert case.published_on is not None
    told = settle(case)
    document = _document(case, told)
    pairs = sorted(set(_facets(case, document, told)))
    row, _ = PublicCase.objects.update_or_create(
        case=case,
        defaults={
            "audience": case.rights.audience,
            "hidden": False,
            "revision": case.revision,
            "document": document,
            "etag": hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest(),
            "terms": facet_numbers(pairs),
            "shuffle": _shuffle(case),
            "published_on": case.published_on,
            "quality": max((clip.quality or 0 for clip in case.clips.all()), default=0),
            "clips": len(document["clips"]),
            "true_subject": case.subject_id,
            "true_institution": _place(case, told),
            "true_values": _true_values(case, told),
        },
    )
    PublicCase.objects.filter(pk=row.pk).update(text=_vector(document))


def hide(case: Case, *, hidden: bool) -> None:
    """Suspended cases keep their projection unseen."""
    PublicCase.objects.filter(case=case).update(hidden=hidden)


def remove(case: Case) -> None:
    PublicCase.objects.filter(case=case).delete()


def draft_document(case: Case) -> dict[str, Any]:
    """The same shape for those who work on a case: its present state, nothing withheld. Never for the public."""
    return {**_document(case, everything(case)), "state": case.state}


def _document(case: Case, told: Told) -> dict[str, Any]:
    """Ids only; labels are put in the reader's language when it is read."""
    institution = Institution.objects.filter(slug=told.institution).first() if told.institution else None
    return {
        "id": str(case.pk),
        "state": "published",
        "revision": case.revision,
        "title": case.title,
        "vignette": case.vignette,
        "indication": case.indication_id,
        "setting": told.setting,
        "age_band": told.age_band,
        "sex": told.sex,
        "bmi_class": told.bmi_class,
        "country": told.country,
        "institution": {"slug": institution.slug, "name": institution.name} if institution else None,
        "findings": [_finding(f) for f in standing_findings(case)],
        "clips": [clip_document(clip) for clip in case.clips.order_by("position", "id")],
        "confirmed": {
            "method": case.confirmed_method,
            "certainty": case.confirmed_certainty,
            "interval_days": case.confirmed_interval_days,
        },
        "management": {"changed": case.management_changed, "note": case.management_note},
        "licence": case.rights.licence,
        "credit": told.credit,
        "synthetic": case.synthetic,
        "published_at": case.published_on.isoformat() if case.published_on else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "term": finding.term_id,
        "presence": finding.presence,
        "polarity": finding.term.polarity,
        "threat": finding.term.threat,
        "severity": finding.severity,
        "clip": str(finding.clip_id) if finding.clip_id else None,
        "frames": [finding.frame_from, finding.frame_to] if finding.frame_from else None,
        "region": finding.region,
    }


def clip_document(clip: Clip) -> dict[str, Any]:
    """The technical facts of a clip and its stored objects."""
    return {
        "id": str(clip.pk),
        "view": clip.view_id,
        "kind": clip.kind,
        "mode": clip.mode,
        "frames": clip.frames,
        "fps": clip.fps,
        "frame_times": clip.frame_times,
        "width": clip.width,
        "height": clip.height,
        "pixel_spacing_mm": clip.pixel_spacing_mm,
        "depth_mm": clip.depth_mm,
        "vendor": clip.maker,
        "model": clip.model,
        "probe": clip.probe,
        "laterality": clip.laterality,
        "quality": clip.quality,
        "media": {r.role: {"sha256": r.sha256, "size": r.size} for r in clip.renditions.all()},
    }


def _facets(case: Case, document: dict[str, Any], told: Told) -> Iterator[Pair]:
    """(facet, value) pairs of what is told; a clip-level value counts when any clip has it."""
    yield "indication", document["indication"]
    for finding in document["findings"]:
        suffix = {"present": "", "absent": "_absent", "uncertain": "_uncertain"}[finding["presence"]]
        yield f"finding{suffix}", finding["term"]
        if finding["presence"] == "present":
            yield "polarity", finding["polarity"]
            yield "threat", finding["threat"]
    for clip in document["clips"]:
        yield from _clip_facets(clip)
    for name in ("age_band", "sex", "country", "setting", "institution"):
        if value := getattr(told, name):
            yield name, value
    if told.bmi_class:
        yield "bmi", told.bmi_class
    yield "confirmed", document["confirmed"]["method"]
    yield "licence", document["licence"]


def _clip_facets(clip: dict[str, Any]) -> Iterator[Pair]:
    for facet, value in (("view", clip["view"]), ("probe", clip["probe"]), ("vendor", _vendor(clip["vendor"]))):
        if value:
            yield facet, value
    if clip["quality"]:
        yield "quality", str(clip["quality"])


def _vendor(maker: str) -> str:
    """The maker's slug. One unknown to the vocabulary goes by its own name, which de-identification let pass."""
    known = vendor_of(maker)
    return known if known != OTHER else slugify(maker) or OTHER


def _place(case: Case, told: Told) -> uuid.UUID:
    """The institution, named or not; one and the same "elsewhere" for all whose country is withheld.

    Figures and order are answers too: a union of cases differs by one, and the number of its places would tell where
    that one comes from.
    """
    return case.institution_id if told.country else ELSEWHERE


def _true_values(case: Case, told: Told) -> dict[str, list[str]]:
    """For the order of a varied page only. Of patient and place what is told, and no more."""
    clips = list(case.clips.all())
    values: dict[str, list[Any]] = {
        "institution": [str(_place(case, told))],
        "country": [told.country],
        "vendor": [_vendor(clip.maker) for clip in clips if clip.maker],
        "model": [f"{clip.maker} {clip.model}".strip() for clip in clips],
        "probe": [clip.probe for clip in clips],
        "view": [clip.view_id for clip in clips],
        "age_band": [told.age_band],
        "sex": [told.sex],
        "bmi_class": [told.bmi_class],
        "severity": [f.severity for f in standing_findings(case)],
        "quality": [str(clip.quality) for clip in clips if clip.quality],
    }
    return {name: sorted({v for v in values[name] if v}) for name in VARIED_BY}


def _shuffle(case: Case) -> int:
    """A fixed pseudo-random 63-bit place, from the random id."""
    return int.from_bytes(hashlib.sha256(case.pk.bytes).digest()[:8], "big") >> 1


def _vector(document: dict[str, Any]) -> Any:
    """Titles and vignettes as typed, and the names of the terms in every language."""
    typed = " ".join([*document["title"].values(), *document["vignette"].values()])
    present = [f["term"] for f in document["findings"] if f["presence"] == "present"]
    named = searchable_text(
        indication=document["indication"], findings=present, views=[c["view"] for c in document["clips"]]
    )
    return _part(named, "A") + _part(typed, "B")


def _part(text: str, weight: str) -> SearchVector:
    return SearchVector(Value(text, output_field=TextField()), weight=weight, config="simple")
