"""The public projection of a case, made at publication after coarsening: all that is public reads it alone."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import TextField, Value
from django.utils.text import slugify

from imagebank.core.states import emit
from imagebank.vocabulary.selectors import facet_numbers, rolled_up, searchable_text
from imagebank.vocabulary.vendors import OTHER, vendor_of

from .coarsening import Told, everything, settle
from .marks import mark_document, standing_marks
from .models import Case, Clip, Finding, Look, PublicCase, PublicText
from .search.looks import packed
from .selectors import standing_findings

Pair = tuple[str, str]
ELSEWHERE = uuid.UUID(int=0)
VARIED_BY = (
    "institution", "country", "vendor", "model", "probe", "view", "age_band", "sex", "bmi_class", "severity", "quality",
)  # fmt: skip


def project(case: Case) -> None:
    """Write the row of the case, which has its day of publication by now: its present revision is what readers see."""
    _write(case, _document(case, settle(case)), hidden=False)


def lessen(case: Case, *, gone: Clip | None = None) -> None:
    """Tell less of the revision that readers see, whatever a later one in work says.

    What must be withheld by now is left out, and the clip that is gone with what was found on it.
    """
    row, told = PublicCase.objects.select_for_update().get(case=case), settle(case)
    less = {name: getattr(told, name) for name in case.withheld if name != "institution"}
    document: dict[str, Any] = row.document | less
    if not told.institution:
        document["institution"] = None
    if gone:
        document["clips"] = [clip for clip in document["clips"] if clip["id"] != str(gone.pk)]
        for name in ("findings", "marks"):
            document[name] = [said for said in document[name] if said["clip"] != str(gone.pk)]
    _write(case, document, hidden=row.hidden)


@transaction.atomic
def refile(case: Case) -> bool:
    """File the row by the vocabulary of today: facets roll up by it, and what has become sensitive or rare hides the
    place. Whether readers are told less than before."""
    before = PublicCase.objects.get(case=case).document
    lessen(case)
    if PublicCase.objects.get(case=case).document == before:
        return False
    emit("revise", case)
    return True


@transaction.atomic
def uncredit(case: Case) -> None:
    """Readers are told of no credit from now on."""
    row = PublicCase.objects.select_for_update().get(case=case)
    _write(case, row.document | {"credit": ""}, hidden=row.hidden)
    emit("revise", case)


@transaction.atomic
def keep_look(clip: Clip, look: list[int]) -> None:
    """What a clip looks like, learnt later than all else; nothing of one that has gone meanwhile."""
    if not Clip.objects.select_for_update().filter(pk=clip.pk, state__in=["private", "public"]).exists():
        return
    Look.objects.update_or_create(clip=clip, defaults={"vector": look})
    shown = PublicCase.objects.filter(case=clip.case_id, document__clips__0__id=str(clip.pk))
    shown.update(true_look=packed(look))


def hide(case: Case, *, hidden: bool) -> None:
    """Suspended cases keep their projection unseen."""
    PublicCase.objects.filter(case=case).update(hidden=hidden)


def is_shown(case: Case) -> bool:
    """Whether readers see it now."""
    return PublicCase.objects.filter(case=case, hidden=False).exists()


def remove(case: Case) -> None:
    PublicCase.objects.filter(case=case).delete()


def is_whole(case: Case) -> bool:
    """Whether enough is left of the revision that readers see, or saw before it was hidden."""
    document = PublicCase.objects.get(case=case).document
    return bool(document["clips"] and document["findings"])


def draft_document(case: Case) -> dict[str, Any]:
    """The same shape for those who work on a case: its present state, nothing withheld. Never for the public."""
    return {**_document(case, everything(case)), "state": case.state}


def _write(case: Case, document: dict[str, Any], *, hidden: bool) -> None:
    """Everything of the row that can be known from the document comes from it."""
    assert case.published_on is not None
    row, _ = PublicCase.objects.update_or_create(
        case=case,
        defaults={
            "audience": case.rights.audience,
            "hidden": hidden,
            "document": document,
            "etag": hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest(),
            "terms": facet_numbers(sorted(set(facets(document)))),
            "shuffle": _shuffle(case),
            "published_on": case.published_on,
            "quality": max((clip["quality"] or 0 for clip in document["clips"]), default=0),
            "clips": len(document["clips"]),
            "true_subject": case.subject_id,
            "true_look": _look(document),
            "true_values": true_values(document, case.institution_id),
        },
    )
    PublicText.objects.update_or_create(row=row, defaults={"words": _vector(document)})


def _document(case: Case, told: Told) -> dict[str, Any]:
    """Ids only; labels are put in the reader's language when it is read."""
    clips = sorted(case.clips.all(), key=lambda clip: (clip.position, clip.pk))
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
        "institution": {"slug": told.institution, "name": case.institution.name} if told.institution else None,
        "findings": [_finding(f) for f in standing_findings(case)],
        "marks": [mark_document(mark) for mark in standing_marks(case)],
        "clips": [clip_document(clip) for clip in clips],
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
    } | _from(case)


