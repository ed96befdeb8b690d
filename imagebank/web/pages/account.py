"""The account's own page; passwords, second factors and e-mail addresses are allauth's."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import Membership

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
        "second_factor": actor.second_factor,
    }
    return render(request, "web/account.html", context)
