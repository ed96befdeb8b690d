"""Accounts and institutions of the demonstration. Made only in a database that is marked as a demo."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Final

from allauth.account.models import EmailAddress
from django.utils import timezone

from anonymize.phantom.demo import Hospital
from imagebank.accounts.models import Agreement, ApiToken, Institution, Membership, NodeRole, User
from imagebank.accounts.services import TOKEN_PREFIX, hash_token
from imagebank.core.audit import write_card

PASSWORD: Final = "demo-pocus"  # noqa: S105 - the published password of a demonstration on loopback
HOME: Final = "demo-hospital"
PEOPLE: Final = {
    "trainee": "Tove Trainee",
    "contributor": "Camille Contributor",
    "reviewer": "Rafael Reviewer",
    "curator": "Karin Curator",
    "steward": "Stefan Steward",
    "admin": "Alma Admin",
}
NODE_ROLES: Final = {"reviewer": ["reviewer"], "curator": ["curator"], "admin": ["admin"]}
SERVICE: Final = "pacs@demo.example"
SCOPES: Final = ["read", "deposit", "mirror", "withdraw"]
TERMS: Final = "draft-1"


def make_accounts() -> dict[str, User]:
    """The six people, their institution and the service account; repeating it changes nothing."""
    home = make_institution(HOME, "Demo Hospital", "DK")
    people = {name: _person(f"{name}@demo.example", full) for name, full in PEOPLE.items()}
    for name, roles in NODE_ROLES.items():
        for role in roles:
            NodeRole.objects.get_or_create(user=people[name], role=role)
    for name in ("contributor", "steward"):
        Membership.objects.get_or_create(user=people[name], institution=home, role=name)
    _service(home)
    return people


def make_institution(slug: str, name: str, country: str) -> Institution:
    """A made-up hospital that signed, shows its name and publishes without delay."""
    row, made = Institution.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "country": country,
            "jurisdiction": country,
            "data_protection_contact": f"privacy@{slug}.example",
            "default_setting": "ed",
            "named_in_public": True,
            "delay_days_least": 0,
            "delay_days_most": 0,
        },
    )
    if made:
        Agreement.objects.create(institution=row, version="demo", signatories=["Demo"], signed_on=dt.date(2026, 1, 1))
    return row


def hospital_contributor(hospital: Hospital) -> tuple[Institution, User]:
    """The institution of a made-up hospital and the account that gives its clips; nobody can log in with it."""
    institution = make_institution(hospital.id, hospital.name, hospital.country)
    user = _person(f"contributor.{hospital.id}@demo.example", f"Contributor, {hospital.name}", password=None)
    Membership.objects.get_or_create(user=user, institution=institution, role="contributor")
    return institution, user


def make_colleague(home: Institution) -> User:
    """Another contributor of the institution, with whom a draft is shared; logs in as the others do."""
    user = _person("colleague@demo.example", "Clara Colleague")
    Membership.objects.get_or_create(user=user, institution=home, role="contributor")
    return user


def renew_token(token: str) -> None:
    """The demo's API token: one at a time, told at each start."""
    owner = User.objects.get(email=SERVICE)
    ApiToken.objects.filter(owner=owner).delete()
    ApiToken.objects.create(
        owner=owner,
        name="demo",
        digest=hash_token(token),
        scopes=SCOPES,
        expires_at=timezone.now() + dt.timedelta(days=90),
    )


def new_token() -> str:
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def _person(email: str, name: str, password: str | None = PASSWORD) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password, name=name, accepted_terms=TERMS)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        write_card(user.id, user.name, user.email)
    return user


def _service(home: Institution) -> User:
    user = User.objects.filter(email=SERVICE).first()
    if user is None:
        user = User.objects.create_user(
            SERVICE, None, name="PACS of Demo Hospital", kind="service", institution=home, accepted_terms=TERMS
        )
        write_card(user.id, user.name, user.email)
    return user
