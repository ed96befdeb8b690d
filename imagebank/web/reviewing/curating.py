"""The curator's desk: accepted cases to publish, scheduled ones, published ones that can be hidden and shown again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import allowed, require_signed_in
from imagebank.catalog.models import Case
from imagebank.core.actor import Actor
from imagebank.core.errors import Denied, Missing
from imagebank.review import desk as desks
from imagebank.review import selectors, services, withdrawal
from imagebank.review.models import Incident
from imagebank.vocabulary.selectors import labels

from ..contribute.words import Words
from ..errors import page
from ..language import reader_language
from .acting import said
from .queue import summary
from .unpublished import as_published
from .words import VERDICT_WORDS

ACTS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "publish": ("case.publish", services.publish),
    "suspend": ("case.suspend", services.suspend),
    "restore": ("case.publish", services.restore),
    "withdraw": ("case.withdraw", withdrawal.withdraw),
}
"""Act -> the permission that lets the case be found, and the service."""
SAID: Final = {"withdraw": ("reason",), "suspend": ("words",)}
"""Act -> what its form says besides."""
TABS: Final[dict[str, Words]] = {
    "accepted": gettext_lazy("To be published"),
    "scheduled": gettext_lazy("Scheduled"),
    "published": gettext_lazy("Published"),
    "suspended": gettext_lazy("Hidden"),
}
FIRST: Final = {"accepted": "publish", "scheduled": "", "published": "suspend", "suspended": "restore"}
"""State -> the act that is offered on its cases."""
PAGE: Final = 25
LONGEST: Final = 100


@require_safe
@page
def desk(request: HttpRequest) -> HttpResponse:
    """`/curate/`"""
    actor, lang = curator_of(request), reader_language(request)
    state = request.GET.get("state", "accepted")
    if state not in desks.STATES:
        raise Missing()
    words = request.GET.get("q", "").strip()[:LONGEST]
    found = Paginator(desks.cases(actor, state, words=words, **_named(words, lang)), PAGE)
    part = found.get_page(request.GET.get("page"))
    rows = Case.objects.filter(pk__in=[row.pk for row in part])
    counts = desks.counts(actor)
    context = {
        "state": state,
        "tabs": [(name, words, counts[name]) for name, words in TABS.items()],
        "act": FIRST[state],
        "words": words,
        "part": part,
        "rows": [summary(row, lang) for row in part],
        "incidents": set(Incident.objects.filter(case__in=rows, state="open").values_list("case_id", flat=True)),
        "may_withdraw": set(allowed(actor, "case.withdraw", rows).values_list("pk", flat=True)),
        "reasons": labels("withdrawal_reason", lang).items(),
        "second_factor": actor.second_factor,
    }
    return render(request, "curate/desk.html", context)


@require_safe
@page
def preview(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """`/curate/{case}/`: what is to be published, as its readers will see it, with the words of its readings."""
    actor, lang = curator_of(request), reader_language(request)
    row = selectors.curated(actor, case_id)
    context = {
        **as_published(row, lang),
        "readings": [{"row": reading, "word": VERDICT_WORDS[reading.verdict]} for reading in selectors.readings(row)],
        "publishable": row.state == "accepted",
    }
    return render(request, "curate/preview.html", context)


@require_POST
@page
def act(request: HttpRequest, case_id: uuid.UUID, name: str) -> HttpResponse:
    """Publish, suspend, restore or withdraw a case; then back to the desk."""
    actor = curator_of(request)
    if name not in ACTS:
        raise Missing()
    permission, service = ACTS[name]
    row = allowed(actor, permission, Case.objects.select_related("institution", "rights")).filter(pk=case_id).first()
    if row is None:
        raise Missing()
    why = {field: request.POST.get(field, "") for field in SAID.get(name, ())}
    if said(request, partial(service, actor=actor, case=row, **why)):
        row.refresh_from_db()
        messages.success(request, _done(name, row.state))
    back = request.POST.get("back", "")
    return redirect(reverse("web:curate") + (f"?state={back}" if back in TABS else ""))


def curator_of(request: HttpRequest) -> Actor:
    """Curators."""
    actor = actor_of(request)
    require_signed_in(actor)
    if "curator" not in actor.roles:
        raise Denied()
    return actor


def _named(words: str, lang: str) -> dict[str, list[str]]:
    """Indications and findings that are called so in the reader's language."""
    kinds = {"indications": "indication", "findings": "finding"}
    return {
        name: [slug for slug, label in labels(kind, lang).items() if words and words.casefold() in label.casefold()]
        for name, kind in kinds.items()
    }


def _done(name: str, state: str) -> str:
    if name == "publish" and state == "scheduled":
        return _("Scheduled: it goes public after the institution's delay.")
    return {
        "publish": _("Published: everybody can see it now."),
        "suspend": _("Hidden. It can be shown again."),
        "restore": _("Shown again."),
        "withdraw": _("Withdrawn for good; its clips are destroyed."),
    }[name]
