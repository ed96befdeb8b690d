"""Shapes of what nodes say to each other (imagebank/exchange/README.md), of mirrors and of webhooks."""

from __future__ import annotations

from rest_framework import serializers

from imagebank.catalog.models import AUDIENCES, USES
from imagebank.exchange.wire import OPERATIONS, ROLES, STUBS

from . import Free, Shape


class HeadShown(Shape):
    """The last number of the chain and its digest."""

    seq = serializers.IntegerField()
    digest = serializers.CharField()


class SignatureShown(Shape):
    """Ed25519 over the canonical text of everything else."""

    key = serializers.CharField(help_text="Fingerprint of the signing key: sha256:...")
    value = serializers.CharField(help_text="Base64.")


class NodeKeyShown(Shape):
    """A key with which the node signs, or has signed."""

    id = serializers.CharField(help_text="Fingerprint: sha256:... of the raw public key.")
    public = serializers.CharField(help_text="Raw Ed25519 key, Base64.")
    from_seq = serializers.IntegerField()
    retired_seq = serializers.IntegerField(allow_null=True)
    endorsed = Free(help_text="Signature by the key before; null for the first.")


class BlobShown(Shape):
    """A stored object of a clip."""

    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    role = serializers.ChoiceField(ROLES)
    clip = serializers.UUIDField()


class FeedItemShown(Shape):
    """One change. Of what is `withheld` or `superseded` only number, links and `commitment` are told."""

    seq = serializers.IntegerField()
    prev = serializers.CharField()
    digest = serializers.CharField()
    op = serializers.ChoiceField([*OPERATIONS, *STUBS])
    commitment = serializers.CharField(required=False)
    type = serializers.ChoiceField(["case", "clip"], required=False)
    id = serializers.UUIDField(required=False)
    rev = serializers.IntegerField(required=False)
    origin = serializers.UUIDField(required=False)
    content = serializers.CharField(required=False, allow_null=True)
    blobs = BlobShown(many=True, required=False)
    rights = Free(required=False)
    reason = serializers.CharField(required=False)
    salt = serializers.CharField(required=False)
    document = Free(required=False)
    subject = serializers.CharField(required=False, allow_null=True)


class ChangesShown(Shape):
    """A signed page of the feed."""

    node = serializers.UUIDField()
    epoch = serializers.UUIDField()
    items = FeedItemShown(many=True)
    head = HeadShown()
    next = serializers.CharField(help_text="Opaque; send it as `since`.")
    signature = SignatureShown()


class PackShown(Shape):
    """A file of the snapshot: an uncompressed tar of items.ndjson and blobs/SHA256."""

    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    items = serializers.IntegerField()
    blobs = serializers.IntegerField()


class SnapshotShown(Shape):
    """What is live, as files; the feed goes on from `next`."""

    node = serializers.UUIDField()
    epoch = serializers.UUIDField()
    head = HeadShown()
    packs = PackShown(many=True)
    next = serializers.CharField()
    signature = SignatureShown()


class ReceiptInput(Shape):
    """A mirror's signed word, as it stands in its body."""

    node = serializers.UUIDField()
    mirror = serializers.UUIDField()
    epoch = serializers.UUIDField()
    seq = serializers.IntegerField(min_value=0)
    head = serializers.CharField()
    purged = serializers.ListField(child=serializers.UUIDField(), max_length=100_000)
    at = serializers.CharField()
    signature = SignatureShown()


class ReceiptShown(Shape):
    """What was taken down of it."""

    seq = serializers.IntegerField()
    overdue = serializers.IntegerField(help_text="Withdrawals that this mirror has not confirmed in time.")


class MirrorInput(Shape):
    """A mirror to be admitted."""

    strict = True
    account = serializers.EmailField(help_text="Of the account whose token follows the feed.")
    node = serializers.UUIDField()
    key = serializers.CharField(max_length=60, help_text="The node's raw Ed25519 public key, Base64.")
    name = serializers.CharField(max_length=200)
    address = serializers.URLField(max_length=200, required=False, allow_blank=True, default="")
    region = serializers.RegexField("^[A-Z]{2}$", help_text="Country in which the copy stands.")
    uses = serializers.ListField(child=serializers.ChoiceField(USES), min_length=1, required=False)
    audience = serializers.ChoiceField(AUDIENCES, required=False)


class MirrorShown(Shape):
    """A mirror and how far it is."""

    id = serializers.UUIDField()
    institution = serializers.CharField()
    name = serializers.CharField()
    node = serializers.UUIDField(allow_null=True, help_text="Null while it is not registered.")
    key = serializers.CharField(allow_null=True, help_text="Fingerprint.")
    address = serializers.CharField()
    region = serializers.CharField()
    uses = serializers.ListField(child=serializers.CharField())
    audience = serializers.ChoiceField(AUDIENCES)
    state = serializers.ChoiceField(["unregistered", "current", "behind", "overdue", "silent", "ended"])
    asked_seq = serializers.IntegerField(allow_null=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    acknowledged_seq = serializers.IntegerField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    overdue = serializers.IntegerField()
    probed_at = serializers.DateTimeField(allow_null=True)
    probe_fault = serializers.CharField()


class WebhookInput(Shape):
    """An address to be told that the head moved."""

    strict = True
    address = serializers.URLField(max_length=200)


class DeliveryShown(Shape):
    """A message that could not be delivered."""

    id = serializers.UUIDField()
    seq = serializers.IntegerField()
    attempts = serializers.IntegerField()
    fault = serializers.CharField()
    made_at = serializers.DateTimeField()


class WebhookShown(Shape):
    """A subscription without its secret."""

    id = serializers.UUIDField()
    address = serializers.CharField()
    told_seq = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    dead = DeliveryShown(many=True)


class NewWebhookShown(WebhookShown):
    """A new subscription: its secret is told this once."""

    secret = serializers.CharField(allow_null=True, help_text="whsec_...")
