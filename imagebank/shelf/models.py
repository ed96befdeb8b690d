"""What a reader keeps: lists of cases, one of them without a name for what is starred."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from imagebank.accounts.models import User
from imagebank.catalog.models import Case

NAME_LENGTH = 80


class Shelf(models.Model):
    """A list of one reader. The one without a name holds the starred cases; there is one of it at most."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shelves")
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    shared_as = models.CharField(max_length=43, unique=True, null=True, blank=True)
    """Random key of its public address; none: the owner's alone."""
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="shelf_shelf_name_once"),
            models.CheckConstraint(condition=~Q(name="") | Q(shared_as__isnull=True), name="shelf_stars_are_private"),
        ]


class Saved(models.Model):
    """A case on a shelf, at its place."""

    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE, related_name="saved")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    added_on = models.DateField(db_default=Now())

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["shelf", "case"], name="shelf_saved_once")]
