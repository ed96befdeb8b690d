"""What every room shares: the node, the audit trail, the outbox, idempotency keys, heartbeats."""

from __future__ import annotations

import hashlib
import json
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Node(models.Model):
    """This installation. A demo-marked node makes demo accounts; production refuses to start on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    demo = models.BooleanField(default=False)
    demo_seeded_at = models.DateTimeField(null=True)
    epoch = models.UUIDField(default=uuid.uuid4, editable=False)
    only = models.BooleanField(default=True, unique=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="core_node_only_one")]

    @classmethod
    def current(cls) -> Node:
        """The one row, made on first use."""
        return cls.objects.get_or_create(only=True)[0]


class ActorCard(models.Model):
    """Name and e-mail of an actor: erasable, outside the chain."""

    actor_id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    salt = models.CharField(max_length=32, blank=True)

    def commitment(self) -> str:
        """Salted SHA-256: proves what the card said without saying it."""
        return hashlib.sha256(f"{self.salt}|{self.name}|{self.email}".encode()).hexdigest()


class AuditEvent(models.Model):
    """One act (DICOM PS3.15 A.5, FHIR AuditEvent). Append-only: a trigger refuses UPDATE and DELETE."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recorded_at = models.DateTimeField(db_default=Now(), db_index=True)
    action = models.CharField(max_length=1, choices=[(c, c) for c in "CRUDE"])
    event = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField(db_index=True)
    state_before = models.CharField(max_length=30, blank=True)
    state_after = models.CharField(max_length=30, blank=True)
    actor_id = models.UUIDField(null=True, db_index=True)
    actor_roles = ArrayField(models.CharField(max_length=30), default=list)
    institution_id = models.UUIDField(null=True, db_index=True)
    via = models.CharField(max_length=10)
    reason = models.CharField(max_length=60, blank=True)
    commitment = models.CharField(max_length=64, blank=True)

    def canonical(self) -> str:
        """Stable text of the row for the chain."""
        fields = [f.attname for f in self._meta.concrete_fields]
        return json.dumps({name: str(getattr(self, name)) for name in fields}, sort_keys=True)


class AuditLink(models.Model):
    """The chain, numbered after commit by the sequencer."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="link")
    digest = models.CharField(max_length=64)


class Outbox(models.Model):
    """Changes waiting to be numbered; written in the transaction of the act."""

    id = models.BigAutoField(primary_key=True)
    written_at = models.DateTimeField(db_default=Now())
    operation = models.CharField(max_length=10, choices=[(o, o) for o in ("put", "revise", "withdraw", "restrict")])
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField()
    revision = models.PositiveIntegerField(default=0)


class IdempotencyKey(models.Model):
    """An unsafe request and its answer, kept 24 h: same key and body give the same answer."""

    id = models.BigAutoField(primary_key=True)
    actor_id = models.UUIDField()
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="core_idempotency_once")]


class Heartbeat(models.Model):
    """The last sign of life of a part (worker, beat), read by /readyz."""

    part = models.CharField(primary_key=True, max_length=40)
    seen_at = models.DateTimeField()
