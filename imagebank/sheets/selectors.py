"""Reading sheets: which version of which indication, by who reads."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from imagebank.accounts.permissions import allowed, require_signed_in
from imagebank.core.actor import Actor
from imagebank.core.errors import Gone, Missing
from imagebank.vocabulary.models import Indication

from .models import Proposal, SheetVersion
from .states import AGREED_ON, IN_WORK


def shown() -> QuerySet[SheetVersion]:
    """Of each indication what readers see: the version that is published, else the one in work, with its mark."""
    published = SheetVersion.objects.filter(state="published")
    fresh = Q(state__in=IN_WORK) & ~Q(indication__in=published.values("indication"))
    rows = SheetVersion.objects.filter(Q(state="published") | fresh)
    return _whole(rows).order_by("indication__position")


def indication(slug: str) -> Indication:
    """Missing when there is none of this name."""
    found = Indication.objects.filter(pk=slug, retired=False).first()
    if found is None:
        raise Missing()
    return found


def without_sheet() -> QuerySet[Indication]:
    """Indications that readers have no sheet of."""
    return Indication.objects.filter(retired=False).exclude(pk__in=shown().values("indication"))


def current(slug: str) -> SheetVersion:
    """What readers see now. Gone when it was withdrawn and nothing took its place."""
    found = of_indication(slug)
    if found is None:
        raise Gone() if SheetVersion.objects.filter(indication=slug, state="withdrawn").exists() else Missing()
    return found


def of_indication(slug: str) -> SheetVersion | None:
    """What readers see of it now, if anything."""
    return shown().filter(indication=slug).first()


def version(slug: str, number: int, actor: Actor) -> SheetVersion:
    """A version at its own address: what experts agreed on for everybody, the one in work for who may see it."""
    found = _whole(SheetVersion.objects.filter(indication=slug, number=number)).first()
    if found is None or found.state == "dropped":
        raise Missing()
    if found.state == "withdrawn":
        raise Gone()
    open_to_all = found.state in AGREED_ON or of_indication(slug) == found
    if not open_to_all and not allowed(actor, "sheet.see", SheetVersion.objects.filter(pk=found.pk)).exists():
        raise Missing()
    return found


def in_work(slug: str, actor: Actor) -> SheetVersion:
    """The version in work, for who has an account; Missing when there is none."""
    require_signed_in(actor)
    found = _whole(allowed(actor, "sheet.see", SheetVersion.objects.filter(indication=slug, state__in=IN_WORK))).first()
    if found is None:
        raise Missing()
    return found


def agreed_on(slug: str) -> list[SheetVersion]:
    """Versions that were published and can be read, the newest first."""
    return list(SheetVersion.objects.filter(indication=slug, state__in=AGREED_ON).defer("document").order_by("-number"))


def before(held: SheetVersion) -> SheetVersion | None:
    """The version that readers had before this one."""
    rows = SheetVersion.objects.filter(indication=held.indication_id, number__lt=held.number, state__in=AGREED_ON)
    return rows.order_by("-number").first()


def proposals(held: SheetVersion, actor: Actor) -> QuerySet[Proposal]:
    """Open ones: all for curators, one's own for others."""
    rows = held.proposals.filter(state="open").select_related("author")
    return rows if "curator" in actor.roles else rows.filter(author_id=actor.user_id)


def proposal(actor: Actor, pk: uuid.UUID) -> Proposal:
    """One that the actor may see: all for curators, one's own for others."""
    require_signed_in(actor)
    rows = Proposal.objects.select_related("version")
    found = (rows if "curator" in actor.roles else rows.filter(author_id=actor.user_id)).filter(pk=pk).first()
    if found is None:
        raise Missing()
    return found


def with_view(view: str) -> QuerySet[SheetVersion]:
    """Sheets, as readers see them, that ask for this view."""
    return shown().filter(document__views__contains=[view])


def looking_for(findings: list[str], *, but: str = "") -> list[SheetVersion]:
    """Sheets, as readers see them, that name one of these findings; without that of the indication `but`."""
    named = Q()
    for finding in findings:
        named |= Q(document__findings__contains=[{"finding": finding}])
    return list(shown().filter(named).exclude(indication=but)) if findings else []


def _whole(rows: QuerySet[SheetVersion]) -> QuerySet[SheetVersion]:
    return rows.select_related("indication").prefetch_related("votes")
