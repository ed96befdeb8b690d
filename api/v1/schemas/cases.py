"""Shapes of cases."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from imagebank.catalog.coarsening import REASONS as WITHHELD
from imagebank.catalog.models import MARKS, PRESENCE
from imagebank.catalog.text import LANGUAGES
from imagebank.review.models import VERDICTS
from imagebank.review.withdrawal import REASONS

from . import Anything, Free, Labelled, Shape
from .clips import ClipShown
from .people import InstitutionNamed


class FindingShown(Shape):
    """Something seen, not seen or doubtful."""

    term = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    presence = serializers.ChoiceField(PRESENCE)
    polarity = serializers.CharField()
    threat = serializers.CharField()
    severity = serializers.CharField()
    clip = serializers.UUIDField(allow_null=True)
    frames = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    region = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="[left, top, right, bottom], from 0 to 1."
    )


class MarkShown(Shape):
    """What an expert drew on frames of a clip."""

    clip = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Within the clip, from 1.")
    kind = serializers.ChoiceField(MARKS)
    points = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="[[x, y], ...] from 0 to 1 of the picture: tail and tip, two corners, corners, or one place.",
    )
    frames = serializers.ListField(child=serializers.IntegerField(), help_text="First and last.")
    text = serializers.CharField(help_text="The label in the reader's language.")
    label = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]


class ConfirmedShown(Shape):
    """How it was confirmed."""

    method = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    certainty = serializers.CharField()
    certainty_label = serializers.CharField()
    interval_days = serializers.IntegerField(allow_null=True)


class OriginShown(Shape):
    """The node that a case is mirrored from; nothing of it can be changed here."""

    node = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.URLField()


class CaseShown(Shape):
    """A case. What is withheld for the patient's sake is empty."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    revision = serializers.IntegerField()
    title = serializers.CharField()
    titles = serializers.DictField(child=serializers.CharField())
    vignette = serializers.CharField()
    vignettes = serializers.DictField(child=serializers.CharField())
    indication = Labelled()
    setting = serializers.CharField()
    age_band = serializers.CharField()
    sex = serializers.CharField()
    bmi_class = serializers.CharField()
    country = serializers.CharField()
    institution = InstitutionNamed(allow_null=True)
    findings = FindingShown(many=True)
    marks = MarkShown(many=True)
    clips = ClipShown(many=True)
    confirmed = ConfirmedShown()
    management = Free()
    licence = serializers.CharField()
    credit = serializers.CharField()
    synthetic = serializers.BooleanField()
    published_at = serializers.DateField(allow_null=True)
    labels = serializers.DictField(child=serializers.CharField())
    origin = OriginShown(allow_null=True, help_text="Null of a case of this node.")
    dispute = serializers.ChoiceField(
        ["", "open", "upheld"],
        required=False,
        help_text="Of one published case: a reader doubts it (`open`), experts found it wrong (`upheld`).",
    )
    missing = serializers.DictField(
        child=serializers.CharField(), required=False, help_text="Of a draft: what is needed before review."
    )
    withheld = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text=f"Of a draft: what readers would not be told by now, and why: {', '.join(WITHHELD)}.",
    )


class CasesShown(Shape):
    """A page of cases."""

    count = serializers.IntegerField()
    understood = serializers.ListField(child=Free())
    read_as = serializers.CharField(help_text="The query as its language writes it; empty when it was only words.")
    corrected = serializers.CharField(help_text="The query with its repairs; empty when nothing was repaired.")
    variety = Free()
    variety_all = Free()
    facets = Free(help_text="{facet: [{id, label, count}]} with `facets=1`.")
    ranked = serializers.IntegerField(allow_null=True, help_text="By relevance: where the ranked list ends.")
    cut = serializers.BooleanField(help_text="More cases hold a word than are looked at: the numbers are rough.")
    results = CaseShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Opaque; send it as `cursor`.")
    previous = serializers.CharField(allow_null=True)


class SimilarShown(Shape):
    """Cases beside a case."""

    same_finding = CaseShown(many=True, help_text="On another device.")
    other_habitus = CaseShown(many=True, help_text="The same finding in a patient of another build.")
    normal_view = CaseShown(many=True, help_text="The normal of the same view.")
    mimics = CaseShown(many=True, help_text="What is mistaken for it, or what it is mistaken for.")
    look_alike = CaseShown(many=True, help_text="Pictures that look like it, the nearest first.")


class ChangeShown(Shape):
    """One fact that became different; null stands for not said, or for a text that is not told."""

    what = serializers.CharField(help_text="indication, finding, view, title ...")
    about = serializers.CharField(help_text="The finding or the language that it is about.")
    label = serializers.CharField()  # type: ignore[assignment]
    clip = serializers.UUIDField(allow_null=True)
    before = Anything()
    after = Anything()
    before_label = serializers.CharField()
    after_label = serializers.CharField()


class RevisionShown(Shape):
    """One change of a case."""

    number = serializers.IntegerField()
    revision = serializers.IntegerField()
    day = serializers.DateField()
    event = serializers.CharField()
    role = serializers.CharField(help_text="Of whoever made it: contributor, reviewer, curator ...")
    reason = serializers.CharField()
    changes = ChangeShown(many=True)


