"""Shapes of personal lists and of the copy of one's data."""

from __future__ import annotations

from rest_framework import serializers

from . import Shape


class ListInput(Shape):
    """A new list."""

    strict = True
    name = serializers.CharField(max_length=80)


class ListChange(ListInput):
    """What can be changed of a list."""

    strict = True
    shared = serializers.BooleanField()


class ListCaseInput(Shape):
    """A case to put on a list."""

    strict = True
    case = serializers.UUIDField()


class ListShown(Shape):
    """A list of one's own."""

    id = serializers.UUIDField()
    name = serializers.CharField(help_text="Empty for the list of starred cases.")
    starred = serializers.BooleanField()
    size = serializers.IntegerField()
    shared = serializers.CharField(allow_null=True, help_text="Path of its page for others; null: private.")


class ListContent(ListShown):
    """A list with its cases."""

    cases = serializers.ListField(child=serializers.UUIDField())
    gaps = serializers.IntegerField(help_text="Saved cases that the caller may not see any more.")


class ExportShown(Shape):
    """Where the copy of one's data stands."""

    asked_at = serializers.DateTimeField()
    made_at = serializers.DateTimeField(allow_null=True)
