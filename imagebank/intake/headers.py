"""The header of each clean object as DICOM JSON, with the places of its frames: read in the sandbox, kept as a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from imagebank.catalog.models import Clip, Header
from imagebank.core import stores

from .sandboxing import sandbox

SERIES_NUMBER: Final = "00200011"
INSTANCE_NUMBER: Final = "00200013"


def keep(clip: Clip, sha256: str, told: Mapping[str, Any]) -> Header:
    """Keep what the clean object of this hash says (anonymize.describing)."""
    numbers = {
        "series_number": _number(told["elements"], SERIES_NUMBER),
        "instance_number": _number(told["elements"], INSTANCE_NUMBER),
    }
    return Header.objects.update_or_create(clip=clip, defaults={"sha256": sha256, **told, **numbers})[0]


def headers_of(clips: Sequence[Clip]) -> list[Header]:
    """The header of each clip, in order; one that is missing, or of an object since replaced, is read now.

    The clips come with their renditions. RuntimeError when an object cannot be read: that is our own fault.
    """
    known = {row.pk: row for row in Header.objects.filter(clip__in=clips)}
    return [_header(clip, known.get(clip.pk)) for clip in clips]


def _header(clip: Clip, known: Header | None) -> Header:
    dicom = next(one for one in clip.renditions.all() if one.role == "dicom")
    if known is not None and known.sha256 == dicom.sha256:
        return known
    with stores.STORES[dicom.store].open(clip.pk, "dicom", dicom.sha256) as handle:
        outcome = sandbox().run("describe", source=handle.fileno())
    if outcome.verdict != "clean":
        raise RuntimeError(f"a clean object cannot be described: {outcome.code}")
    return keep(clip, dicom.sha256, outcome.result)


def _number(elements: Mapping[str, Any], tag: str) -> int | None:
    values = elements.get(tag, {}).get("Value", [])
    return int(values[0]) if values else None
