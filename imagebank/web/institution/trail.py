"""The audit trail as a page: of oneself, and of an institution; as a table for keeping."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imagebank.accounts.auditing import EXPORTED, Act, after, told, trail
from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import check
from imagebank.core.actor import Actor
from imagebank.core.anchoring import anchors
from imagebank.core.models import AuditEvent, AuditLink

from ..account.who import person
from ..errors import page
from ..pages.account import ROLES
from .rooms import institution_of, show
from .trail_words import EVENTS, OBJECTS

SIZE: Final = 50
COLUMNS: Final = (
    "link", "recorded_at", "event", "object_type", "object_id", "state_before", "state_after", "reason", "via",
    "actor", "roles",
)  # fmt: skip


@require_safe
@page
def own(request: HttpRequest) -> HttpResponseBase:
    """`/account/trail/`: who saw and changed what is mine, and what I did; `?format=csv` for keeping."""
    person(request)
    actor = actor_of(request)
    rows = trail(actor)
    if request.GET.get("format") == "csv":
        return _table(actor, rows, "trail")
    return render(request, "account/trail.html", _listed(request, actor, rows))


@require_safe
@page
def institution(request: HttpRequest, slug: str) -> HttpResponseBase:
    """`/institution/{slug}/trail/`: all of it, for its steward."""
    row, actor = institution_of(request, slug), actor_of(request)
    check(actor, "institution.run", row, see="institution.see")
    rows = trail(actor, institution=row.pk)
    if request.GET.get("format") == "csv":
        return _table(actor, rows, f"trail-{row.slug}")
    return show(request, "institution/trail.html", row, _listed(request, actor, rows))


def _listed(request: HttpRequest, actor: Actor, rows: QuerySet[AuditEvent]) -> dict[str, Any]:
    """{acts, next, event, events, head, anchor}: one page, chosen by `event`, from `after` on."""
    event = request.GET.get("event", "")
    chosen = rows.filter(event=event) if event else rows
    start = _start(request.GET.get("after", ""))
    found = list((after(chosen, start) if start else chosen)[: SIZE + 1])
    kinds = sorted(set(rows.order_by().values_list("event", flat=True).distinct()))
    return {
        "acts": [_shown(act) for act in told(actor, found[:SIZE])],
        "next": found[SIZE - 1].pk if len(found) > SIZE else None,
        "event": event,
        "events": [(kind, EVENTS.get(kind, kind)) for kind in kinds],
        "head": AuditLink.objects.order_by("-seq").first(),
        "anchor": next(reversed(anchors()), None),
    }


def _shown(act: Act) -> dict[str, Any]:
    roles = [ROLES[role] for role in ROLES if role in act.roles and (role != "trainee" or len(act.roles) == 1)]
    return {
        "act": act,
        "event": EVENTS.get(act.event, act.event),
        "object": OBJECTS.get(act.object_type, act.object_type),
        "roles": roles,
    }


def _start(text: str) -> AuditEvent | None:
    """Where to go on; an address that was changed by hand begins at the newest."""
    try:
        return AuditEvent.objects.filter(pk=uuid.UUID(text)).first()
    except ValueError:
        return None


def _table(actor: Actor, rows: QuerySet[AuditEvent], name: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(_lines(actor, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _lines(actor: Actor, rows: QuerySet[AuditEvent]) -> Iterator[str]:
    yield _line(COLUMNS)
    part: list[AuditEvent] = []
    for event in rows[:EXPORTED].iterator(chunk_size=1_000):
        part.append(event)
        if len(part) == SIZE:
            yield from map(_line, map(_row, told(actor, part)))
            part = []
    yield from map(_line, map(_row, told(actor, part)))


def _row(act: Act) -> tuple[Any, ...]:
    return (
        act.seq or "", act.at.isoformat(), act.event, act.object_type, act.object_id, act.before, act.after,
        act.reason, act.via, act.who, " ".join(act.roles),
    )  # fmt: skip


def _line(values: Iterable[Any]) -> str:
    """A name that begins like a formula is text to a spreadsheet."""
    told_values = [f"'{value}" if str(value)[:1] in ("=", "+", "-", "@") else value for value in values]
    text = io.StringIO()
    csv.writer(text).writerow(told_values)
    return text.getvalue()
