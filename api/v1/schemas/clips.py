"""Shapes of clips."""

from __future__ import annotations

from rest_framework import serializers

from . import Shape


class ClipShown(Shape):
    """A clip: what it shows technically, and the addresses of its media (null where there is none)."""

    id = serializers.UUIDField()
    view = serializers.CharField(allow_null=True)
    view_label = serializers.CharField()
    kind = serializers.ChoiceField(["cine", "still"])
    mode = serializers.CharField()
    frames = serializers.IntegerField(help_text="Numbered from 1.")
    fps = serializers.FloatField(allow_null=True)
    frame_times = serializers.ListField(
        child=serializers.FloatField(), help_text="Milliseconds of each frame after the first."
    )
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    pixel_spacing_mm = serializers.FloatField(allow_null=True)
    depth_mm = serializers.FloatField(allow_null=True)
    vendor = serializers.CharField()
    model = serializers.CharField()
    probe = serializers.CharField()
    laterality = serializers.CharField()
    quality = serializers.IntegerField(allow_null=True, help_text="1 to 5.")
    playback = serializers.CharField(allow_null=True)
    small = serializers.CharField(allow_null=True)
    poster = serializers.CharField(allow_null=True)
    dicom = serializers.CharField(allow_null=True)
    frame = serializers.CharField(allow_null=True, help_text="With `{n}` for the number of the frame.")
