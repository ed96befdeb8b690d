"""Looks of clips that have none (they came before looks were taken), made from the clean object in the sandbox."""

from __future__ import annotations

from typing import BinaryIO

from imagebank.catalog.models import Rendition
from imagebank.catalog.projection import keep_look

from .filling import fill
from .keying import InstitutionKeyer
from .sandboxing import sandbox


def fill_looks() -> int:
    """One round; returns how many were made."""
    return fill(Rendition.objects.filter(role="dicom", clip__look=None, clip__state__in=["private", "public"]), _make)


def _make(stored: Rendition, source: BinaryIO) -> bool:
    keyer = InstitutionKeyer(stored.clip.institution_id)
    outcome = sandbox().run("render", source=source.fileno(), outputs={}, request={}, keyer=keyer)
    if outcome.verdict != "clean" or not outcome.result:
        return False
    keep_look(stored.clip, outcome.result["look"])
    return True
