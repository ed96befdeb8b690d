"""Shapes of collections."""

from __future__ import annotations

from rest_framework import serializers

from imagebank.catalog.gaps import GAPS
from imagebank.collections.items import MOST

from . import Free, Labelled, Shape
from .cases import CaseShown, Texts


class CollectionListed(Shape):
    """A collection in the list, by the version that readers see."""

    slug = serializers.CharField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    titles = serializers.DictField(child=serializers.CharField())
    description = serializers.CharField()
    descriptions = serializers.DictField(child=serializers.CharField())
    credit = serializers.CharField()
    draft = serializers.BooleanField(help_text="Clinical text that experts have not agreed on yet.")
    size = serializers.IntegerField(help_text="Items, gaps included.")
    published_at = serializers.DateField(allow_null=True)


class ItemShown(Shape):
    """A place in the order. A gap tells why and nothing else."""

    position = serializers.IntegerField()
    gap = serializers.ChoiceField(GAPS, allow_null=True)
    case = CaseShown(allow_null=True)
    clip = serializers.UUIDField(allow_null=True, help_text="Only this clip of the case; null: all.")
    note = serializers.CharField()
    notes = serializers.DictField(child=serializers.CharField())
    start_frame = serializers.IntegerField(allow_null=True, help_text="Counted from 1.")
    hide = serializers.BooleanField(help_text="Ask the learner before the answer shows.")


class SpreadShown(Shape):
    """In how many cases something stands."""

    id = serializers.CharField(allow_blank=True, help_text="Empty: not told.")
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    count = serializers.IntegerField()


class NeedShown(Shape):
    """What a fair collection needs."""

    what = serializers.ChoiceField(["patients", "institutions", "devices"])
    have = serializers.IntegerField(allow_null=True)
    need = serializers.IntegerField()
    state = serializers.ChoiceField(["met", "missing", "untold"])


class BalanceShown(Shape):
    """Figures over what the caller may see; null where a number would tell too much."""

    items = serializers.IntegerField()
    gaps = serializers.IntegerField()
    cases = serializers.IntegerField()
    clips = serializers.IntegerField()
    patients = serializers.IntegerField(allow_null=True)
    institutions = serializers.IntegerField(allow_null=True)
    countries = serializers.IntegerField(allow_null=True)
    devices = serializers.IntegerField()
    effective_institutions = serializers.FloatField(allow_null=True)
    effective_devices = serializers.FloatField()
    spread = serializers.DictField(child=SpreadShown(many=True))
    missing = NeedShown(many=True)


class VersionListed(Shape):
    """A version that can be read at its own address."""

    version = serializers.IntegerField()
    published_at = serializers.DateField()


class CitationShown(Shape):
    """Ways to name a version."""

    text = serializers.CharField()
    bibtex = serializers.CharField()
    csl = serializers.ListField(child=Free())


class VersionShown(CollectionListed):
    """One version with its items by the caller's rights."""

    versions = VersionListed(many=True)
    items = ItemShown(many=True)
    balance = BalanceShown()
    licences = Labelled(many=True)
    citation = CitationShown()
    archive = serializers.CharField(allow_null=True)


class DraftShown(CollectionListed):
    """The version in work, for those who may see it."""

    versions = VersionListed(many=True)
    items = ItemShown(many=True)
    balance = BalanceShown()
    missing = serializers.DictField(child=serializers.CharField(), help_text="What is needed before it is proposed.")


class ItemInput(Shape):
    """A case, or one of its clips, at its place. What is left out of a standing item stays as it is."""

    strict = True
    case = serializers.UUIDField()
    clip = serializers.UUIDField(required=False, allow_null=True)
    note = Texts(required=False)
    start_frame = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100_000)
    hide = serializers.BooleanField(required=False)


class CollectionInput(Shape):
    """What a person says of a collection; owner, state and number are not writable."""

    strict = True
    title = Texts(required=False)
    description = Texts(required=False)
    credit = serializers.CharField(required=False, allow_blank=True, max_length=200)
    draft = serializers.BooleanField(required=False)
    items = serializers.ListField(child=ItemInput(), required=False, max_length=MOST)


class ChangeInput(CollectionInput):
    """A change of the version in work, with its reason for the history."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class AddInput(Shape):
    """Cases by their ids, or all that a search finds (the query string of `cases/`), as many as there is room for."""

    strict = True
    cases = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MOST)
    search = serializers.CharField(required=False, allow_blank=True, max_length=4_000)


class AddedShown(Shape):
    """How many were new."""

    added = serializers.IntegerField()
    size = serializers.IntegerField()


class CommentInput(Shape):
    """A word in the discussion."""

    strict = True
    text = serializers.CharField(max_length=2_000)


class CommentShown(Shape):
    """A word in the discussion."""

    author = serializers.CharField()
    text = serializers.CharField()
    written_at = serializers.DateField()


class EditShown(Shape):
    """One change: who, when, why, and what."""

    version = serializers.IntegerField()
    author = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    edited_at = serializers.DateField()
    changes = serializers.ListField(child=Free())


class CollectionStep(Shape):
    """Where the collection stands now."""

    slug = serializers.CharField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    live = serializers.IntegerField(allow_null=True)
