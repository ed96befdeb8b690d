"""Name and ORCID iD: a form of the account's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from imagebank.accounts import profile
from imagebank.accounts.middleware import actor_of
from imagebank.core.errors import Invalid

from ..errors import page
from .who import person


@require_POST
@page
def save(request: HttpRequest) -> HttpResponse:
    """`/account/profile/`"""
    account = person(request)
    said = {name: request.POST.get(name, "").replace("\x00", "") for name in ("name", "orcid")}
    try:
        profile.change(actor=actor_of(request), account=account, **said)
    except Invalid as error:
        messages.warning(request, " ".join(gettext(text) for text in error.errors.values()))
    else:
        messages.success(request, gettext("Saved."))
    return redirect("web:account")
