"""The curator's desk: accepted cases to publish, scheduled ones, published ones that can be hidden and shown again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import allowed, require_signed_in
from imagebank.catalog.models import Case
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, Denied, Missing
from imagebank.review import selectors, services, withdrawal
from imagebank.vocabulary.selectors import labels

from ..contribute.words import Words, in_words
from ..errors import page
from ..language import reader_language
from .queue import summary
from .unpublished import as_published

ACTS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "publish": ("case.publish", services.publish),
    "suspend": ("case.suspend", services.suspend),
    "restore": ("case.publish", services.restore),
    "withdraw": ("case.withdraw", withdrawal.withdraw),
}
"""Act -> the permission that lets the case be found, and the service."""
VERDICTS: Final[dict[str, Words]] = {
    "accept": gettext_lazy("Accepted"),
    "changes": gettext_lazy("Changes asked for"),
    "refuse": gettext_lazy("Refused"),
}


@require_safe
@page
def desk(request: HttpRequest) -> HttpResponse:
    """`/curate/`"""
    actor, lang = curator_of(request), reader_language(request)
    published = list(selectors.published(actor))
    rows = Case.objects.filter(pk__in=[row.pk for row in published])
    context = {
        "accepted": [summary(row, lang) for row in selectors.to_curate(actor, "accepted")],
        "scheduled": [summary(row, lang) for row in selectors.to_curate(actor, "scheduled")],
        "suspended": [summary(row, lang) for row in selectors.to_curate(actor, "suspended")],
        "published": [summary(row, lang) for row in published],
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
        "readings": [{"row": reading, "word": VERDICTS[reading.verdict]} for reading in selectors.readings(row)],
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
    try:
        service(actor=actor, case=row, **({"reason": request.POST.get("reason", "")} if name == "withdraw" else {}))
    except BankError as error:
        for sentence in in_words(error):
            messages.error(request, sentence)
    else:
        row.refresh_from_db()
        messages.success(request, _done(name, row.state))
    return redirect("web:curate")


def curator_of(request: HttpRequest) -> Actor:
    """Curators."""
    actor = actor_of(request)
    require_signed_in(actor)
    if "curator" not in actor.roles:
        raise Denied()
    return actor


def _done(name: str, state: str) -> str:
    if name == "publish" and state == "scheduled":
        return _("Scheduled: it goes public after the institution's delay.")
    return {
        "publish": _("Published: everybody can see it now."),
        "suspend": _("Hidden. It can be shown again."),
        "restore": _("Shown again."),
        "withdraw": _("Withdrawn for good; its clips are destroyed."),
    }[name]
