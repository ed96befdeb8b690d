"""Shapes of tagging many cases at once."""

from __future__ import annotations

from rest_framework import serializers

from . import Free, Shape
from .cases import CaseInput


class CaseTags(CaseInput):
    """What is changed of one case; everything but its id may be left out."""

    strict = True
    id = serializers.UUIDField()

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name == "id"
        return fields


class TagsInput(Shape):
    """Changes of many cases."""

    strict = True
    cases = serializers.ListField(child=CaseTags(), min_length=1, max_length=100)


class TagShown(Shape):
    """What came of one change."""

    id = serializers.UUIDField()
    status = serializers.IntegerField()
    problem = Free(help_text="As of any error; null where the change was made.")


class TaggedShown(Shape):
    """What came of each, in the order of the request."""

    results = TagShown(many=True)
