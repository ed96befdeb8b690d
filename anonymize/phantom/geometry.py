"""From beams to the screen: sample grids of the three probe shapes, and scan conversion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from anonymize.phantom.devices import ProbeKind

Floats = np.ndarray
"""float32."""

SAMPLES: Final = 420
BEAMS: Final = 176


@dataclass(frozen=True, slots=True)
class Probe:
    """`radius` of the face in mm (0: flat), `half_angle` in degrees, `width` of a flat face in mm."""

    kind: ProbeKind
    radius: float = 0.0
    half_angle: float = 0.0
    width: float = 0.0


PROBES: Final[dict[ProbeKind, Probe]] = {
    "convex": Probe("convex", radius=55.0, half_angle=34.0),
    "phased": Probe("phased", radius=4.0, half_angle=42.0),
    "linear": Probe("linear", width=42.0),
}


@dataclass(frozen=True, slots=True)
class Beams:
    """Where each sample lies; all arrays (SAMPLES, BEAMS), mm; x to the right, z down from the middle of the face."""

    probe: Probe
    depth: float
    x: Floats
    z: Floats
    range: Floats
    across: Floats
    """Position along the face, -1 .. 1."""


def beams(probe: Probe, depth: float) -> Beams:
    """The sample grid of a probe for a depth in mm."""
    along = np.linspace(0.0, depth, SAMPLES, dtype=np.float32)[:, None]
    across = np.linspace(-1.0, 1.0, BEAMS, dtype=np.float32)[None, :]
    reach = np.broadcast_to(along, (SAMPLES, BEAMS))
    side = np.broadcast_to(across, (SAMPLES, BEAMS))
    if probe.kind == "linear":
        return Beams(probe, depth, side * np.float32(probe.width / 2), reach, reach, side)
    angle = side * np.float32(np.deg2rad(probe.half_angle))
    x = (probe.radius + reach) * np.sin(angle)
    z = (probe.radius + reach) * np.cos(angle) - probe.radius
    return Beams(probe, depth, x.astype(np.float32), z.astype(np.float32), reach, side)


@dataclass(frozen=True, slots=True)
class ScanConverter:
    """Maps of beam and sample number for the pixels of a box; `box` = left, top, right, bottom on the screen."""

    box: tuple[int, int, int, int]
    mm_per_pixel: float
    map_beam: Floats
    map_sample: Floats
    inside: np.ndarray

    def convert(self, polar: np.ndarray) -> np.ndarray:
        """(SAMPLES, BEAMS) grey to (rows, columns) of the box; outside the sector 0."""
        picture = cv2.remap(polar, self.map_beam, self.map_sample, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.maximum(picture, 1) * self.inside


def scan_converter(probe: Probe, depth: float, room: tuple[int, int, int, int]) -> ScanConverter:
    """Fit the sector into the room of the screen, top middle, with square pixels."""
    half, top = _extent(probe, depth)
    left, upper, right, lower = room
    scale = max(2 * half / (right - left), (depth - top) / (lower - upper))
    columns, rows = int(2 * half / scale), int((depth - top) / scale)
    start = left + (right - left - columns) // 2
    x = (np.arange(columns, dtype=np.float32)[None, :] + 0.5) * scale - half
    z = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) * scale + top
    reach, side = _polar(probe, x, z)
    inside = (reach >= 0) & (reach <= depth) & (np.abs(side) <= 1)
    return ScanConverter(
        box=(start, upper, start + columns, upper + rows),
        mm_per_pixel=float(scale),
        map_beam=((side + 1) / 2 * (BEAMS - 1)).astype(np.float32),
        map_sample=(reach / depth * (SAMPLES - 1)).astype(np.float32),
        inside=inside,
    )


def _extent(probe: Probe, depth: float) -> tuple[float, float]:
    """Half width and uppermost z (mm) of the picture."""
    if probe.kind == "linear":
        return probe.width / 2, 0.0
    angle = np.deg2rad(probe.half_angle)
    return float((probe.radius + depth) * np.sin(angle)), float(probe.radius * (np.cos(angle) - 1))


def _polar(probe: Probe, x: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Range (mm) and place along the face (-1 .. 1) of points."""
    if probe.kind == "linear":
        ones = np.ones(np.broadcast_shapes(x.shape, z.shape), dtype=np.float32)
        return z * ones, x / (probe.width / 2) * ones
    angle = np.arctan2(x, z + probe.radius)
    return np.hypot(x, z + probe.radius) - probe.radius, angle / np.deg2rad(probe.half_angle)
