"""Collections, their versions with the items, the history of their changes, and what is said about them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Deferrable, F, Q
from django.db.models.functions import Now

from imagebank.accounts.models import User
from imagebank.catalog.models import Case, Clip
from imagebank.core.revisions import Revision
from imagebank.core.states import choices, in_table

from .states import COLLECTION


class Collection(models.Model):
    """A collection under its lasting address; what it holds stands in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True, max_length=60)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="collections")
    state = models.CharField(max_length=20, default=COLLECTION.initial, choices=choices(COLLECTION))
    state_since = models.DateTimeField(db_default=Now())
    revision = models.PositiveIntegerField(default=1)
    """Number of the newest version, published or in work."""
    live_revision = models.PositiveIntegerField(null=True)
    """Number of the version that readers see."""
    published_on = models.DateField(null=True)
    """Day of that version."""
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            in_table(COLLECTION),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "retired"])
                | Q(live_revision=F("revision"), published_on__isnull=False),
                name="collections_collection_published_is_newest",
            ),
            models.CheckConstraint(
                condition=Q(live_revision__isnull=True) | Q(live_revision__lte=F("revision")),
                name="collections_collection_live_exists",
            ),
        ]
        indexes = [models.Index(fields=["-published_on", "-id"], name="collections_newest")]


class Version(models.Model):
    """One numbered state of a collection. Once `published_on` is set, a trigger keeps it and its items as they are."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.JSONField(default=dict)
    description = models.JSONField(default=dict)
    """`{language: text}`, as the title."""
    credit = models.CharField(max_length=200, blank=True)
    draft = models.BooleanField(default=True)
    """Clinical text that no experts have agreed on yet; readers see the mark."""
    published_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collection", "number"], name="collections_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="collections_version_from_1"),
        ]


class Item(models.Model):
    """A case, or one of its clips, at its place in a version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.JSONField(default=dict)
    start_frame = models.PositiveIntegerField(null=True)
    """Counted from 1, of the clip or of the first clip of the case."""
    hide = models.BooleanField(default=False)
    """The reader is asked first: title, findings and note show on request."""

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="collections_item_place_once", deferrable=Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["version", "case", "clip"], name="collections_item_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(start_frame__isnull=True) | Q(start_frame__gte=1), name="collections_item_frames_from_1"
            ),
        ]


class Edit(Revision):
    """One change of a version in work; its document is as `history.document_of` makes it."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="edits")
    number = models.PositiveIntegerField()
    """Of the version."""

    class Meta(Revision.Meta):
        pass


class Comment(models.Model):
    """A word in the discussion of a collection; never public."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
