"""What a reader keeps: lists of cases, one of them without a name for what is starred, and searches."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from imagebank.accounts.models import User
from imagebank.catalog.models import Case

NAME_LENGTH = 80
QUERY_LENGTH = 2_000


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


class Search(models.Model):
    """A search of one reader under a name; its address is the browse page's with `query`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="searches")
    name = models.CharField(max_length=NAME_LENGTH)
    query = models.CharField(max_length=QUERY_LENGTH, blank=True)
    """Parameters of the search, as an address has them; without order and place."""
    tell = models.BooleanField(default=False)
    """The owner wants to hear of new cases."""
    found = models.PositiveIntegerField(default=0)
    """New cases since the owner last opened it, as far as was looked."""
    looked_to = models.BigIntegerField(default=0)
    """Row of the projection up to which was looked (search/arrivals.py)."""
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="shelf_search_name_once")]
        indexes = [models.Index(fields=["looked_to"], name="shelf_search_to_look_at", condition=Q(tell=True))]
