"""Synthetic ultrasound for the demonstration and the tests: no picture, name or number in it belongs to anybody."""

from anonymize.phantom.clip import render_scene
from anonymize.phantom.demo import DemoClip, demo_clips
from anonymize.phantom.scene import Scene, scenes
from anonymize.phantom.write import write_clip

__all__ = ["DemoClip", "Scene", "demo_clips", "render_scene", "scenes", "write_clip"]
