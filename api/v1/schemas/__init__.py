"""Shapes of requests and answers: they check what comes in and describe both in the OpenAPI document."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.fields import empty

from imagebank.core.errors import Invalid


class Shape(serializers.Serializer[Any]):
    """Base of all shapes."""

    strict = False
    """Whether a field that is not known is refused."""

    def __init__(self, instance: Any = None, data: Any = empty, **kwargs: Any) -> None:
        super().__init__(instance, data, **kwargs)

    @classmethod
    def of(cls, data: Any, *, partial: bool = False) -> dict[str, Any]:
        """The checked data, with only what was given; Invalid names what is wrong."""
        shape = cls(data=data, partial=partial)
        shape.is_valid(raise_exception=True)
        return dict(shape.validated_data)

    def to_internal_value(self, data: Any) -> Any:
        if self.strict and isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise Invalid(errors=dict.fromkeys(sorted(unknown), "There is no such field, or it cannot be written."))
        return super().to_internal_value(data)


@extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
class Free(serializers.JSONField):
    """An object without a fixed shape, or null."""


@extend_schema_field({})
class Anything(serializers.JSONField):
    """Any JSON value, null as well."""


class Labelled(Shape):
    """A slug with its label in the reader's language."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


@cache
def paged(shape: type[Shape]) -> Any:
    """The shape of a list of `shape`: one component, however many addresses answer with it."""
    name = f"{shape.__name__}List"
    return inline_serializer(
        name,
        {
            "results": shape(many=True),
            "next": serializers.CharField(allow_null=True, help_text="Opaque; send it as `cursor`."),
            "previous": serializers.CharField(allow_null=True),
        },
    )
