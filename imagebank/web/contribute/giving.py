"""Giving files: institution, rights and setting of the batch; each file is sealed as it arrives."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import Institution
from imagebank.accounts.permissions import require_signed_in
from imagebank.catalog.rights import DEFAULTS
from imagebank.catalog.search.present import clip_json
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, Denied, Invalid
from imagebank.core.uploads import SealingHandler, install
from imagebank.intake import desk
from imagebank.intake.desk import ClipGroup
from imagebank.intake.services import deposit_institution, open_deposit, open_intake, register
from imagebank.vocabulary.selectors import labels

from ..errors import page
from ..language import reader_language
from .cases import own_cases
from .words import in_words


@require_safe
@page
def overview(request: HttpRequest) -> HttpResponse:
    """`/contribute/`: what waits, what was given, and a place to drop more."""
    return render(request, "contribute/overview.html", overview_context(request))


def overview_context(request: HttpRequest, errors: list[str] | None = None) -> dict[str, Any]:
    """What the page shows; `errors` of a form that was sent."""
    actor = contributor_of(request)
    lang = reader_language(request)
    given = desk.deposits(actor)
    return {
        "errors": errors,
        "give": _giving(request, actor, lang),
        "inbox": [row for row in given if row.by_machine and (row.waiting or row.working)],
        "deposits": [row for row in given if not row.by_machine or not (row.waiting or row.working)],
        "groups": waiting_groups(actor, lang),
        "cases": own_cases(actor, lang),
        "reasons": labels("withdrawal_reason", lang).items(),
    }


@csrf_exempt  # the check reads the body, so it runs inside, when each file is sealed as it arrives
@require_http_methods(["GET", "HEAD", "POST"])
@page
def contribute(request: HttpRequest) -> HttpResponseBase:
    """`/contribute/`: reading it, or opening a deposit with whatever files came along."""
    if request.method != "POST":
        return overview(request)
    institution = deposit_institution(contributor_of(request), request.GET.get("institution", ""))
    return _sealed(request, institution, lambda handler: _open(request, institution, handler))


@csrf_exempt  # as above
@require_POST
@page
def add_files(request: HttpRequest, deposit_id: uuid.UUID) -> HttpResponseBase:
    """More files for one's own deposit."""
    actor = contributor_of(request)
    row = desk.deposit_row(actor, deposit_id)
    if row.depositor_id != actor.user_id:
        raise Denied()
    institution = deposit_institution(actor, row.institution.slug)
    return _sealed(request, institution, lambda handler: _add(request, row, handler))


def waiting_groups(actor: Actor, lang: str) -> list[ClipGroup]:
    """Confirmed clips that wait for a case, by patient, with their pictures."""
    return [replace(group, clips=[clip_json(clip, lang) for clip in group.clips]) for group in desk.free_clips(actor)]


def contributor_of(request: HttpRequest) -> Actor:
    """Who gives: contributors and stewards."""
    actor = actor_of(request)
    require_signed_in(actor)
    if not actor.institutions("contributor", "steward"):
        raise Denied("contributor")
    return actor


def _sealed(request: HttpRequest, institution: Institution, act: Any) -> HttpResponseBase:
    """Install the sealing handler, check the CSRF token, act; nothing half-sealed stays when any of it fails."""
    handler = install(request, lambda: open_intake(institution, actor_of(request)))
    taken = False

    @csrf_protect
    def checked(_request: HttpRequest) -> HttpResponseBase:
        nonlocal taken
        response: HttpResponseBase = act(handler)
        taken = response.status_code < 400
        return response

    try:
        return checked(request)
    finally:
        if not taken:
            handler.upload_interrupted()


def _open(request: HttpRequest, institution: Institution, handler: SealingHandler) -> HttpResponseBase:
    actor = actor_of(request)
    try:
        if request.POST.get("attest") != "yes":
            raise Invalid(errors={"attest": _("Please attest the rights first.")})
        row = open_deposit(
            actor=actor, institution=institution, rights=_rights(request), setting=request.POST.get("setting", "")
        )
    except BankError as error:
        return _told(request, error)
    register(actor=actor, deposit=row, outcomes=handler.outcomes)
    return _answer(request, row.pk, [])


def _add(request: HttpRequest, row: Any, handler: SealingHandler) -> HttpResponseBase:
    len(request.FILES)  # reads the body
    rows = register(actor=actor_of(request), deposit=row, outcomes=handler.outcomes)
    return _answer(request, row.pk, rows)


def _rights(request: HttpRequest) -> dict[str, Any]:
    said = {name: request.POST.get(name, "") for name in ("licence", "consent_kind", "audience")}
    return {name: value for name, value in said.items() if value}


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _told(request: HttpRequest, error: BankError) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"errors": in_words(error)}, status=error.status)
    return render(request, "contribute/overview.html", overview_context(request, in_words(error)), status=error.status)


def _answer(request: HttpRequest, deposit_id: uuid.UUID, rows: Any) -> HttpResponse:
    if not _wants_json(request):
        return redirect("web:deposit", deposit_id)
    files = [{"number": f.number, "state": f.state, "reason": f.reason} for f in desk.answered(rows)]
    return JsonResponse({"id": str(deposit_id), "address": f"/contribute/{deposit_id}/", "files": files}, status=201)


def _giving(request: HttpRequest, actor: Actor, lang: str) -> dict[str, Any]:
    """The form: institutions to choose from, and the rights and setting that stand unless changed."""
    mine = list(Institution.objects.filter(pk__in=actor.institutions("contributor", "steward")).order_by("name"))
    chosen = next((row for row in mine if row.slug == request.GET.get("institution")), mine[0])
    rights = {**DEFAULTS, **chosen.default_rights}
    kinds = {rights["consent_kind"]: rights["consent_kind"], **labels("consent_kind", lang)}
    licences = labels("licence", lang)
    return {
        "institutions": mine,
        "institution": chosen,
        "rights": rights,
        "licence_label": licences.get(rights["licence"], rights["licence"]),
        "consent_label": kinds[rights["consent_kind"]],
        "licences": licences.items(),
        "consents": kinds.items(),
        "settings": labels("setting", lang).items(),
        "setting": chosen.default_setting,
    }
