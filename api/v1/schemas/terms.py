"""Shapes of the vocabulary. Ids are stable slugs, labels stand in the reader's language."""

from __future__ import annotations

from rest_framework import serializers

from imagebank.vocabulary.models.links import NEEDS, ROLES
from imagebank.vocabulary.models.terms import POLARITIES, THREATS

from . import Labelled, Shape


class FindingTermShown(Labelled):
    """Something to see."""

    polarity = serializers.ChoiceField(POLARITIES)
    threat = serializers.ChoiceField(THREATS)
    body_region = serializers.CharField()
    broader = serializers.CharField(allow_null=True)
    severities = Labelled(many=True)
    views = serializers.ListField(child=serializers.CharField())
    excludes = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField(help_text="A trap to know (English).")
    draft = serializers.BooleanField(help_text="Not yet read by a clinician and a translator.")


class QualityItemShown(Shape):
    """A yes/no question about a view."""

    id = serializers.CharField()
    text = serializers.CharField()


class ViewShown(Labelled):
    """A window and plane."""

    body_region = serializers.CharField()
    plane = serializers.CharField()
    probes = serializers.ListField(child=serializers.CharField())
    probe_position = serializers.CharField()
    quality_items = QualityItemShown(many=True)
    draft = serializers.BooleanField()


class OfferedView(Labelled):
    """A view to scan."""

    need = serializers.ChoiceField(NEEDS)


class OfferedFinding(Labelled):
    """A finding to look for."""

    role = serializers.ChoiceField(ROLES)


class IndicationShown(Labelled):
    """A clinical situation and its question."""

    question = serializers.CharField()
    body_system = serializers.CharField()
    priority = serializers.CharField()
    settings = serializers.ListField(child=serializers.CharField())
    views = OfferedView(many=True)
    findings = OfferedFinding(many=True)
    draft = serializers.BooleanField()
