"""The account's own page; passwords, second factors and e-mail addresses are allauth's."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import Membership, User
from imagebank.accounts.permissions import require_signed_in
from imagebank.accounts.terms import TERMS, accept_terms
from imagebank.catalog.search import opened

from ..errors import page

ROLES: dict[str, Promise | str] = {
    "trainee": _("Trainee"),
    "contributor": _("Contributor"),
    "reviewer": _("Reviewer"),
    "curator": _("Curator"),
    "steward": _("Steward"),
    "privacy_officer": _("Privacy officer"),
    "admin": _("Administrator"),
}


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """`/account/`"""
    actor = actor_of(request)
    memberships = Membership.objects.filter(user_id=actor.known_id).select_related("institution")
    context = {
        "roles": [ROLES[role] for role in ROLES if role in actor.roles],
        "memberships": [(row.institution.name, ROLES[row.role]) for row in memberships],
        "has_second_factor": is_mfa_enabled(request.user),
        "second_factor": actor.second_factor,
        "terms": TERMS,
        "opened": opened.last(actor) > 0,
    }
    return render(request, "web/account.html", context)


@require_POST
@page
def accept(request: HttpRequest) -> HttpResponse:
    """`/account/terms/`: the person accepts the terms of use."""
    actor = actor_of(request)
    require_signed_in(actor)
    assert isinstance(request.user, User)
    accept_terms(actor=actor, user=request.user)
    messages.success(request, gettext("You have accepted the terms of use."))
    return redirect("web:account")


@require_POST
@page
def forget_opened(request: HttpRequest) -> HttpResponse:
    """`/account/opened/`: the bank forgets which cases this person has opened."""
    actor = actor_of(request)
    require_signed_in(actor)
    opened.forget(actor)
    messages.success(request, gettext("The bank no longer knows which cases you have opened."))
    return redirect("web:account")
