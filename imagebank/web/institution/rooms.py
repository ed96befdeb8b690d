"""Whose institution: what the pages of one institution share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from imagebank.accounts.institutions import institutions
from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import Institution
from imagebank.accounts.permissions import allowed
from imagebank.accounts.services import agreement_is_current

from ..account.who import person


def institution_of(request: HttpRequest, slug: str) -> Institution:
    """The institution of this address; to whoever may not open its page it is not there."""
    person(request)
    return get_object_or_404(institutions(actor_of(request)), slug=slug)


def show(
    request: HttpRequest, template: str, institution: Institution, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of this institution."""
    actor = actor_of(request)
    rows = Institution.objects.filter(pk=institution.pk)
    shared = {
        "institution": institution,
        "agreed": agreement_is_current(institution.pk),
        "runs": allowed(actor, "institution.run", rows).exists(),
        "agrees": allowed(actor, "institution.agree", rows).exists(),
        "second_factor": actor.second_factor,
    }
    return render(request, template, {**shared, **context}, status=status)
