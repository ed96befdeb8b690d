"""Shapes of doubts and privacy incidents."""

from __future__ import annotations

from rest_framework import serializers

from imagebank.review.models import KINDS
from imagebank.review.states import ANSWERS, DECISIONS, DOUBT, INCIDENT

from . import Shape


class DoubtInput(Shape):
    """What a reader doubts."""

    strict = True
    kind = serializers.ChoiceField(KINDS, help_text="`content`: it is not right; `privacy`: somebody is recognisable.")
    text = serializers.CharField(required=False, allow_blank=True, max_length=2_000)
    clip = serializers.UUIDField(required=False, help_text="The clip of the case that it is about.")


class DoubtShown(Shape):
    """A doubt, for whoever raised it, the author of the case and those who answer it."""

    id = serializers.UUIDField()
    case = serializers.UUIDField()
    clip = serializers.UUIDField(allow_null=True)
    kind = serializers.ChoiceField(KINDS)
    state = serializers.ChoiceField(DOUBT.states)
    mine = serializers.BooleanField(help_text="Whether the caller raised it; nobody is told who else did.")
    hidden_at_once = serializers.BooleanField(help_text="The case was hidden before anybody had looked.")
    text = serializers.CharField()
    answer = serializers.CharField()
    raised_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="When it is to be answered.")


class DoubtAnswerInput(Shape):
    """An expert's answer."""

    strict = True
    verdict = serializers.ChoiceField(ANSWERS)
    text = serializers.CharField(max_length=2_000)


class IncidentShown(Shape):
    """A privacy incident, for those who decide on it."""

    id = serializers.UUIDField()
    case = serializers.UUIDField()
    state = serializers.ChoiceField(INCIDENT.states)
    hidden = serializers.BooleanField(help_text="Whether the case was hidden for it.")
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    doubts = serializers.ListField(child=serializers.CharField(allow_blank=True), help_text="Their words.")


class DecisionInput(Shape):
    """How an incident is closed."""

    strict = True
    decision = serializers.ChoiceField(
        DECISIONS, help_text="`unfounded` shows it again, `revise` keeps it hidden, `withdraw` ends it."
    )
    note = serializers.CharField(max_length=2_000)
