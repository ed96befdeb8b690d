"""The header of each clean object as DICOM JSON, with the places of its frames: read in the sandbox, kept as a row."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final

from django.core.cache import cache
from django.db.models import F, Q

from imagebank.catalog.models import Clip, Header, Rendition
from imagebank.core.errors import Unavailable

from .filling import fill, filled
from .sandboxing import sandbox

SERIES_NUMBER: Final = "00200011"
INSTANCE_NUMBER: Final = "00200013"
ASKED: Final = 60
"""Seconds: the task of a missing header is sent at most so often."""


def keep(clip: Clip, sha256: str, told: Mapping[str, Any]) -> Header:
    """Keep what the clean object of this hash says (anonymize.describing)."""
    numbers = {
        "series_number": _number(told["elements"], SERIES_NUMBER),
        "instance_number": _number(told["elements"], INSTANCE_NUMBER),
    }
    return Header.objects.update_or_create(clip=clip, defaults={"sha256": sha256, **told, **numbers})[0]


def headers_of(clips: Sequence[Clip]) -> list[Header]:
    """The header of each clip, in order.

    The clips come with their renditions. Where one is missing, or tells of an object since replaced, a task is asked to
    read it, and Unavailable is raised: nothing is parsed while a client waits.
    """
    known = {row.pk: row for row in Header.objects.filter(clip__in=clips)}
    if late := [clip for clip in clips if not _is_of(clip, known.get(clip.pk))]:
        _ask_for(late)
        raise Unavailable()
    return [known[clip.pk] for clip in clips]


def describe(stored: Rendition) -> bool:
    """Read and keep the header of a clean object; False when it is gone or cannot be read."""
    return filled(stored, _read)


def fill_headers() -> int:
    """One round over clips whose objects came before headers were kept; returns how many were read."""
    current = Q(clip__header__sha256=F("sha256"))
    return fill(Rendition.objects.filter(~current, role="dicom").exclude(clip__state="withdrawn"), _read)


def _read(stored: Rendition, source: BinaryIO) -> bool:
    outcome = sandbox().run("describe", source=source.fileno())
    if outcome.verdict != "clean":
        logging.getLogger("intake").error("a clean object cannot be described: %s", outcome.code)
        return False
    keep(stored.clip, stored.sha256, outcome.result)
    return True


def _is_of(clip: Clip, known: Header | None) -> bool:
    dicom = next(one for one in clip.renditions.all() if one.role == "dicom")
    return known is not None and known.sha256 == dicom.sha256


def _ask_for(late: Sequence[Clip]) -> None:
    """Once a minute each: a client may ask again and again."""
    from .tasks import describe_clip

    for clip in late:
        if cache.add(f"headers/{clip.pk}", 1, ASKED):
            describe_clip.delay(str(clip.pk))


def _number(elements: Mapping[str, Any], tag: str) -> int | None:
    values = elements.get(tag, {}).get("Value", [])
    return int(values[0]) if values else None
