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
MAIL_TIMES = ["at_once", "daily", "never"]
ASKED_ROLES = ["contributor", "reviewer"]
REQUEST_STATES = ["open", "granted", "refused", "recalled"]


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
    keeps_history = models.BooleanField(default=True)
    """Whether the bank notes which cases the person opens."""
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


class MailChoice(models.Model):
    """When the account wants mail about a group of events, where that differs from the group's default."""

    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mail_choices")
    group = models.CharField(max_length=20)
    """Of notifying.GROUPS."""
    when = models.CharField(max_length=10, choices=[(w, w) for w in MAIL_TIMES])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "group"], name="accounts_mailchoice_once"),
            models.CheckConstraint(condition=Q(when__in=MAIL_TIMES), name="accounts_mailchoice_when_known"),
        ]


class Notification(models.Model):
    """Something that the account should know of: listed on its pages, and mailed as it chose."""

    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    event = models.CharField(max_length=30)
    """Of notifying.EVENTS."""
    address = models.CharField(max_length=200, blank=True)
    """Path of the page to go to."""
    when = models.CharField(max_length=10, choices=[(w, w) for w in MAIL_TIMES])
    """By the account's choice at that moment."""
    written_at = models.DateTimeField(db_default=Now())
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["when", "written_at"], name="accounts_mail_waiting",
                condition=Q(mailed_at__isnull=True) & ~Q(when="never"),
            )
        ]  # fmt: skip


class Export(models.Model):
    """All that the bank holds of an account, as a ZIP that it asked for. One at a time; erased after a week."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.OneToOneField(User, on_delete=models.CASCADE, related_name="export")
    language = models.CharField(max_length=2, default="en")
    asked_at = models.DateTimeField(db_default=Now())
    made_at = models.DateTimeField(null=True)
    archive = models.BinaryField(null=True)


class Erasure(models.Model):
    """The account is to be erased once its days of grace are over."""

    account = models.OneToOneField(User, on_delete=models.CASCADE, related_name="erasure")
    due_at = models.DateTimeField()
    keep_credit = models.BooleanField(default=False)
    """Whether the name stays in the credit of what the person gave."""


class RoleRequest(models.Model):
    """Somebody asks to become contributor of an institution (its steward decides) or reviewer (an administrator)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_requests")
    role = models.CharField(max_length=20, choices=[(r, r) for r in ASKED_ROLES])
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=500, blank=True)
    """Who one is and why."""
    state = models.CharField(max_length=10, default="open", choices=[(s, s) for s in REQUEST_STATES])
    asked_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "institution"], condition=Q(state="open"), nulls_distinct=False,
                name="accounts_rolerequest_open_once",
            ),
            models.CheckConstraint(
                condition=Q(role="contributor", institution__isnull=False) | Q(role="reviewer"),
                name="accounts_rolerequest_contributor_of_institution",
            ),
            models.CheckConstraint(
                condition=Q(state__in=REQUEST_STATES) & Q(role__in=ASKED_ROLES), name="accounts_rolerequest_known"
            ),
        ]  # fmt: skip
