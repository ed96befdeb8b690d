"""Shapes of deposits and originals."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from . import Free, Shape

STATES = (
    "received, deidentifying, verifying, awaiting_confirmation, accepted, refused, held, failed, discarded or expired"
)


class OriginalShown(Shape):
    """A file of a deposit."""

    id = serializers.UUIDField()
    name_shown = serializers.CharField(help_text="A neutral label; the file's own name is not kept.")
    state = serializers.CharField(help_text=STATES)
    state_since = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    code = serializers.CharField()
    reason = serializers.CharField(help_text="The code in words.")
    clip = serializers.UUIDField(allow_null=True, help_text="Once a person has confirmed it.")
    duplicate_of = serializers.UUIDField(allow_null=True)
    preview = serializers.CharField(allow_null=True, help_text="Address of the before-picture.")
    preview_after = serializers.CharField(allow_null=True)
    report = Free(help_text="What was removed, by category; never the values.")


class UploadShown(Shape):
    """A file of which bytes are missing."""

    id = serializers.UUIDField(help_text="The original will have the same.")
    name_shown = serializers.CharField()
    offset = serializers.IntegerField(help_text="Bytes that have arrived.")
    length = serializers.IntegerField(help_text="Bytes of the whole file.")
    expires_at = serializers.DateTimeField()


class DepositShown(Shape):
    """A deposit with its files."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(["empty", "working", "waiting", "done"])
    institution = serializers.CharField()
    purpose = serializers.CharField()
    setting = serializers.CharField()
    licence = serializers.CharField()
    rights_attested = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    originals = OriginalShown(many=True)
    uploads = UploadShown(many=True)


class DepositInput(Shape):
    """What is said of a deposit; what is left out comes from the institution's policy."""

    rights = Free(required=False, help_text="legal_basis, consent_kind, uses, audience, licence ...")
    licence = serializers.CharField(required=False, allow_blank=True, max_length=60)
    consent_basis = serializers.CharField(required=False, allow_blank=True, max_length=40)
    purpose = serializers.ChoiceField(["bank", "own_learning"], required=False)
    setting = serializers.SlugField(required=False, allow_blank=True, max_length=40)


class DepositForm(DepositInput):
    """The same with files."""

    file = serializers.ListField(child=serializers.FileField(), required=False)


class AttestInput(Shape):
    """The rights that a person attests."""

    rights = Free(required=False)
    licence = serializers.CharField(required=False, max_length=60)
    consent_basis = serializers.CharField(required=False, max_length=40)


class ConfirmInput(Shape):
    """The answer to: is a face, skin mark, person or document seen?"""

    strict = True
    visible_features = serializers.BooleanField(required=False, default=False)


class Box(serializers.ListField):
    """[left, top, right, bottom] in pixels."""

    child = serializers.IntegerField(min_value=0, max_value=100_000)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=4, max_length=4, **kwargs)


class RetryInput(Shape):
    """With which policy a file is cleaned once more."""

    strict = True
    afresh = serializers.BooleanField(required=False, default=False)


class MaskInput(Shape):
    """What of the picture stays, and what is blanked inside."""

    strict = True
    keep = serializers.ListField(child=Box(), min_length=1, max_length=64)
    blank = serializers.ListField(child=Box(), max_length=64, required=False, default=list)