def _from(case: Case) -> dict[str, Any]:
    """Of a mirrored case the node that it is from."""
    if case.origin is None:
        return {}
    return {"origin": {"node": str(case.origin_id), "name": case.origin.name, "address": case.origin.address}}


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
        "regions": clip.regions,
        "depth_mm": clip.depth_mm,
        "vendor": clip.maker,
        "model": clip.model,
        "probe": clip.probe,
        "laterality": clip.laterality,
        "quality": clip.quality,
        "media": {r.role: {"sha256": r.sha256, "size": r.size} for r in clip.renditions.all()},
    }


def facets(document: dict[str, Any]) -> Iterator[Pair]:
    """(facet, value) pairs of what is told; a clip-level value counts when any clip has it."""
    yield "indication", document["indication"]
    for finding in document["findings"]:
        suffix = {"present": "", "absent": "_absent", "uncertain": "_uncertain"}[finding["presence"]]
        yield from ((f"finding{suffix}", term) for term in rolled_up(finding["term"], finding["presence"]))
        if finding["presence"] == "present":
            yield "polarity", finding["polarity"]
            yield "threat", finding["threat"]
    for clip in document["clips"]:
        yield from _clip_facets(clip)
    for facet, value in _of_patient(document).items():
        if value:
            yield facet, value
    yield "confirmed", document["confirmed"]["method"]
    yield "licence", document["licence"]


def _of_patient(document: dict[str, Any]) -> dict[str, str]:
    """{facet: what is told}; empty what is withheld."""
    told = {name: document[name] for name in ("age_band", "sex", "country", "setting")}
    return told | {"bmi": document["bmi_class"], "institution": (document["institution"] or {}).get("slug", "")}


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


def true_values(document: dict[str, Any], institution: uuid.UUID) -> dict[str, list[str]]:
    """For the order of a varied page only. Of patient and place what is told, and no more.

    The institution stands there named or not; one and the same "elsewhere" for all whose country is withheld. Figures
    and order are answers too: a union of cases differs by one, and the number of its places would tell where that one
    comes from.
    """
    clips = document["clips"]
    values: dict[str, list[Any]] = {
        "institution": [str(institution if document["country"] else ELSEWHERE)],
        "country": [document["country"]],
        "vendor": [_vendor(clip["vendor"]) for clip in clips if clip["vendor"]],
        "model": [f"{clip['vendor']} {clip['model']}".strip() for clip in clips],
        "probe": [clip["probe"] for clip in clips],
        "view": [clip["view"] for clip in clips],
        "age_band": [document["age_band"]],
        "sex": [document["sex"]],
        "bmi_class": [document["bmi_class"]],
        "severity": [finding["severity"] for finding in document["findings"]],
        "quality": [str(clip["quality"]) for clip in clips if clip["quality"]],
    }
    return {name: sorted({v for v in values[name] if v}) for name in VARIED_BY}


def _look(document: dict[str, Any]) -> int:
    """Of the picture on the card: that of the first clip."""
    found = Look.objects.filter(clip__in=[clip["id"] for clip in document["clips"][:1]]).first()
    return packed(found.vector) if found else 0


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
