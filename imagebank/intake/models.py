"""What is on its way in. Identifiable data: only intake and review.services may import this module."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from imagebank.accounts.models import Institution, User
from imagebank.catalog.models import PURPOSES, Clip, Rights
from imagebank.core.states import choices, in_table

from .states import ENDED, MAY_COME_AGAIN, ORIGINAL, UPLOAD_LIFE


class Deposit(models.Model):
    """One act of giving: one or many files under the same rights."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="deposits")
    depositor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deposits")
    contributor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The person who took a service account's deposit out of the inbox."""
    purpose = models.CharField(max_length=20, default="bank", choices=[(p, p) for p in PURPOSES])
    rights = models.ForeignKey(Rights, on_delete=models.PROTECT)
    setting = models.CharField(max_length=40, blank=True)
    synthetic = models.BooleanField(default=False)
    defaults = models.JSONField(default=dict, blank=True)
    """What a new case of its clips begins with: indication, setting, age_band; chosen once, changed in any case."""
    created_at = models.DateTimeField(db_default=Now(), db_index=True)


class Original(models.Model):
    """A file in quarantine: sealed, addressed by nobody, destroyed on acceptance, discard or expiry."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="originals")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="originals")
    position = models.PositiveIntegerField()
    """From 1; the neutral name is "file 3", the file's own name is not kept."""
    state = models.CharField(max_length=30, default=ORIGINAL.initial, choices=choices(ORIGINAL))
    state_since = models.DateTimeField(db_default=Now(), db_index=True)
    code = models.CharField(max_length=60, blank=True)
    instance_key = models.CharField(max_length=64, blank=True)
    """HMAC of the source SOP Instance UID under the institution's duplicate key."""
    bytes_key = models.CharField(max_length=64)
    """HMAC of the bytes' SHA-256 under the same key."""
    size = models.BigIntegerField()
    sealed = models.BooleanField(default=True)
    """True while the key in quarantine exists."""
    duplicate_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    hinted_at = models.DateTimeField(null=True)
    """When a message for it was last put into the queue."""
    lease_until = models.DateTimeField(null=True)
    lease_holder = models.UUIDField(null=True)
    attempts_died = models.PositiveSmallIntegerField(default=0)
    attempts_lost = models.PositiveSmallIntegerField(default=0)
    mask = models.JSONField(null=True, blank=True)
    """A person's mask for the next run: {"keep": [[l, t, r, b]], "blank": [...]}."""
    use_memory = models.BooleanField(default=True)
    """False: the next run tries no mask that was approved for the device before."""
    report = models.JSONField(null=True, blank=True)
    """What was removed by category, masks, verdict; never the removed values."""
    has_preview = models.BooleanField(default=False)
    clip = models.OneToOneField(Clip, on_delete=models.PROTECT, null=True, blank=True, related_name="original")

    class Meta:
        constraints = [
            in_table(ORIGINAL),
            models.UniqueConstraint(fields=["deposit", "position"], name="intake_original_position"),
            models.UniqueConstraint(
                fields=["institution", "instance_key"],
                condition=~Q(instance_key="") & ~Q(state__in=MAY_COME_AGAIN),
                name="intake_original_instance_once",
            ),
            models.UniqueConstraint(
                fields=["institution", "bytes_key"],
                condition=~Q(state__in=MAY_COME_AGAIN),
                name="intake_original_bytes_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ENDED) | Q(sealed=False), name="intake_original_ended_has_no_key"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["awaiting_confirmation", "accepted"]) | Q(clip__isnull=False),
                name="intake_original_clean_has_clip",
            ),
        ]


class Upload(models.Model):
    """A file that arrives over a line that may break (tus 1.0). Once it is whole, an Original takes over its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deposit = models.ForeignKey(Deposit, on_delete=models.CASCADE, related_name="uploads")
    position = models.PositiveIntegerField()
    """The number of the file to come."""
    length = models.BigIntegerField()
    """Bytes that the client announced."""
    offset = models.BigIntegerField(default=0)
    """Bytes that are sealed and durable."""
    stored = models.BigIntegerField()
    """Bytes of the sealed file that hold them; what stands behind them was cut off and is written over."""
    touched_at = models.DateTimeField(default=timezone.now, db_index=True)
    """When bytes last became durable; an unfinished upload expires a day later (privacy.md 17)."""
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deposit", "position"], name="intake_upload_position"),
            models.CheckConstraint(
                condition=Q(offset__gte=0) & Q(offset__lte=models.F("length")), name="intake_upload_offset"
            ),
        ]

    @property
    def expires_at(self) -> dt.datetime:
        return self.touched_at + UPLOAD_LIFE


class DeviceMask(models.Model):
    """A mask that a person drew and approved: tried on the institution's next file of the same device and size."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="+")
    maker = models.CharField(max_length=64)
    model = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    layout = models.CharField(max_length=64, blank=True)
    """What the regions of the header say is on the screen, for example "2d"."""
    keep = models.JSONField()
    """Boxes [left, top, right, bottom] in pixels of the source."""
    blank = models.JSONField(default=list)
    approvals = models.PositiveIntegerField(default=1)
    """How often a person approved what it gave."""
    approved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "maker", "model", "rows", "columns", "layout"], name="intake_devicemask_device"
            ),
        ]
