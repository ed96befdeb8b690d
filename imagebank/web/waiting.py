"""What waits for the reader, for the home page: a sentence with its number and the page where it is done."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from imagebank.accounts.models import RoleRequest
from imagebank.accounts.permissions import allowed
from imagebank.catalog.authors import written_by
from imagebank.catalog.models import Case
from imagebank.core.actor import Actor
from imagebank.intake.models import Original
from imagebank.review.selectors import queue

Row = tuple[str, str]


def waiting(actor: Actor) -> list[Row]:
    """(sentence, address) of all that is not nothing; asks only what the reader's roles can have."""
    rows = [*_at_home(actor), *_editorial(actor), *_requests(actor)] if actor.is_person else []
    return [(sentence % {"n": number}, address) for number, sentence, address in rows if number]


def _at_home(actor: Actor) -> list[tuple[int, str, str]]:
    """Of contributors and stewards."""
    if not actor.memberships:
        return []
    files = allowed(actor, "original.handle", Original.objects.filter(state__in=["awaiting_confirmation", "held"]))
    mine = Case.objects.filter(written_by(actor.known_id), state="changes_requested")
    desk, look, ask = reverse("web:contribute"), _number(files), _number(mine)
    return [
        (look, ngettext("%(n)s file waits for your look", "%(n)s files wait for your look", look), desk),
        (ask, ngettext("A change is asked for in %(n)s case", "A change is asked for in %(n)s cases", ask), desk),
    ]


def _editorial(actor: Actor) -> list[tuple[int, str, str]]:
    """Of reviewers and curators."""
    told = []
    if actor.roles & {"reviewer", "curator"}:
        read = _number(queue(actor))
        told.append((read, ngettext("%(n)s case to read", "%(n)s cases to read", read), reverse("web:review")))
    if "curator" in actor.roles:
        done = _number(allowed(actor, "case.publish", Case.objects.filter(state="accepted")))
        told.append((done, ngettext("%(n)s case to publish", "%(n)s cases to publish", done), reverse("web:curate")))
    return told


def _requests(actor: Actor) -> list[tuple[int, str, str]]:
    """Of stewards and administrators."""
    if "admin" not in actor.roles and not actor.institutions("steward"):
        return []
    n = _number(allowed(actor, "role.decide", RoleRequest.objects.filter(state="open")))
    sentence = ngettext("%(n)s person asks for a role", "%(n)s people ask for a role", n)
    return [(n, sentence, reverse("web:requests"))]


def _number(rows: QuerySet) -> int:
    return rows.count()
