"""Shapes of the audit trail."""

from __future__ import annotations

from rest_framework import serializers

from . import Shape


class ActShown(Shape):
    """One act. Who did it is told as far as the reader may know it."""

    id = serializers.UUIDField()
    seq = serializers.IntegerField(allow_null=True, help_text="Its link of the chain; null until it is chained.")
    at = serializers.DateTimeField()
    event = serializers.CharField()
    object_type = serializers.CharField()
    object_id = serializers.UUIDField()
    before = serializers.CharField(help_text="State before, where there is one.")
    after = serializers.CharField()
    reason = serializers.CharField(help_text="A code.")
    via = serializers.CharField(help_text="session, token, command or system.")
    own = serializers.BooleanField(help_text="Whether it was the caller.")
    who = serializers.CharField(help_text="A name, or empty where only the roles are told.")
    roles = serializers.ListField(child=serializers.CharField())