class Texts(serializers.DictField):
    """{language: text}."""

    child = serializers.CharField(allow_blank=True, max_length=2_000)

    def to_internal_value(self, data: Any) -> Any:
        texts = super().to_internal_value(data)
        if unknown := set(texts) - set(LANGUAGES):
            raise serializers.ValidationError(f"Unknown language: {', '.join(sorted(unknown))}.")
        return texts


class ClipInput(Shape):
    """A clip of a case, with what a person says of it."""

    strict = True
    id = serializers.UUIDField()
    view = serializers.CharField(max_length=64)
    laterality = serializers.CharField(required=False, allow_blank=True, max_length=10)
    screen_convention = serializers.CharField(required=False, allow_blank=True, max_length=20)
    patient_position = serializers.CharField(required=False, allow_blank=True, max_length=30)
    zone = serializers.CharField(required=False, allow_blank=True, max_length=30)
    ventilation = serializers.CharField(required=False, allow_blank=True, max_length=30)
    time_point = serializers.CharField(required=False, allow_blank=True, max_length=30)
    probe = serializers.CharField(required=False, allow_blank=True, max_length=30)
    mode = serializers.CharField(required=False, max_length=30)
    quality_items = serializers.DictField(child=serializers.BooleanField(), required=False)


class FindingInput(Shape):
    """Something seen, not seen or doubtful; not asked is not absent."""

    strict = True
    term = serializers.CharField(max_length=64)
    presence = serializers.ChoiceField(PRESENCE)
    clip = serializers.UUIDField(required=False, allow_null=True)
    severity = serializers.CharField(required=False, allow_blank=True, max_length=40)
    frame_from = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100_000)
    frame_to = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100_000)
    region = serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=1),
        required=False,
        allow_null=True,
        min_length=4,
        max_length=4,
    )


class MarkInput(Shape):
    """A drawing on frames of a clip; the frames left out, on all of them."""

    strict = True
    clip = serializers.UUIDField()
    number = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=999)
    kind = serializers.ChoiceField(MARKS)
    points = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(min_value=0, max_value=1), min_length=2, max_length=2),
        min_length=1,
        max_length=60,
    )
    frame_from = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100_000)
    frame_to = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100_000)
    label = Texts(required=False)  # type: ignore[assignment]


class ConfirmedInput(Shape):
    """How it was confirmed."""

    strict = True
    method = serializers.CharField(max_length=60)
    certainty = serializers.CharField(max_length=20)
    interval_days = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=3650)


class CaseInput(Shape):
    """What a person says of a case; institution, rights and synthetic come from its clips."""

    strict = True
    indication = serializers.CharField(max_length=64)
    setting = serializers.CharField(required=False, allow_blank=True, max_length=40)
    age_band = serializers.CharField(max_length=30)
    sex = serializers.CharField(required=False, max_length=20)
    bmi_class = serializers.CharField(required=False, max_length=20)
    clips = serializers.ListField(child=ClipInput(), min_length=1, max_length=100)
    findings = serializers.ListField(child=FindingInput(), required=False, max_length=300)
    marks = serializers.ListField(
        child=MarkInput(), required=False, max_length=100, help_text="Replaces the marks that were there."
    )
    confirmed = ConfirmedInput(required=False)
    title = Texts(required=False)
    vignette = Texts(required=False)
    management_note = Texts(required=False)
    management_changed = serializers.BooleanField(required=False, allow_null=True)
    credit = serializers.CharField(required=False, allow_blank=True, max_length=200)
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Of a change: why. It stands in the history."
    )


class AtFrame(Shape):
    """A frame of a clip, and a place in it."""

    strict = True
    clip = serializers.UUIDField()
    frame = serializers.IntegerField(min_value=1, help_text="From 1.")
    point = serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=1), min_length=2, max_length=2, required=False,
        help_text="[x, y] from 0 to 1 of the picture.",
    )  # fmt: skip


class ReviewInput(Shape):
    """A verdict of another expert."""

    strict = True
    verdict = serializers.ChoiceField(VERDICTS)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=2_000, default="")
    items = serializers.DictField(child=serializers.BooleanField(), required=False)
    seconds = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=86_400)
    second_opinion = serializers.BooleanField(
        required=False, help_text="Another reader reads it too, without knowing this verdict."
    )
    findings = serializers.DictField(
        child=serializers.ChoiceField(PRESENCE), required=False,
        help_text="Finding to presence, where the reader sees it otherwise than the author says.",
    )  # fmt: skip
    at = AtFrame(required=False, help_text="What the comment points at; the author sees the frame.")


class ReviseInput(Shape):
    """Why, in words for the history."""

    strict = True
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class SuspendInput(Shape):
    """Why."""

    strict = True
    reason = serializers.SlugField(required=False, allow_blank=True, max_length=60, default="", help_text="As a code.")
    words = serializers.CharField(
        required=False, allow_blank=True, max_length=200, default="", help_text="For those who work on the case."
    )


class WithdrawInput(Shape):
    """Why, as a code."""

    strict = True
    reason = serializers.ChoiceField(REASONS, required=False, default="other")


class StepShown(Shape):
    """Where the case stands now."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    revision = serializers.IntegerField()
