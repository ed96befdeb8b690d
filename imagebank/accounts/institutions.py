"""Running an institution: its record, its people, its service accounts; and what it agreed with this node.

Everything here is written by a steward of the institution, the agreement by an administrator of the node (design:
architecture.md, the table of who may do what; privacy.md 8).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext_noop as _

from imagebank.core.actor import Actor
from imagebank.core.audit import record, write_card
from imagebank.core.errors import Conflict, Invalid

from .models import INSTITUTION_ROLES, Agreement, ApiToken, Institution, Membership, User
from .notifying import notify
from .permissions import allowed, check

RECORD: Final = (
    "jurisdiction", "data_protection_contact", "default_setting", "named_in_public",
    "delay_days_least", "delay_days_most",
)  # fmt: skip
"""Fields of the institution that its steward writes."""
SIGNATORIES: Final = 10
MOST_DELAY: Final = 90
NAME: Final = 60
"""Most characters of a service account's name."""


def institutions(actor: Actor) -> QuerySet[Institution]:
    """Those whose page the actor may open."""
    return allowed(actor, "institution.see", Institution.objects.order_by("name"))


@transaction.atomic
def write_record(*, actor: Actor, institution: Institution, said: Mapping[str, Any]) -> Institution:
    """Change fields of RECORD; Invalid names those that are wrong, and then nothing is changed."""
    check(actor, "institution.run", institution, see="institution.see")
    for name in RECORD:
        setattr(institution, name, said.get(name, getattr(institution, name)))
    errors = _faults(institution)
    if errors:
        raise Invalid(errors=errors)
    institution.save(update_fields=list(RECORD))
    record(actor, "update", institution, institution_id=institution.pk)
    return institution


def _faults(institution: Institution) -> dict[str, str]:
    try:
        institution.full_clean(exclude=["slug", "name", "default_rights"], validate_constraints=False)
    except ValidationError as problem:
        return {name: " ".join(texts) for name, texts in problem.message_dict.items()}
    fault = delay_fault(institution.delay_days_least, institution.delay_days_most)
    return {"delay_days_most": fault} if fault else {}


def delay_fault(least: int, most: int) -> str:
    """What is wrong with these days of delay; empty when nothing is."""
    if least > most:
        return _("The longest delay cannot be shorter than the shortest.")
    return _("At most 90 days.") if most > MOST_DELAY else ""


@transaction.atomic
def sign(*, actor: Actor, institution: Institution, said: Mapping[str, Any]) -> Agreement:
    """A new agreement: {version, signatories, transfer_tool, signed_on, ends_on or None}; earlier ones stay."""
    check(actor, "institution.agree", institution, see="institution.see")
    names = [name.strip() for name in said.get("signatories", []) if name.strip()]
    row = Agreement(
        institution=institution,
        version=str(said.get("version", "")).strip(),
        signatories=names,
        transfer_tool=str(said.get("transfer_tool", "")).strip(),
        signed_on=said["signed_on"],
        ends_on=said.get("ends_on"),
    )
    errors = _agreement_faults(row)
    if errors:
        raise Invalid(errors=errors)
    row.save(force_insert=True)
    record(actor, "sign", row, action="C")
    return row


def _agreement_faults(row: Agreement) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not 0 < len(row.signatories) <= SIGNATORIES:
        errors["signatories"] = _("Say who signed: one to ten names.")
    try:
        row.full_clean(exclude=["signatories"])
    except ValidationError as problem:
        errors |= {name: " ".join(texts) for name, texts in problem.message_dict.items()}
    if row.signed_on and row.ends_on and row.ends_on < row.signed_on:
        errors["ends_on"] = _("It cannot end before it was signed.")
    return errors


@transaction.atomic
def end_agreement(*, actor: Actor, agreement: Agreement, on: dt.date) -> None:
    """It ends that day; afterwards the institution neither gives nor mirrors unless another one is current."""
    check(actor, "institution.agree", agreement.institution, see="institution.see")
    if on < agreement.signed_on:
        raise Invalid(errors={"ends_on": _("It cannot end before it was signed.")})
    agreement.ends_on = on
    agreement.save(update_fields=["ends_on"])
    record(actor, "end", agreement)


@transaction.atomic
def add_member(*, actor: Actor, institution: Institution, email: str, role: str) -> Membership:
    """Give a person with an account a role; making somebody steward is for stewards and administrators alike."""
    _check_people(actor, institution, role)
    person = User.objects.filter(email=email.strip().lower(), kind="person", is_active=True, erased=False).first()
    if role not in INSTITUTION_ROLES:
        raise Invalid(errors={"role": _("There is no such role.")})
    if person is None:
        raise Invalid(errors={"email": _("Nobody has an account with this address: ask the person to make one first.")})
    row, made = Membership.objects.get_or_create(user=person, institution=institution, role=role)
    if not made:
        raise Conflict("role_held")
    record(actor, f"add_{role}", person, institution_id=institution.pk)
    notify(person, "member_added", address="/account/")
    return row


@transaction.atomic
def remove_member(*, actor: Actor, membership: Membership) -> None:
    """The role ends at once. An institution keeps a steward."""
    institution = Institution.objects.select_for_update().get(pk=membership.institution_id)
    _check_people(actor, institution, membership.role)
    stewards = Membership.objects.filter(institution=institution, role="steward")
    if membership.role == "steward" and stewards.count() == 1:
        raise Conflict("last_steward")
    record(actor, f"remove_{membership.role}", membership.user, institution_id=institution.pk)
    notify(membership.user, "member_removed", address="/account/")
    membership.delete()


def _check_people(actor: Actor, institution: Institution, role: str) -> None:
    """Its steward; an administrator of the node for stewards, since a new institution has none yet."""
    by_node = role == "steward" and "admin" in actor.roles
    check(actor, "institution.agree" if by_node else "institution.run", institution, see="institution.see")


@transaction.atomic
def add_service(*, actor: Actor, institution: Institution, name: str) -> User:
    """An account for a system of the institution (a PACS, a mirror). Nobody can log in with it: it has tokens."""
    check(actor, "institution.run", institution, see="institution.see")
    said = name.strip()
    address = f"{slugify(said)}@{institution.slug}.invalid"
    if not slugify(said) or len(said) > NAME:
        raise Invalid(errors={"name": _("Give it a name, such as the system's.")})
    if User.objects.filter(email=address).exists():
        raise Conflict("service_exists")
    row = User.objects.create_user(address, None, name=said, kind="service", institution=institution)
    write_card(row.id, row.name, row.email)
    record(actor, "create", row, action="C")
    return row


@transaction.atomic
def end_service(*, actor: Actor, service: User) -> None:
    """It opens nothing from now on; what it gave stays."""
    assert service.institution is not None
    check(actor, "institution.run", service.institution, see="institution.see")
    service.is_active = False
    service.save(update_fields=["is_active"])
    ApiToken.objects.filter(owner=service, revoked=False).update(revoked=True)
    record(actor, "end", service, action="D")
