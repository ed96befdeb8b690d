"""Signed distances in mm, negative inside; all take coordinate arrays and give an array of the same shape."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from anonymize.phantom.geometry import Floats

Point = tuple[float, float]


def turned(x: Floats, z: Floats, at: Point, degrees: float) -> tuple[Floats, Floats]:
    """Coordinates in a frame that sits at a point and is turned clockwise on the screen."""
    angle = np.deg2rad(degrees)
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    dx, dz = x - np.float32(at[0]), z - np.float32(at[1])
    return dx * cosine + dz * sine, dz * cosine - dx * sine


def ellipse(x: Floats, z: Floats, at: Point, half: Point, degrees: float = 0.0) -> Floats:
    """Near enough for drawing: exact on the edge and on circles; very flat ones are held to their bounding box."""
    u, v = turned(x, z, at, degrees)
    a, b = np.float32(max(half[0], 0.05)), np.float32(max(half[1], 0.05))
    unit = np.sqrt((u / a) ** 2 + (v / b) ** 2)
    slope = np.sqrt((u / a**2) ** 2 + (v / b**2) ** 2)
    near = unit * (unit - 1) / np.maximum(slope, np.float32(1e-4))
    return near if b > 0.2 * a else np.maximum(near, np.maximum(np.abs(u) - a, np.abs(v) - b))


def capsule(x: Floats, z: Floats, start: Point, end: Point, radii: Point) -> Floats:
    """A rod with round ends, its radius running from radii[0] to radii[1]."""
    dx, dz = np.float32(end[0] - start[0]), np.float32(end[1] - start[1])
    px, pz = x - np.float32(start[0]), z - np.float32(start[1])
    along = np.clip((px * dx + pz * dz) / (dx * dx + dz * dz), 0, 1)
    return np.hypot(px - along * dx, pz - along * dz) - (radii[0] + along * np.float32(radii[1] - radii[0]))


def path(x: Floats, z: Floats, points: Sequence[Point], radius: float) -> Floats:
    """A bent rod of one radius."""
    parts = [capsule(x, z, a, b, (radius, radius)) for a, b in pairwise(points)]
    return join(*parts)


def curve(x: Floats, z: Floats, points: Sequence[Point]) -> Floats:
    """Height over a curve given by points with rising x: positive below it on the screen."""
    px, pz = zip(*points, strict=True)
    grid = np.linspace(px[0], px[-1], 64)
    smooth = np.convolve(np.pad(np.interp(grid, px, pz), 4, mode="edge"), np.ones(9) / 9, mode="valid")
    return z - np.interp(x, grid, smooth).astype(np.float32)


def join(*parts: Floats) -> Floats:
    """Union."""
    return np.minimum.reduce(parts)


def meet(*parts: Floats) -> Floats:
    """Intersection."""
    return np.maximum.reduce(parts)


def melt(first: Floats, second: Floats, size: float) -> Floats:
    """Union with a rounded seam; `size` in mm."""
    blend = np.maximum(np.float32(size) - np.abs(first - second), 0) / np.float32(size)
    return np.minimum(first, second) - blend * blend * np.float32(size / 4)
