"""Members of the institution, its systems, and their tokens."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from imagebank.accounts import institutions
from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import ApiToken, Institution, Membership, User
from imagebank.accounts.permissions import check
from imagebank.accounts.services import create_token, revoke_token
from imagebank.core.errors import BankError, Missing

from ..errors import page
from ..pages.account import ROLES
from .forms import MemberForm, ServiceForm, TokenForm
from .record import saved
from .rooms import institution_of, show


@require_http_methods(["GET", "HEAD", "POST"])
@page
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """`/institution/{slug}/members/`; by POST a new one, or with `remove` the end of a role."""
    row = institution_of(request, slug)
    _check_list(request, row)
    removing = "remove" in request.POST
    form = MemberForm(request.POST if request.method == "POST" and not removing else None)
    if request.method == "POST" and (_removed(request, row) if removing else _added(request, row, form)):
        return redirect("web:institution-members", slug)
    people = Membership.objects.filter(institution=row).select_related("user").order_by("role", "user__name")
    rows = [(one, ROLES[one.role]) for one in people]
    return show(request, "institution/members.html", row, {"form": form, "rows": rows}, status=_status(request))


def _check_list(request: HttpRequest, row: Institution) -> None:
    """Names and addresses are for who runs the institution, and for the node's administrators."""
    actor = actor_of(request)
    check(actor, "institution.agree" if "admin" in actor.roles else "institution.run", row, see="institution.see")


def _added(request: HttpRequest, row: Institution, form: MemberForm) -> bool:
    return form.is_valid() and saved(
        request,
        form,
        lambda: institutions.add_member(actor=actor_of(request), institution=row, **form.cleaned_data),
    )


def _removed(request: HttpRequest, row: Institution) -> bool:
    wanted = request.POST["remove"]
    one = get_object_or_404(Membership, institution=row, pk=int(wanted) if wanted.isdigit() else 0)
    return _done(request, lambda: institutions.remove_member(actor=actor_of(request), membership=one))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def systems(request: HttpRequest, slug: str) -> HttpResponse:
    """`/institution/{slug}/systems/`; by POST `act`: service, end, token, revoke."""
    row = institution_of(request, slug)
    check(actor_of(request), "institution.run", row, see="institution.see")
    act = request.POST.get("act", "")
    data = request.POST or None
    given: dict[str, Any] = {"service_form": ServiceForm(data if act == "service" else None)}
    given["token_form"] = TokenForm(data if act == "token" else None)
    if request.method == "POST":
        answer = _acts(act)(request, row, given)
        if answer is not None:
            return answer
    return _systems_page(request, row, given)


def _systems_page(request: HttpRequest, row: Institution, given: dict[str, Any], status: int = 0) -> HttpResponse:
    services = User.objects.filter(institution=row, is_active=True).order_by("name", "email")
    live = ApiToken.objects.filter(revoked=False, expires_at__gt=timezone.now()).order_by("-created_at")
    rows = [(one, list(live.filter(owner=one))) for one in services]
    answer = show(request, "institution/systems.html", row, {"rows": rows, **given}, status=status or _status(request))
    answer["Cache-Control"] = "no-store"
    return answer


def _service(request: HttpRequest, row: Institution, given: dict[str, Any]) -> HttpResponse | None:
    form = given["service_form"]
    made = form.is_valid() and saved(
        request,
        form,
        lambda: institutions.add_service(actor=actor_of(request), institution=row, **form.cleaned_data),
    )
    return redirect("web:institution-systems", row.slug) if made else None


def _end(request: HttpRequest, row: Institution, given: dict[str, Any]) -> HttpResponse:
    one = _service_of(row, request.POST.get("service", ""))
    _done(request, lambda: institutions.end_service(actor=actor_of(request), service=one))
    return redirect("web:institution-systems", row.slug)


def _token(request: HttpRequest, row: Institution, given: dict[str, Any]) -> HttpResponse | None:
    """The secret is on this answer and nowhere else."""
    one, form = _service_of(row, request.POST.get("service", "")), given["token_form"]
    given["for_service"] = one
    if not form.is_valid():
        return None
    _made, given["secret"] = create_token(owner=one, actor=actor_of(request), **form.cleaned_data)
    given["token_form"] = TokenForm()
    return _systems_page(request, row, given, status=201)


def _revoke(request: HttpRequest, row: Institution, given: dict[str, Any]) -> HttpResponse:
    tokens = ApiToken.objects.filter(owner__institution=row)
    one = get_object_or_404(tokens, pk=_uuid(request.POST.get("token", "")))
    _done(request, lambda: revoke_token(actor=actor_of(request), token=one))
    return redirect("web:institution-systems", row.slug)


ACTS: Final = {"service": _service, "end": _end, "token": _token, "revoke": _revoke}


def _acts(name: str) -> Callable[[HttpRequest, Institution, dict[str, Any]], HttpResponse | None]:
    if name not in ACTS:
        raise Missing()
    return ACTS[name]


def _service_of(row: Institution, pk: str) -> User:
    return get_object_or_404(User, institution=row, is_active=True, pk=_uuid(pk))


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Missing() from None


def _done(request: HttpRequest, act: Callable[[], Any]) -> bool:
    """Back to the page either way, with a word."""
    try:
        act()
    except BankError as error:
        if error.status != 409:
            raise
        messages.warning(request, _(error.title))
        return True
    messages.success(request, _("Done."))
    return True


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200
