"""People, service accounts, institutions with their agreements, roles, and tokens."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

NODE_ROLES = ["reviewer", "curator", "privacy_officer", "admin"]
INSTITUTION_ROLES = ["contributor", "steward"]
SCOPES = ["read", "deposit", "tag", "mirror", "withdraw"]


class Institution(models.Model):
    """Who is answerable for what it gives. Without a current agreement it can neither deposit nor mirror."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, validators=[RegexValidator("^[A-Z]{2}$")])
    jurisdiction = models.CharField(max_length=100, blank=True)
    data_protection_contact = models.EmailField(blank=True)
    default_rights = models.JSONField(default=dict)
    default_setting = models.CharField(max_length=40, blank=True)
    named_in_public = models.BooleanField(default=False)
    """Opt-in: only then does the institution's name show beside its cases."""
    delay_days_least = models.PositiveSmallIntegerField(default=7)
    delay_days_most = models.PositiveSmallIntegerField(default=30)
    state = models.CharField(max_length=10, default="active", choices=[(s, s) for s in ("active", "frozen", "ended")])
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["active", "frozen", "ended"]), name="accounts_institution_state"
            ),
            models.CheckConstraint(
                condition=Q(delay_days_least__lte=models.F("delay_days_most")), name="accounts_institution_delay"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """What institution and node agreed: version, dates, signatories, transfer tool."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="agreements")
    version = models.CharField(max_length=30)
    signatories = ArrayField(models.CharField(max_length=200), default=list)
    transfer_tool = models.CharField(max_length=100, blank=True)
    signed_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)


class UserManager(BaseUserManager["User"]):
    """Accounts are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person or a service account; everybody who signs up is a trainee."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, default="person", choices=[("person", "person"), ("service", "service")])
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="services"
    )
    """Of a service account: where its deposits belong."""
    language = models.CharField(max_length=2, blank=True)
    orcid = models.CharField(max_length=19, blank=True)
    accepted_terms = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    erased = models.BooleanField(default=False)
    date_joined = models.DateTimeField(db_default=Now())

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="person", institution__isnull=True) | Q(kind="service", institution__isnull=False),
                name="accounts_user_service_has_institution",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class NodeRole(models.Model):
    """A role of the whole node."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="node_roles")
    role = models.CharField(max_length=20, choices=[(r, r) for r in NODE_ROLES])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="accounts_noderole_once"),
            models.CheckConstraint(condition=Q(role__in=NODE_ROLES), name="accounts_noderole_known"),
        ]


class Membership(models.Model):
    """A role in one institution."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(r, r) for r in INSTITUTION_ROLES])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "institution", "role"], name="accounts_membership_once"),
            models.CheckConstraint(condition=Q(role__in=INSTITUTION_ROLES), name="accounts_membership_known"),
        ]


class ApiToken(models.Model):
    """A bearer token: only its hash is kept, the token itself is shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20), default=list)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scopes__contained_by=SCOPES), name="accounts_apitoken_scopes_known")
        ]
