"""A scene on a device's screen, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anonymize.phantom.demo import DemoClip
from anonymize.phantom.devices import Device, devices
from anonymize.phantom.geometry import ScanConverter
from anonymize.phantom.scene import Scene, layout, pictures, scenes
from anonymize.phantom.screen import Labels, Screen, sized


@dataclass(frozen=True, slots=True)
class Loop:
    """One clip to be drawn; iterating gives its frames as (rows, columns, 3) uint8."""

    scene: Scene
    device: Device
    frames: int
    seed: int
    labels: Labels

    def __iter__(self) -> Iterator[np.ndarray]:
        screen = Screen(self.device, self.scene, self.converter, self.labels)
        for number, picture in enumerate(pictures(self.scene, self.frames, self.seed, self.device)):
            yield screen.show(picture, number / self.frames)

    @property
    def converter(self) -> ScanConverter:
        return layout(self.scene, self.device)[1]

    @property
    def frame_time_ms(self) -> float:
        return self.scene.frame_time_ms(max(self.frames, 25))


def loop(clip: DemoClip) -> Loop:
    """The loop of a clip of the demonstration, with its patient on the banner."""
    return Loop(scenes[clip.scene], clip.device, clip.frames, clip.seed, labels(clip))


def labels(clip: DemoClip) -> Labels:
    """What the clip's device writes about the patient."""
    born, studied = (day.strftime(clip.hospital.dates) for day in (clip.patient.born, clip.studied))
    name, sex = clip.patient.name.replace("^", ", "), clip.patient.sex[0].upper()
    who = [name, f"ID {clip.patient.number}", f"DOB {born} {sex}"]
    where = [clip.hospital.banner, f"Op {clip.patient.operator.replace('^', ' ')}"]
    return Labels(who=who, where=where, when=[studied, clip.studied_at.strftime("%H:%M:%S")])


def render_scene(
    name: str, *, frames: int, rows: int = 480, columns: int = 640, seed: int = 1, device: str | Device = "tiuque"
) -> np.ndarray:
    """A whole loop at once, (frames, rows, columns, 3) uint8; the banner carries no patient."""
    model = devices[device] if isinstance(device, str) else device
    drawn = Loop(scenes[name], sized(model, rows, columns), frames, seed, Labels(where=["SYNTHETIC"]))
    return np.stack(list(drawn))
