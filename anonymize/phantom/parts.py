"""Pieces of anatomy that many scenes share."""

from __future__ import annotations

import numpy as np

from anonymize.phantom import shapes
from anonymize.phantom.geometry import Floats
from anonymize.phantom.section import Section
from anonymize.phantom.shapes import Point


def body_wall(s: Section, thickness: float) -> None:
    """Skin, fat with strands and muscle with fascia, parallel to the probe's face; mm."""
    strands = s.mottle(3.5, scale=2.5, flat=5)
    s.fill(s.range - thickness, strands - 7, soft=1)
    s.fill(s.range - 0.5 * thickness, strands - 2, soft=1)
    s.line(s.range - 0.5 * thickness + 0.4 * s.mottle(1), 2.5, 0.5)
    s.line(s.range - thickness + 0.4 * s.mottle(1, seed=1), 2.5, 0.5)
    s.fill(s.range - 1.6, 10, soft=1.2)


def liver(s: Section, vessels: int = 5) -> None:
    """Even, fine parenchyma filling the whole slice, with vessels at random."""
    s.level[:] = s.mottle(1.8) - 1
    random = np.random.default_rng(int(abs(s.vary[0]) * 1e6))
    for _ in range(vessels):
        x, z, turn, length = random.uniform((-60, 35, -1.2, 8), (45, 110, 1.2, 22))
        end = (x + length * np.cos(turn), z + length * np.sin(turn))
        vein(s, (x, z), end, (2.4, 0.6), walled=random.random() < 0.5)


def vein(s: Section, start: Point, end: Point, radii: Point, *, walled: bool) -> None:
    """A liver vessel; portal branches have bright walls, hepatic veins have none."""
    shape = shapes.capsule(s.x, s.z, start, end, radii)
    if walled:
        s.fill(shape - 1.4, 7, soft=1.5)
    s.fluid(shape, loss=-0.02, soft=1.4)


def gas(s: Section, at: Point, half: Point, turn: float = 0.0) -> None:
    """Bowel gas or lung edge: a bright ragged front with a dirty shadow."""
    shape = shapes.ellipse(s.x, s.z, at, half, turn) + s.mottle(1.2, scale=2)
    s.fill(shape, -8 + s.mottle(3), loss=0.55)
    s.front(shape, 6, 1.1)


def bone(s: Section, shape: Floats, gain: float = 9.0) -> None:
    """A bright front and nothing behind it."""
    s.fill(shape, -30, loss=2.4, soft=0.8)
    s.front(shape, gain, 0.9)


def spine(s: Section, depth: float, start: float, end: float, size: float = 27.0) -> None:
    """The fronts of the vertebral bodies between two x: unequal, tilted bright arcs with gaps for the discs; mm."""
    random = np.random.default_rng(int(abs(s.vary[7]) * 1e6))
    for x in np.arange(start, end, size):
        at = (float(x) + size / 2 + random.uniform(-2.5, 2.5), depth + 12 + random.uniform(-2.5, 2.5))
        half = (size * random.uniform(0.36, 0.5), random.uniform(9.0, 13.0))
        shape = shapes.ellipse(s.x, s.z, at, half, random.uniform(-12, 12)) + s.mottle(0.9, scale=1.3)
        bone(s, shape, random.uniform(2.5, 6.5))


def diaphragm(s: Section, at: Point, radius: float) -> Floats:
    """The dome as a circle with the belly inside; gives the distance, negative in the belly."""
    shape = shapes.ellipse(s.x, s.z, at, (radius, radius)) + s.mottle(0.5)
    s.line(shape, 8, 0.9)
    s.line(shape + 3, 1.5, 0.8)
    return shape


def kidney(s: Section, at: Point, half: Point, turn: float, *, pyramids: bool = True) -> Floats:
    """Capsule, cortex, pyramids and the bright sinus; gives the distance to the capsule."""
    outline = shapes.ellipse(s.x, s.z, at, half, turn) + s.mottle(0.5)
    s.fill(outline - 2.5, 4 + s.mottle(2, flat=2), soft=2)
    s.fill(outline, -4 + s.mottle(1.4), soft=0.8)
    s.line(outline, 3.5, 0.7)
    if pyramids:
        for point in around(at, (half[0] * 0.66, half[1] * 0.62), turn, 10):
            s.fill(shapes.ellipse(s.x, s.z, point, (5.0, 4.2), turn), -9 + s.mottle(1), soft=2.5)
    sinus = shapes.ellipse(s.x, s.z, at, (half[0] * 0.56, half[1] * 0.4), turn) + s.mottle(2.2, scale=1.4)
    s.fill(sinus, 6 + s.mottle(3, scale=1.5), soft=2.5)
    return outline


def around(at: Point, half: Point, turn: float, count: int) -> list[Point]:
    """Points on an ellipse, evenly by angle."""
    angles = np.arange(count) * 2 * np.pi / count + 0.3
    tilt = np.deg2rad(turn)
    u, v = half[0] * np.cos(angles), half[1] * np.sin(angles)
    xs, zs = at[0] + u * np.cos(tilt) - v * np.sin(tilt), at[1] + u * np.sin(tilt) + v * np.cos(tilt)
    return [(float(x), float(z)) for x, z in zip(xs, zs, strict=True)]


def breathe(s: Section, right: float, down: float, from_range: float = 12.0) -> None:
    """Move everything below the body wall with one breath a loop; mm at the peak."""
    held = np.clip((s.range - from_range) / 15, 0, 1)
    s.move(right * s.wave() * held, down * s.wave() * held)


def haze(s: Section, level: float, reach: float) -> None:
    """Reverberation clutter below the probe, as in the near part of a full bladder; amplitude, mm."""
    s.glow += np.float32(level) * np.exp(-s.range / np.float32(reach))
