"""Whom this node follows, how far it has come, and what it made of each object."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from imagebank.catalog.models import Origin

from .folding import HELD

MADE = ["", "shown", "waiting", "filtered", "refused"]


class Following(models.Model):
    """One node that is followed. Sequence and digest are those of the last item that was applied."""

    origin = models.OneToOneField(Origin, on_delete=models.PROTECT, primary_key=True, related_name="following")
    token_file = models.CharField(max_length=500)
    """Where the token for that node lies on this machine; never in the database."""
    licences = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    indications = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    """What is taken; empty: all."""
    keys = models.JSONField(default=dict)
    """{fingerprint: public key in base64} that are trusted by now."""
    epoch = models.UUIDField(null=True)
    cursor = models.TextField(blank=True)
    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)
    seen_seq = models.BigIntegerField(default=0)
    """The highest head that was ever told: it may not go back."""
    receipted_seq = models.BigIntegerField(default=0)
    purged = ArrayField(models.UUIDField(), default=list, blank=True)
    """Since the last receipt."""
    stopped = models.CharField(max_length=20, blank=True)
    """Why nothing is taken any more until an operator looks at it: epoch, head, key."""
    error = models.CharField(max_length=40, blank=True)
    """How the last round ended, when not well."""
    synced_at = models.DateTimeField(null=True)
    """When it last stood at the head."""
    stale = models.BooleanField(default=False)
    """Not synced for too long: nothing of it is served."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(receipted_seq__lte=models.F("seq")), name="following_receipt_behind")
        ]


class Followed(models.Model):
    """An object of another node: what its feed says of it by now, and what was made of it here."""

    id = models.BigAutoField(primary_key=True)
    following = models.ForeignKey(Following, on_delete=models.CASCADE, related_name="followed")
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField()
    rev = models.BigIntegerField()
    said = models.CharField(max_length=64)
    """What the revision says: its content, or its operation where it has none."""
    held = models.CharField(max_length=12, choices=[(name, name) for name in HELD])
    seq = models.BigIntegerField()
    made = models.CharField(max_length=10, blank=True, choices=[(name, name) for name in MADE])
    item = models.JSONField(null=True)
    """The item of one that waits: for a word of the vocabulary, or for its bytes."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["following", "object_id"], name="following_object_once"),
            models.CheckConstraint(condition=Q(held__in=HELD) & Q(made__in=MADE), name="following_object_known"),
            models.CheckConstraint(
                condition=Q(made="waiting", item__isnull=False) | (~Q(made="waiting") & Q(item__isnull=True)),
                name="following_waiting_has_its_item",
            ),
        ]


class Refusal(models.Model):
    """What was not taken, or taken only in part, and why: for the operator and the node that sent it. No content."""

    id = models.BigAutoField(primary_key=True)
    following = models.ForeignKey(Following, on_delete=models.CASCADE, related_name="refusals")
    seq = models.BigIntegerField()
    object_id = models.UUIDField(null=True)
    code = models.CharField(max_length=40)
    """Of refusing.CODES."""
    where = models.CharField(max_length=100, blank=True)
    """The field, never its value."""
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["following", "seq", "object_id", "code", "where"], nulls_distinct=False,
                                    name="following_refusal_once")
        ]  # fmt: skip
