"""From the report of a cleaned file to a Clip row."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from imagebank.catalog.calibration import regions_of
from imagebank.catalog.models import Clip, Look, Subject

from .models import Original


def make_clip(
    clip_id: uuid.UUID, original: Original, subject: Subject, report: Mapping[str, Any], rendered: Mapping[str, Any]
) -> Clip:
    """A candidate: technical facts come from the clean object, never from the original."""
    deposit = original.deposit
    clip = Clip.objects.create(
        id=clip_id,
        institution=original.institution,
        subject=subject,
        rights=deposit.rights,
        depositor=deposit.depositor,
        purpose=deposit.purpose,
        synthetic=deposit.synthetic,
        **technical(report, rendered),
    )
    Look.objects.create(clip=clip, vector=rendered["look"])
    return clip


def technical(report: Mapping[str, Any], rendered: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a Clip as the clean object says them."""
    facts, keys, frames = report["facts"], report["keys"], int(rendered["frame_count"])
    return {
        "kind": "cine" if frames > 1 else "still",
        "mode": rendered.get("mode") or "b-mode",
        "frames": frames,
        "fps": rendered.get("fps"),
        "frame_times": rendered.get("frame_times_ms") or [],
        "width": rendered["width"],
        "height": rendered["height"],
        "pixel_spacing_mm": facts.get("pixel_spacing_mm"),
        "regions": regions_of(rendered["header"]["elements"]),
        "depth_mm": facts.get("depth_mm"),
        "maker": facts.get("maker") or "",
        "model": facts.get("model") or "",
        "transducer": facts.get("probe") or "",
        "laterality": facts.get("laterality") or "",
        "sop_class_uid": facts["sop_class"],
        "sop_instance_uid": keys["sop_instance_uid"],
        "series_uid": keys["series_uid"],
        "study_uid": keys["study_uid"],
        "name_keys": keys.get("names", "").split(),
        "perceptual_hash": rendered.get("perceptual_hash") or "",
        "versions": report["versions"],
        "verifier_report": report["verifier"],
    }
