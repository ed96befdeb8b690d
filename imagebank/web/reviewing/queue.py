"""The reviewer's queue, and one case a screen: look, tick the checklist, accept, ask for changes, refuse or skip."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import require_signed_in
from imagebank.catalog.models import Case
from imagebank.catalog.projection import draft_document
from imagebank.catalog.search.present import case_json
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, Denied, Invalid
from imagebank.review import figures, noticing, selectors, services
from imagebank.review.models import Planted

from ..contribute.words import in_words
from ..errors import page
from ..language import reader_language
from ..pages.history import steps
from ..presenting import heading, noteworthy
from .pointing import typed_at
from .unpublished import as_published
from .words import VERDICT_WORDS

CHECKS: Final = {
    "text": gettext_lazy("No name, number or date is seen in any frame or text."),
    "person": gettext_lazy("No face, skin mark, person or document is seen."),
    "content": gettext_lazy("View, findings and how they were confirmed fit what is seen."),
}
"""What accepting states, each ticked by its number."""
PLANTED: Final = {
    ("name", True): gettext_lazy("This was a planted clip with a name in its picture: you noticed it."),
    ("name", False): gettext_lazy("This was a planted clip: a made-up name stood in its picture. Look again."),
    ("tag", True): gettext_lazy("This was a planted clip with a wrong finding: you noticed it."),
    ("tag", False): gettext_lazy("This was a planted clip: its first finding was wrong. Look again."),
}
"""(fault, noticed) -> what the reader is told."""
VERDICTS: Final = ("accept", "changes", "refuse")


@require_safe
@page
def queue(request: HttpRequest) -> HttpResponse:
    """`/review/`"""
    actor, lang = reviewer_of(request), reader_language(request)
    context = {
        "rows": [summary(row, lang) for row in selectors.queue(actor)[:50]],
        "others": selectors.being_read(actor),
        "own": selectors.own_waiting(actor),
        "second_factor": actor.second_factor,
    }
    return render(request, "review/queue.html", context)


@require_POST
@page
def start(request: HttpRequest) -> HttpResponse:
    """Take the oldest case that nobody reads."""
    return _next(request, skipped=None)


@require_POST
@page
def claim(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Take this case."""
    return _take(request, selectors.reading(reviewer_of(request), case_id))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def read(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """`/review/{case}/`: a case that was claimed; a verdict or a skip leads to the next one."""
    actor = reviewer_of(request)
    row = selectors.reading(actor, case_id)
    if row.state != "in_review" or row.claimed_by_id != actor.user_id:
        messages.warning(request, _("You are not reading this case now: take it from the list."))
        return redirect("web:review")
    if request.method != "POST":
        return _shown(request, row, [])
    if request.POST.get("act") == "skip":
        return _skip(request, row)
    try:
        _verdict(request, row)
    except BankError as error:
        return _shown(request, row, in_words(error))
    planted = noticing.planted_of(row.pk)
    if planted:
        _tell_planted(request, planted)
    else:
        messages.success(request, _said(request))
    return _next(request, skipped=None)


def reviewer_of(request: HttpRequest) -> Actor:
    """Reviewers and curators."""
    actor = actor_of(request)
    require_signed_in(actor)
    if not selectors.reads(actor):
        raise Denied()
    return actor


def summary(row: Case, lang: str) -> dict[str, Any]:
    """A case in a list of the editors."""
    shown = case_json(draft_document(row), lang)
    return {
        "row": row,
        "case": shown,
        "clip": shown["clips"][0] if shown["clips"] else None,
        "heading": heading(shown),
        "findings": noteworthy(shown, 3),
    }


def _take(request: HttpRequest, row: Case) -> HttpResponse:
    """Claim it, unless it is claimed already, and go there."""
    try:
        if row.state == "submitted":
            services.claim(actor=actor_of(request), case=row)
    except BankError as error:
        for sentence in in_words(error):
            messages.error(request, sentence)
        return redirect("web:review")
    return redirect("web:read", row.pk)


def _verdict(request: HttpRequest, row: Case) -> None:
    act = request.POST.get("act", "")
    items = {name: request.POST.get(f"check-{name}") == "yes" for name in CHECKS}
    if act not in VERDICTS:
        raise Invalid(errors={"act": _("Choose: accept, ask for changes, refuse or skip.")})
    if act == "accept" and not all(items.values()):
        raise Invalid(errors={"items": _("Tick the three checks before you accept.")})
    seconds = int((timezone.now() - row.state_since).total_seconds())
    services.review(
        actor=actor_of(request), case=row, verdict=act, comment=request.POST.get("comment", ""), items=items,
        seconds=seconds, second_opinion=request.POST.get("second") == "yes", at=typed_at(request.POST),
        findings=_otherwise(request),
    )  # fmt: skip


def _otherwise(request: HttpRequest) -> dict[str, str]:
    """Finding -> presence, where the reader chose one."""
    said = request.POST
    return {name.removeprefix("f-"): said[name] for name in said if name.startswith("f-") and said[name]}


def _skip(request: HttpRequest, row: Case) -> HttpResponse:
    """Give it back unread and go on with the one that waits behind it."""
    services.release(actor=actor_of(request), case=row)
    return _next(request, skipped=row.pk)


def _next(request: HttpRequest, *, skipped: uuid.UUID | None) -> HttpResponse:
    """The oldest case that waits; who skipped one gets another."""
    waiting = selectors.queue(reviewer_of(request))
    row = waiting.exclude(pk=skipped).first() if skipped else waiting.first()
    if row is None:
        messages.success(request, _("Nothing else waits."))
        return redirect("web:review")
    return _take(request, row)


def _shown(request: HttpRequest, row: Case, errors: list[str]) -> HttpResponse:
    actor, lang = actor_of(request), reader_language(request)
    row = selectors.reading(actor, row.pk)
    behind = selectors.queue(actor).exclude(pk=row.pk)
    shown = as_published(row, lang)
    context = {
        **shown,
        "checks": [(name, text, request.POST.get(f"check-{name}") == "yes") for name, text in CHECKS.items()],
        "comment": request.POST.get("comment", ""),
        "last": selectors.last_word(row),
        "asked": _asked(request, shown["findings"]),
        "dissent": [{"row": one, "word": VERDICT_WORDS[one.verdict]} for one in selectors.dissent(row)],
        "second": request.POST.get("second") == "yes",
        "typed": {name: request.POST.get(name, "") for name in ("clip", "frame", "point")},
        "steps": steps(row.pk, actor, lang),
        "errors": errors,
        "waiting": behind.count(),
        "next_up": _first_poster(behind.first(), lang),
    }
    return render(request, "review/read.html", context, status=422 if errors else 200)


def _asked(request: HttpRequest, findings: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each finding once, with what the reader chose for it."""
    once = {finding["term"]: finding for finding in findings}
    chosen = _otherwise(request)
    return [{"id": term, "label": row["label"], "seen": chosen.get(term, "")} for term, row in once.items()]


def _first_poster(row: Case | None, lang: str) -> str | None:
    """The next case's poster, so that it is there when it is turned to."""
    clip = summary(row, lang)["clip"] if row else None
    return clip["poster"] if clip else None


def _tell_planted(request: HttpRequest, planted: Planted) -> None:
    """At once: what it was, whether it was noticed, and how many of them the reader has noticed so far."""
    own = figures.own(actor_of(request))
    so_far = _("So far you noticed %(caught)s of %(planted)s.") % {"caught": own.caught, "planted": own.planted}
    level = messages.SUCCESS if planted.caught else messages.WARNING
    messages.add_message(request, level, f"{PLANTED[planted.fault, bool(planted.caught)]} {so_far}")


def _said(request: HttpRequest) -> str:
    if request.POST.get("second") == "yes":
        return _("Kept. Another reader reads it without knowing your verdict.")
    return {
        "accept": _("Accepted. A curator will publish it."),
        "changes": _("Sent back with your comment."),
        "refuse": _("Refused with your comment."),
    }[request.POST["act"]]
