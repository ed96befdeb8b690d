"""The institution's record, what its deposits begin with, and what it agreed with this node."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from imagebank.accounts import institutions
from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import Institution
from imagebank.catalog.rights import write_defaults
from imagebank.core.errors import BankError

from ..errors import page
from ..language import reader_language
from .forms import AgreementForm, RecordForm, RightsForm
from .rooms import institution_of, show


@require_http_methods(["GET", "HEAD", "POST"])
@page
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """`/institution/{slug}/record/`; by POST `part` says which of the two forms."""
    row, lang, data = institution_of(request, slug), reader_language(request), request.POST or None
    part = request.POST.get("part", "")
    about = RecordForm(data if part == "record" else None, instance=row, lang=lang)
    rights = RightsForm(row, data if part == "rights" else None, lang=lang)
    if request.method == "POST" and (_wrote(request, row, about) if part == "record" else _chose(request, row, rights)):
        return redirect("web:institution-record", slug)
    return show(request, "institution/record.html", row, {"about": about, "rights": rights}, status=_status(request))


def _wrote(request: HttpRequest, row: Institution, form: RecordForm) -> bool:
    fresh = Institution.objects.get(pk=row.pk)
    return form.is_valid() and saved(
        request,
        form,
        lambda: institutions.write_record(actor=actor_of(request), institution=fresh, said=form.cleaned_data),
    )


def _chose(request: HttpRequest, row: Institution, form: RightsForm) -> bool:
    return form.is_valid() and saved(
        request, form, lambda: write_defaults(actor=actor_of(request), institution=row, said=form.cleaned_data)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def agreements(request: HttpRequest, slug: str) -> HttpResponse:
    """`/institution/{slug}/agreements/`; by POST a new one, or with `end` the end of one from today on."""
    row = institution_of(request, slug)
    form = AgreementForm(request.POST if request.method == "POST" and "end" not in request.POST else None)
    if request.method == "POST" and (_ended(request, row) if "end" in request.POST else _signed(request, row, form)):
        return redirect("web:institution-agreements", slug)
    rows = row.agreements.order_by("-signed_on", "-version")
    context = {"form": form, "rows": rows, "today": timezone.now().date()}
    return show(request, "institution/agreements.html", row, context, status=_status(request))


def _signed(request: HttpRequest, row: Institution, form: AgreementForm) -> bool:
    return form.is_valid() and saved(
        request, form, lambda: institutions.sign(actor=actor_of(request), institution=row, said=form.said())
    )


def _ended(request: HttpRequest, row: Institution) -> bool:
    try:
        agreement = get_object_or_404(row.agreements, pk=request.POST["end"])
    except ValueError:
        return False
    institutions.end_agreement(actor=actor_of(request), agreement=agreement, on=timezone.now().date())
    messages.success(request, _("The agreement ends today."))
    return True


def saved(request: HttpRequest, form: forms.BaseForm, act: Any) -> bool:
    """Do it; what is wrong with a field is told beside it, everything else above the form."""
    try:
        act()
    except BankError as error:
        if error.status not in (409, 422):
            raise
        for name, sentence in (error.errors or {"": error.title}).items():
            form.add_error(name if name in form.fields else None, _(sentence))
        return False
    messages.success(request, _("Saved."))
    return True


def _status(request: HttpRequest) -> int:
    """A page shown again after a POST tells what was wrong."""
    return 422 if request.method == "POST" else 200
