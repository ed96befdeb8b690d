"""Asking for a role, and deciding on it: an institution's steward for its contributors, an administrator for all."""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Conflict, Denied, Invalid

from .models import ASKED_ROLES, Institution, Membership, NodeRole, RoleRequest, User
from .notifying import notify
from .permissions import check

WORDS: Final = 500
DECIDING: Final = "/account/requests/"


def institutions_to_ask() -> list[Institution]:
    """Those that can be asked: active ones that chose to be named."""
    return list(Institution.objects.filter(state="active", named_in_public=True).order_by("name"))


@transaction.atomic
def ask(*, actor: Actor, account: User, role: str, institution: str = "", words: str = "") -> RoleRequest:
    """A person asks for itself; `institution` is a slug, and needed to become contributor."""
    if not actor.is_person or actor.user_id != account.pk:
        raise Denied("person")
    where = next((one for one in institutions_to_ask() if one.slug == institution), None)
    _check_asked(account, role, institution, where, words)
    try:
        with transaction.atomic():
            row = RoleRequest.objects.create(account=account, role=role, institution=where, words=words.strip())
    except IntegrityError:
        raise Conflict("asked_already") from None
    record(actor, "ask_role", row, action="C")
    for person in _deciders(row):
        notify(person, "role_asked", address=DECIDING)
    return row


@transaction.atomic
def recall(*, actor: Actor, request: RoleRequest) -> None:
    """Whoever asked does not want it any more."""
    row = _open(request)
    if not actor.is_person or actor.user_id != row.account_id:
        raise Denied("person")
    _close(row, actor, "recalled", "")


@transaction.atomic
def decide(*, actor: Actor, request: RoleRequest, grant: bool, answer: str = "") -> RoleRequest:
    """Give the role or refuse it. A refusal has a reason, and so has what an administrator does for an institution."""
    check(actor, "role.decide", request, see="role.see")
    row = _open(request)
    for_others = row.institution_id is not None and row.institution_id not in actor.institutions("steward")
    if not answer.strip() and (not grant or for_others):
        raise Invalid(errors={"answer": _("Say why.")})
    if len(answer) > WORDS:
        raise Invalid(errors={"answer": _("This is too long.")})
    if grant:
        _give(row)
    _close(row, actor, "granted" if grant else "refused", answer.strip())
    notify(row.account, "role_granted" if grant else "role_refused", address="/account/roles/")
    return row


def _check_asked(account: User, role: str, slug: str, where: Institution | None, words: str) -> None:
    errors = {}
    if role not in ASKED_ROLES:
        errors["role"] = _("There is no such role to ask for.")
    if (slug and where is None) or (role == "contributor" and not slug):
        errors["institution"] = _("Choose an institution.")
    if len(words) > WORDS:
        errors["words"] = _("This is too long.")
    if errors:
        raise Invalid(errors=errors)
    if _held(account, role, where):
        raise Conflict("role_held")


def _held(account: User, role: str, where: Institution | None) -> bool:
    if role == "reviewer":
        return account.node_roles.filter(role=role).exists()
    return account.memberships.filter(role=role, institution=where).exists()


def _give(row: RoleRequest) -> None:
    if row.role == "reviewer":
        NodeRole.objects.get_or_create(user=row.account, role=row.role)
    else:
        Membership.objects.get_or_create(user=row.account, institution=row.institution, role=row.role)


def _open(request: RoleRequest) -> RoleRequest:
    row = RoleRequest.objects.select_for_update(of=("self",)).select_related("account").get(pk=request.pk)
    if row.state != "open":
        raise Conflict("wrong_state")
    return row


def _close(row: RoleRequest, actor: Actor, state: str, answer: str) -> None:
    row.state, row.answer, row.decided_at = state, answer, timezone.now()
    row.decided_by_id = None if state == "recalled" else actor.user_id
    row.save(update_fields=["state", "answer", "decided_at", "decided_by"])
    record(actor, f"role_{state}", row, before="open", after=state)


def _deciders(row: RoleRequest) -> list[User]:
    admins = Q(node_roles__role="admin")
    stewards = Q(memberships__role="steward", memberships__institution=row.institution_id)
    wanted = stewards if row.role == "contributor" else admins
    found = list(User.objects.filter(wanted, is_active=True).exclude(pk=row.account_id).distinct())
    return found or list(User.objects.filter(admins, is_active=True).exclude(pk=row.account_id).distinct())
