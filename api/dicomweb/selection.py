"""Which clips an address names, and who may see them: published ones by the projection, deposits by their owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from imagebank.accounts.permissions import RULES
from imagebank.catalog.models import Clip
from imagebank.catalog.search.visible import visible_to
from imagebank.core.actor import ANONYMOUS, Actor
from imagebank.core.errors import Gone, Missing

from .uids import checked_uid

ROOT: Final = "/dicomweb"
COLUMNS: Final = {"study": "study_uid", "series": "series_uid", "instance": "sop_instance_uid"}
"""Part of an address -> column of the clip."""
ORDER: Final = ("study_uid", Coalesce("header__series_number", 0), "series_uid",
                Coalesce("header__instance_number", 0), "sop_instance_uid")  # fmt: skip


def visible(actor: Actor) -> Q:
    """Over clips: published for this reader, or deposited by this credential, its contributor or steward."""
    return _published(actor) | (Q(pk__in=[]) if actor.is_anonymous else RULES["clip.deposited"](actor))


def _published(actor: Actor) -> Q:
    """By the case of each clip that is met: the list of all public cases would be made for every question."""
    return Q(Exists(visible_to(actor).filter(case=OuterRef("case"))), state="public")


def clips(actor: Actor) -> QuerySet[Clip]:
    """All that the actor may see here."""
    return Clip.objects.filter(visible(actor))


def at(place: Mapping[str, str]) -> Q:
    """Over clips: those at an address of study, series and instance; BadRequest for what is no UID."""
    return Q(**{COLUMNS[name]: checked_uid(name, uid) for name, uid in place.items()})


def selected(actor: Actor, place: Mapping[str, str]) -> list[Clip]:
    """The clips at an address, in order, with their renditions; Gone when all were withdrawn, Missing when unseen."""
    found = list(clips(actor).filter(at(place)).order_by(*ORDER).prefetch_related("renditions"))
    if not found:
        refuse_withdrawn(place)
        raise Missing()
    return found


def refuse_withdrawn(place: Mapping[str, str]) -> None:
    """Gone where something was withdrawn; for an address at which nothing is seen."""
    if Clip.objects.filter(at(place), state="withdrawn").exists():
        raise Gone()


def open_to_all(found: list[Clip]) -> bool:
    """Whether everybody may see all of these."""
    keys = [clip.pk for clip in found]
    return Clip.objects.filter(_published(ANONYMOUS), pk__in=keys).count() == len(keys)


def address(study: str, series: str = "", instance: str = "") -> str:
    """Absolute, from BASE_URL, never from the Host header."""
    parts = [f"/{name}/{uid}" for name, uid in (("series", series), ("instances", instance)) if uid]
    return f"{settings.BASE_URL.rstrip('/')}{ROOT}/studies/{study}{''.join(parts)}"


def address_of(clip: Clip) -> str:
    """Of the instance."""
    return address(clip.study_uid, clip.series_uid, clip.sop_instance_uid)
