"""The scenes by name, and the loop of a scene on a device's screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from anonymize.phantom import scenes_abdomen as abdomen
from anonymize.phantom import scenes_heart as heart
from anonymize.phantom import scenes_lung as lung
from anonymize.phantom import scenes_vessel as vessel
from anonymize.phantom.devices import Device, ProbeKind
from anonymize.phantom.geometry import PROBES, Beams, ScanConverter, beams, scan_converter
from anonymize.phantom.section import Section
from anonymize.phantom.texture import texture

Paint = Callable[[Section], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is under the probe, with which probe, how deep (mm), and how long one turn of its loop lasts (ms)."""

    name: str
    paint: Paint
    probe: ProbeKind
    depth: float
    loop_ms: float

    def frame_time_ms(self, frames: int) -> float:
        """Milliseconds between frames, to a hundredth."""
        return round(self.loop_ms / frames, 2)


_TABLE: Final[tuple[Scene, ...]] = (
    Scene("pleural-effusion-large", lung.pleural_effusion_large, "convex", 150, 2000),
    Scene("pleural-effusion-small", lung.pleural_effusion_small, "convex", 140, 2000),
    Scene("pleural-base-normal", lung.pleural_base_normal, "convex", 140, 2200),
    Scene("lung-consolidation", lung.lung_consolidation, "convex", 130, 2000),
    Scene("a-lines", lung.a_lines, "linear", 60, 1500),
    Scene("lung-no-sliding", lung.lung_no_sliding, "linear", 60, 1500),
    Scene("lung-point", lung.lung_point, "linear", 60, 1600),
    Scene("b-lines-diffuse", lung.b_lines_diffuse, "convex", 110, 1500),
    Scene("heart-subcostal-normal", heart.subcostal_normal, "phased", 165, 1650),
    Scene("pericardial-effusion", heart.pericardial_effusion, "phased", 165, 1300),
    Scene("heart-apical-normal", heart.apical_normal, "phased", 155, 1700),
    Scene("heart-apical-reduced", heart.apical_reduced, "phased", 165, 1400),
    Scene("heart-parasternal-normal", heart.parasternal_normal, "phased", 150, 1700),
    Scene("morison-normal", abdomen.morison_normal, "convex", 150, 2000),
    Scene("free-fluid-morison", abdomen.free_fluid_morison, "convex", 150, 2000),
    Scene("gallbladder-normal", abdomen.gallbladder_normal, "convex", 140, 2000),
    Scene("gallstone", abdomen.gallstone, "convex", 140, 2000),
    Scene("kidney-normal", abdomen.kidney_normal, "convex", 140, 2000),
    Scene("hydronephrosis", abdomen.hydronephrosis, "convex", 140, 2000),
    Scene("bladder-normal", abdomen.bladder_normal, "convex", 150, 2000),
    Scene("bladder-distended", abdomen.bladder_distended, "convex", 170, 2000),
    Scene("aorta-normal", abdomen.aorta_normal, "convex", 130, 1700),
    Scene("aorta-aneurysm", abdomen.aorta_aneurysm, "convex", 140, 1700),
    Scene("ivc-collapsed", vessel.ivc_collapsed, "convex", 140, 2400),
    Scene("ivc-normal", vessel.ivc_normal, "convex", 140, 2400),
    Scene("ivc-plethoric", vessel.ivc_plethoric, "convex", 140, 2000),
    Scene("vein-compressible", vessel.vein_compressible, "linear", 40, 2400),
    Scene("dvt-femoral", vessel.dvt_femoral, "linear", 40, 2400),
)

scenes: Final[dict[str, Scene]] = {scene.name: scene for scene in _TABLE}


def pictures(scene: Scene, frames: int, seed: int, device: Device) -> Iterator[np.ndarray]:
    """Each frame's sector as (rows, columns) grey of the converter's box, one at a time."""
    grid, converter = layout(scene, device)
    field = texture(seed, scene.depth / 400)
    for frame in range(frames):
        section = Section(grid, field, seed, frame / frames)
        scene.paint(section)
        yield converter.convert(section.grey(frame, device.dynamic_range_db))


def layout(scene: Scene, device: Device) -> tuple[Beams, ScanConverter]:
    """The beams of a scene's probe and where the device shows them."""
    probe = PROBES[scene.probe]
    return beams(probe, scene.depth), scan_converter(probe, scene.depth, device.picture)
