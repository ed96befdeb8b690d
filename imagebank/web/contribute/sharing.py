"""Writing a case together: sharing its draft with a colleague, taking that back, leaving."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import allowed
from imagebank.catalog import authors
from imagebank.catalog.models import Case, CoAuthor
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, Missing

from ..errors import page
from .cases import case_row
from .giving import contributor_of
from .words import in_words


@require_POST
@page
def share(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """With the contributor whose e-mail address is given."""
    row = case_row(contributor_of(request), case_id)
    try:
        held = authors.invite(actor=actor_of(request), case=row, email=request.POST.get("email", ""))
    except BankError as error:
        for sentence in in_words(error):
            messages.error(request, sentence)
    else:
        messages.success(request, _("%(name)s sees this draft now and can change it.") % {"name": held.user})
    return redirect(_authors(case_id))


@require_POST
@page
def unshare(request: HttpRequest, case_id: uuid.UUID, coauthor_id: uuid.UUID) -> HttpResponse:
    """By whoever shares it, or by the co-author, who then goes back to the overview."""
    actor = contributor_of(request)
    row = case_row(actor, case_id)
    held = CoAuthor.objects.select_related("case").filter(case=row, pk=coauthor_id).first()
    if held is None:
        raise Missing()
    authors.end(actor=actor, row=held)
    messages.success(request, _("The case is not shared any more. It is never given to a former author to review."))
    return redirect("web:contribute") if held.user_id == actor.user_id else redirect(_authors(case_id))


def sharing(actor: Actor, case: Case) -> dict[str, Any]:
    """What the page of a case shows of its authors."""
    return {
        "author": case.author,
        "coauthors": authors.coauthors(case),
        "may_share": allowed(actor, "case.share", Case.objects.filter(pk=case.pk)).exists(),
        "stamp": authors.changed_by_another(actor, case),
    }


def overtaken(request: HttpRequest, case: Case) -> bool:
    """Whether another author changed the case since this form was shown: then it must not overwrite that."""
    shown = request.POST.get("stamp")
    return shown is not None and shown != authors.changed_by_another(actor_of(request), case)


def _authors(case_id: uuid.UUID) -> str:
    return f"{reverse('web:tag', args=[case_id])}#authors"
