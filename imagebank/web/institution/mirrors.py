"""The nodes that keep a copy for an institution: how far each is, what it has confirmed, what is overdue."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import Institution, User
from imagebank.accounts.permissions import allowed, check
from imagebank.core.errors import Missing
from imagebank.exchange import followers, mirrors, webhooks
from imagebank.exchange.models import Delivery, Mirror, Webhook

from ..errors import page
from .forms import USE_NAMES, MirrorForm
from .record import saved
from .rooms import institution_of, show

STATES: Final = {
    "unregistered": (gettext_lazy("Not admitted: its node’s key is unknown"), "warn"),
    "current": (gettext_lazy("Up to date"), "good"),
    "behind": (gettext_lazy("Behind"), ""),
    "overdue": (gettext_lazy("Withdrawals not confirmed"), "bad"),
    "silent": (gettext_lazy("Has not asked for a week"), "warn"),
    "ended": (gettext_lazy("Ended"), ""),
}
FAULTS: Final = {
    "": gettext_lazy("Holds what it should"),
    "kept": gettext_lazy("Still holds what was withdrawn"),
    "lacks": gettext_lazy("Lacks what it says it has"),
    "wrong": gettext_lazy("Cannot prove what it says it has"),
    "unreachable": gettext_lazy("Did not answer"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def mirrors_page(request: HttpRequest, slug: str) -> HttpResponse:
    """`/institution/{slug}/mirrors/`; by POST `act`: admit, end, replay."""
    row = institution_of(request, slug)
    _check(request, row)
    act = request.POST.get("act", "")
    form = MirrorForm(row, request.POST if act == "admit" else None)
    if request.method == "POST" and _acts(act)(request, row, form):
        return redirect("web:institution-mirrors", slug)
    given = {"rows": _rows(request, row), "hooks": _hooks(row), "form": form}
    return show(request, "institution/mirrors.html", row, given, status=422 if request.method == "POST" else 200)


def _check(request: HttpRequest, row: Institution) -> None:
    """To look needs no second factor; each act asks for it."""
    act = "mirror.admit"
    if allowed(actor_of(request), act, Institution.objects.filter(pk=row.pk)).exists():
        return
    check(actor_of(request), act, row, see="institution.see")


def _rows(request: HttpRequest, row: Institution) -> list[dict[str, Any]]:
    told = mirrors.standings(mirrors.seen_by(actor_of(request)).filter(institution=row))
    return [
        {
            "it": one,
            "mirror": one.mirror,
            "state": STATES[one.state],
            "probe": FAULTS[one.mirror.probe_fault],
            "uses": [USE_NAMES[use] for use in one.mirror.uses],
        }
        for one in told
    ]


def _hooks(row: Institution) -> list[Webhook]:
    """Of the institution's accounts, those with messages that could not be delivered."""
    dead = Delivery.objects.filter(state="dead").order_by("-made_at")
    own = Q(account__institution=row) | Q(account__mirror__institution=row)
    rows = Webhook.objects.filter(own, deliveries__state="dead").distinct().order_by("address")
    return list(rows.prefetch_related(Prefetch("deliveries", dead, "dead")))


def _admit(request: HttpRequest, row: Institution, form: MirrorForm) -> bool:
    if not form.is_valid():
        return False
    said = form.said()
    account = User.objects.filter(pk=said.pop("account")).first()
    assert account is not None  # one of the form's own choices
    return saved(
        request,
        form,
        lambda: followers.register(actor=actor_of(request), institution=row, account=account, said=said),
    )


def _end(request: HttpRequest, row: Institution, form: forms.Form) -> bool:
    one = get_object_or_404(Mirror, institution=row, pk=_uuid(request.POST.get("mirror", "")))
    followers.end(actor=actor_of(request), mirror=one)
    messages.success(request, _("Nothing more is sent there."))
    return True


def _replay(request: HttpRequest, row: Institution, form: forms.Form) -> bool:
    wanted = _uuid(request.POST.get("delivery", ""))
    dead = [one for hook in _hooks(row) for one in hook.dead if one.pk == wanted]  # type: ignore[attr-defined]
    if not dead:
        raise Missing()
    webhooks.replay(dead[0])
    messages.success(request, _("It is sent again."))
    return True


ACTS: Final[dict[str, Callable[[HttpRequest, Institution, Any], bool]]] = {
    "admit": _admit, "end": _end, "replay": _replay,
}  # fmt: skip


def _acts(name: str) -> Callable[[HttpRequest, Institution, Any], bool]:
    if name not in ACTS:
        raise Missing()
    return ACTS[name]


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Missing() from None
