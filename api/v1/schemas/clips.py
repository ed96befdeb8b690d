"""Shapes of clips."""

from __future__ import annotations

from rest_framework import serializers

from . import Shape


class AxisShown(Shape):
    """What one pixel stands for on an axis; null where the object does not say."""

    unit = serializers.CharField(allow_null=True, help_text="cm, s, cm/s, Hz ...")
    delta = serializers.FloatField(allow_null=True)


class RegionShown(Shape):
    """A part of the picture with a scale of its own (PS3.3 C.8.5.5)."""

    box = serializers.ListField(
        child=serializers.IntegerField(), help_text="[left, top, right, bottom] in pixels of the frame."
    )
    x = AxisShown()
    y = AxisShown()


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
    regions = RegionShown(many=True, help_text="For measuring; none where the object has no calibration.")
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
