"""The change feed, the nodes that follow it, what they have confirmed, and who is told that it moved."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from imagebank.accounts.models import Institution, User
from imagebank.catalog.models import AUDIENCES, USES

from .wire import OPERATIONS

DELIVERY_STATES = ["waiting", "delivered", "dead"]


class Change(models.Model):
    """One change of a public object, in the node's one sequence: frozen when it was numbered.

    What a later change of the object has overtaken loses all that it said; its commitment stays, so that the chain
    verifies.
    """

    seq = models.BigIntegerField(primary_key=True)
    operation = models.CharField(max_length=10)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField()
    revision = models.PositiveIntegerField()
    """The feed's own number of the object's changes, from 1."""
    previous = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    salt = models.CharField(max_length=32, blank=True)
    content = models.CharField(max_length=64, blank=True)
    document = models.JSONField(null=True)
    blobs = models.JSONField(default=list)
    rights = models.JSONField(default=dict)
    reach = models.JSONField(default=list)
    """Every rights that the object ever had: whom it may have reached is told when it goes."""
    subject = models.UUIDField(null=True)
    """The bank's own patient; each mirror gets another id."""
    reason = models.CharField(max_length=40, blank=True)
    superseded = models.BooleanField(default=False)
    standing = models.BooleanField(default=False)
    """A restriction for those whom the later revisions no longer reach: nothing overtakes it."""
    numbered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["object_id", "revision"], name="exchange_change_once"),
            models.CheckConstraint(condition=Q(operation__in=OPERATIONS), name="exchange_change_operation_known"),
            models.CheckConstraint(
                condition=Q(document__isnull=True) | Q(operation__in=["put", "revise"], superseded=False),
                name="exchange_change_overtaken_says_nothing",
            ),
        ]


class FeedBlob(models.Model):
    """A stored object that the feed has named: its address answers 410 once it is gone."""

    sha256 = models.CharField(max_length=64)
    role = models.CharField(max_length=10)
    clip_id = models.UUIDField(db_index=True)
    case_id = models.UUIDField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sha256", "clip_id", "role"], name="exchange_feedblob_once")]


class NodeKey(models.Model):
    """An Ed25519 key with which this node signs or has signed; the private half is sealed (node_keys.py)."""

    id = models.CharField(primary_key=True, max_length=71)
    """Its fingerprint."""
    public = models.BinaryField()
    sealed = models.BinaryField()
    from_seq = models.BigIntegerField()
    retired_seq = models.BigIntegerField(null=True)
    endorsed = models.JSONField(null=True)
    """The signature by the key before."""
    made_at = models.DateTimeField(db_default=Now())
    signs = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["signs"], condition=Q(signs=True), name="exchange_nodekey_one_signs"),
            models.CheckConstraint(
                condition=Q(signs=True, retired_seq__isnull=True) | Q(signs=False, retired_seq__isnull=False),
                name="exchange_nodekey_retired_or_signs",
            ),
        ]


class Mirror(models.Model):
    """An account that follows the feed. Registered once its node's key is known: then it can give receipts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.OneToOneField(User, on_delete=models.PROTECT, related_name="mirror")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="mirrors")
    name = models.CharField(max_length=200, blank=True)
    node = models.UUIDField(null=True, unique=True)
    public = models.BinaryField(null=True)
    """Raw Ed25519 key of the mirror's node."""
    address = models.URLField(max_length=200, blank=True)
    """Where it may be probed."""
    region = models.CharField(max_length=2)
    uses = ArrayField(models.CharField(max_length=20), default=list)
    audience = models.CharField(max_length=12, default="registered", choices=[(a, a) for a in AUDIENCES])
    former = models.JSONField(default=list)
    """{region, uses, audience} of before: what went there then is withdrawn there too."""
    ended = models.BooleanField(default=False)
    asked_seq = models.BigIntegerField(null=True)
    """What its last request had already."""
    asked_at = models.DateTimeField(null=True)
    acknowledged_seq = models.BigIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True)
    probed_at = models.DateTimeField(null=True)
    probe_fault = models.CharField(max_length=20, blank=True)
    """Code of the last probe's finding; empty when all was well."""
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(node__isnull=True, public__isnull=True) | Q(node__isnull=False, public__isnull=False),
                name="exchange_mirror_registered_whole",
            ),
            models.CheckConstraint(condition=Q(uses__contained_by=USES), name="exchange_mirror_uses_known"),
        ]

    @property
    def registered(self) -> bool:
        return self.node is not None


class Receipt(models.Model):
    """A mirror's signed word that it has purged what it had to, up to a number. It proves a claim, not deletion."""

    mirror = models.ForeignKey(Mirror, on_delete=models.CASCADE, related_name="receipts")
    seq = models.BigIntegerField()
    purged = models.PositiveIntegerField(default=0)
    message = models.JSONField()
    digest = models.CharField(max_length=64)
    """Of the message: the same one may come again."""
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mirror", "digest"], name="exchange_receipt_once")]


class Snapshot(models.Model):
    """What was live at one number, as files for one mirror: in the making, or complete. Kept for a day."""

    mirror = models.OneToOneField(Mirror, on_delete=models.CASCADE, related_name="snapshot")
    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    packed_to = models.UUIDField(null=True)
    """The last object that a pack holds, in order of their ids."""
    complete = models.BooleanField(default=False)
    asked_at = models.DateTimeField(db_default=Now())


class Pack(models.Model):
    """A file of the snapshot made for one mirror; destroyed as soon as something in it is withdrawn or hidden."""

    sha256 = models.CharField(max_length=64)
    mirror = models.ForeignKey(Mirror, on_delete=models.CASCADE, related_name="packs")
    number = models.PositiveIntegerField()
    size = models.BigIntegerField()
    items = models.PositiveIntegerField()
    blobs = models.PositiveIntegerField()
    objects_in = ArrayField(models.UUIDField())
    """Ids of its cases."""
    seq = models.BigIntegerField()
    """Head when the snapshot was taken."""
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mirror", "seq", "number"], name="exchange_pack_once")]


class Webhook(models.Model):
    """An address that is told that the head moved, and nothing else (Standard Webhooks)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="webhooks")
    address = models.URLField(max_length=200)
    sealed = models.BinaryField()
    """The secret, sealed."""
    told_seq = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "address"], name="exchange_webhook_once")]


class Delivery(models.Model):
    """One message to a webhook: the same id and words at every attempt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    seq = models.BigIntegerField()
    state = models.CharField(max_length=10, default="waiting", choices=[(s, s) for s in DELIVERY_STATES])
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    fault = models.CharField(max_length=20, blank=True)
    """Code of the last attempt's failure; never anything of the answer."""
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DELIVERY_STATES), name="exchange_delivery_state_known"),
            models.UniqueConstraint(
                fields=["webhook"], condition=Q(state="waiting"), name="exchange_delivery_one_waits"
            ),
        ]
