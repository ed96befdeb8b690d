"""Looks of clips that have none (they came before looks were taken), made from the clean object in the sandbox."""

from __future__ import annotations

import time
from typing import Final

from imagebank.catalog.models import Clip, Rendition
from imagebank.catalog.projection import keep_look
from imagebank.core.stores import STORES

from .keying import InstitutionKeyer
from .sandboxing import sandbox

SECONDS: Final = 30.0
"""Of one round; the rest waits for the next."""

MOST: Final = 200


def fill_looks() -> int:
    """Safe to run at any time and twice; returns how many were made. In any order, so that none stands in the way."""
    begun, made = time.monotonic(), 0
    objects = Rendition.objects.filter(role="dicom", clip__look=None, clip__state__in=["private", "public"])
    for stored in objects.select_related("clip").order_by("?")[:MOST]:
        if time.monotonic() - begun > SECONDS:
            break
        made += _make(stored.clip, stored)
    return made


def _make(clip: Clip, stored: Rendition) -> bool:
    try:
        source = STORES[stored.store].open(clip.pk, stored.role, stored.sha256)
    except FileNotFoundError:  # withdrawn meanwhile
        return False
    with source:
        keyer = InstitutionKeyer(clip.institution_id)
        outcome = sandbox().run("render", source=source.fileno(), outputs={}, request={}, keyer=keyer)
    if outcome.verdict != "clean" or not outcome.result:
        return False
    keep_look(clip, outcome.result["look"])
    return True
