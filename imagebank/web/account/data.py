"""One's own data: the copy of it, and erasing the account (privacy.md 18, 19)."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imagebank.accounts import erasing, exporting
from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import Erasure, Export
from imagebank.core.errors import Missing

from ..errors import page
from ..language import reader_language
from .who import person


@require_http_methods(["GET", "HEAD", "POST"])
@page
def data(request: HttpRequest) -> HttpResponse:
    """`/account/data/`: what can be had of one's data; by POST a new copy is begun."""
    account = person(request)
    if request.method == "POST":
        exporting.ask(actor=actor_of(request), account=account, language=reader_language(request))
        messages.success(request, gettext("The copy is being made. You get a mail when it is ready."))
        return redirect("web:data")
    context = {
        "export": Export.objects.filter(account=account).defer("archive").first(),
        "erasure": Erasure.objects.filter(account=account).first(),
        "days": exporting.WEEK.days,
    }
    return render(request, "account/data.html", context)


@require_safe
@page
def archive(request: HttpRequest) -> HttpResponse:
    """`/account/data/archive.zip`"""
    row = Export.objects.filter(account=person(request), archive__isnull=False).first()
    if row is None or row.archive is None:
        raise Missing()
    held = {"Content-Disposition": 'attachment; filename="imagebank-account.zip"', "Cache-Control": "no-store"}
    return HttpResponse(bytes(row.archive), content_type="application/zip", headers=held)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def erase(request: HttpRequest) -> HttpResponse:
    """`/account/erase/`: says what goes and what stays; by POST, after password or second factor again, it begins."""
    account = person(request)
    if request.method == "POST":
        return _begin(request)
    row = Erasure.objects.filter(account=account).first()
    context = {"erasure": row, "days": erasing.GRACE.days, "given": account.cases.exists() or account.clips.exists()}
    return render(request, "account/erase.html", context)


@reauthentication_required
def _begin(request: HttpRequest) -> HttpResponse:
    """Signing in does not suffice: allauth asks again, and then comes back with the same request."""
    erasing.ask(actor=actor_of(request), account=person(request), keep_credit=bool(request.POST.get("keep_credit")))
    messages.success(request, gettext("Your account will be erased. Until then you can take it back here."))
    return redirect("web:erase")


@require_POST
@page
def stay(request: HttpRequest) -> HttpResponse:
    """`/account/erase/undo/`"""
    erasing.recall(actor=actor_of(request), account=person(request))
    messages.success(request, gettext("Your account stays."))
    return redirect("web:data")
