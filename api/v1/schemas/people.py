"""Shapes of people, institutions, tokens and the node."""

from __future__ import annotations

from rest_framework import serializers

from imagebank.accounts.models import SCOPES

from . import Shape
from .exchange import HeadShown, NodeKeyShown


class MembershipShown(Shape):
    """Roles held in an institution."""

    institution = serializers.CharField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())


class MeShown(Shape):
    """Who calls, and with what rights."""

    id = serializers.UUIDField()
    email = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(["person", "service"])
    language = serializers.CharField()
    via = serializers.ChoiceField(["session", "token"])
    roles = serializers.ListField(child=serializers.CharField())
    memberships = MembershipShown(many=True)
    scopes = serializers.ListField(child=serializers.CharField(), allow_null=True)
    second_factor = serializers.BooleanField()
    accepted_terms = serializers.CharField()


class InstitutionNamed(Shape):
    """An institution that chose to be named."""

    slug = serializers.CharField()
    name = serializers.CharField()


class InstitutionShown(InstitutionNamed):
    """What an institution lets be known."""

    country = serializers.CharField()


class TokenShown(Shape):
    """A token without its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_on = serializers.DateField(allow_null=True)


class NewTokenShown(TokenShown):
    """A new token: the secret is told this once."""

    token = serializers.CharField(allow_null=True)


class TokenInput(Shape):
    """What a token is for."""

    strict = True
    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(child=serializers.ChoiceField(SCOPES), min_length=1)
    days = serializers.IntegerField(required=False, min_value=1, max_value=365)


class NodeShown(Shape):
    """This installation."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.CharField()
    epoch = serializers.UUIDField()
    head = HeadShown()
    version = serializers.CharField()
    demo = serializers.BooleanField()
    languages = serializers.ListField(child=serializers.CharField())
    vocabulary = serializers.IntegerField()
    keys = NodeKeyShown(many=True)
    limits = serializers.DictField(child=serializers.IntegerField())
