"""Shapes of the small tables."""

from __future__ import annotations

from rest_framework import serializers

from . import Labelled, Shape


class TableShown(Labelled):
    """A table; its label is English."""

    count = serializers.IntegerField()


class TermShown(Labelled):
    """A row of a table."""

    definition = serializers.CharField(help_text="English; empty where nothing is said.")
    retired = serializers.BooleanField()
    successor = serializers.CharField(allow_null=True, help_text="The term to use instead of a retired one.")
    draft = serializers.BooleanField(help_text="Not yet read by a clinician and a translator.")


class ClauseShown(Shape):
    """A paragraph of the text of a licence."""

    number = serializers.IntegerField()
    heading = serializers.CharField()
    text = serializers.CharField()


class OneTermShown(TermShown):
    """A row by its address."""

    text = ClauseShown(many=True, help_text="Of a licence that the bank ships; a draft for counsel.")


class ProblemShown(Labelled):
    """A code; its label is the sentence."""

    type = serializers.CharField(help_text="Address of its page.")
