"""Shapes of the reviewer's queue."""

from __future__ import annotations

from rest_framework import serializers

from . import Shape
from .cases import CaseShown


class WaitingShown(Shape):
    """A case that waits for a reading, as its reader sees it."""

    id = serializers.UUIDField()
    revision = serializers.IntegerField()
    since = serializers.DateTimeField(help_text="When it was handed in, or when the caller took it.")
    taken = serializers.BooleanField(help_text="Whether the caller is reading it now; what others read is not listed.")
    case = CaseShown()


class TakeInput(Shape):
    """Which case to read."""

    strict = True
    case = serializers.UUIDField(required=False, help_text="Left out: the one that has waited longest.")
