"""Shapes of practice sheets."""

from __future__ import annotations

from rest_framework import serializers

from imagebank.catalog.gaps import GAPS
from imagebank.sheets.document import MOST
from imagebank.sheets.models import VERDICTS
from imagebank.sheets.states import SHEET

from . import Free, Labelled, Shape
from .cases import Texts
from .clips import ClipShown


class ExpertShown(Shape):
    """Who judged a version, and when."""

    name = serializers.CharField()
    verdict = serializers.ChoiceField(VERDICTS)
    voted_at = serializers.DateField()


class ConsensusShown(Shape):
    """What experts said of a version in its last round."""

    voted = serializers.IntegerField()
    agreed = serializers.IntegerField()
    percent = serializers.IntegerField(allow_null=True, help_text="Of those who voted; null before the first.")
    experts = ExpertShown(many=True)


class SheetListed(Shape):
    """A sheet in the list, by the version that readers see."""

    indication = Labelled()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(SHEET.states)
    draft = serializers.BooleanField(help_text="Draft teaching text, not clinical guidance: no experts agreed on it.")
    title = serializers.CharField()
    titles = serializers.DictField(child=serializers.CharField())
    question = serializers.CharField()
    questions = serializers.DictField(child=serializers.CharField())
    published_at = serializers.DateField(allow_null=True)
    consensus = ConsensusShown()


class PointShown(Shape):
    """A point, in the language it stands in: English where the caller's is missing."""

    text = serializers.CharField()
    language = serializers.CharField()


class PitfallShown(PointShown):
    """A trap, and the finding it is about."""

    finding = Labelled(allow_null=True)


class ExampleShown(Shape):
    """A clip of the bank. One that curators chose and that is not shown now is a gap that tells why."""

    picked = serializers.BooleanField(help_text="Chosen by a curator; else by the bank, for variety.")
    gap = serializers.ChoiceField(GAPS, allow_null=True)
    case = serializers.UUIDField(allow_null=True)
    clip = ClipShown(allow_null=True)
    place = serializers.IntegerField(required=False, help_text="Of the clip in its case, from 1.")
    synthetic = serializers.BooleanField(required=False)


class SoughtShown(PointShown):
    """A finding to look for, with a clip that shows it and one that does not."""

    finding = Labelled()
    example = ExampleShown(allow_null=True)
    counter = ExampleShown(allow_null=True)


class SheetView(Labelled):
    """A view, in the order of scanning."""

    probe_position = serializers.CharField(allow_blank=True)
    quality_items = serializers.ListField(child=serializers.CharField())


class SheetVersionListed(Shape):
    """A version that can be read at its own address."""

    version = serializers.IntegerField()
    state = serializers.ChoiceField(SHEET.states)
    published_at = serializers.DateField()


class SheetShown(SheetListed):
    """A version with its clips by the caller's rights."""

    language = serializers.CharField()
    untranslated = serializers.IntegerField(help_text="Texts that stand in English because `language` lacks them.")
    when_to_scan = PointShown(many=True)
    when_not_to_scan = PointShown(many=True)
    changes_management = PointShown(many=True)
    views = SheetView(many=True)
    findings = SoughtShown(many=True)
    pitfalls = PitfallShown(many=True)
    sources = serializers.ListField(child=serializers.CharField())
    versions = SheetVersionListed(many=True)


class TextChange(Shape):
    """What an edit did to one field, or to one item of it."""

    what = serializers.CharField()
    place = serializers.IntegerField(required=False)
    part = serializers.CharField(required=False)
    language = serializers.CharField(required=False)
    before = Free()
    after = Free()


class SheetEditShown(Shape):
    """One change: who, when, why, and what. Without an author it came with the product."""

    author = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    edited_at = serializers.DateField()
    changes = TextChange(many=True)


class ProposalShown(Shape):
    """A change that somebody proposes."""

    id = serializers.UUIDField()
    author = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.CharField()
    proposed_at = serializers.DateField()
    changes = TextChange(many=True)


class PointInput(Shape):
    """A point in as many languages as there are; English is needed."""

    strict = True
    text = Texts()


class PitfallInput(PointInput):
    """A trap."""

    finding = serializers.CharField(required=False, allow_null=True)


class SoughtInput(PointInput):
    """A finding to look for; without a case of its own the bank shows one."""

    finding = serializers.CharField()
    example = serializers.UUIDField(required=False, allow_null=True)
    counter = serializers.UUIDField(required=False, allow_null=True)


class SheetInput(Shape):
    """Fields of the version in work; each one given is given whole."""

    strict = True
    title = Texts(required=False)
    question = Texts(required=False)
    when_to_scan = serializers.ListField(child=PointInput(), required=False, max_length=MOST)
    when_not_to_scan = serializers.ListField(child=PointInput(), required=False, max_length=MOST)
    changes_management = serializers.ListField(child=PointInput(), required=False, max_length=MOST)
    views = serializers.ListField(child=serializers.CharField(), required=False, max_length=MOST)
    findings = serializers.ListField(child=SoughtInput(), required=False, max_length=MOST)
    pitfalls = serializers.ListField(child=PitfallInput(), required=False, max_length=MOST)
    sources = serializers.ListField(child=serializers.CharField(), required=False, max_length=MOST)


class SheetChangeInput(SheetInput):
    """A change with its reason for the history; a proposal needs one."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class VoteInput(Shape):
    """What an expert says; who disagrees says with what."""

    strict = True
    verdict = serializers.ChoiceField(VERDICTS)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=2_000, default="")


class SheetStep(Shape):
    """Where a version stands now."""

    indication = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.CharField()
    consensus = ConsensusShown()
