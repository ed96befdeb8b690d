"""Chest: pleural line, sliding, A-lines and B-lines, lung point, fluid and consolidation; lengths in mm."""

from __future__ import annotations

import numpy as np

from anonymize.phantom import parts, shapes
from anonymize.phantom.geometry import Floats
from anonymize.phantom.section import Section


def a_lines(s: Section) -> None:
    _linear_chest(s, sliding=np.ones_like(s.across), a_line=1.0)


def lung_no_sliding(s: Section) -> None:
    _linear_chest(s, sliding=np.zeros_like(s.across), a_line=1.5)


def lung_point(s: Section) -> None:
    """Left of a moving point the lung slides, right of it nothing moves."""
    point = 2 + 7 * s.wave() + 3 * s.vary[1]
    sliding = np.clip((point - s.x) / 1.0 + 0.5, 0, 1)
    _linear_chest(s, sliding=sliding, a_line=1.3)
    for number in range(2):
        place = point - 3.5 - 6.0 * number
        _b_line(s, place - s.x, 17.0, 0.8, 0.26, fade=18.0)


def _linear_chest(s: Section, sliding: Floats, a_line: float) -> None:
    """Bat sign: two ribs with their shadows and the pleural line between and below them."""
    pleura = 17.0 + s.vary[2]
    slide = 5.0 * s.wave()
    strands = s.mottle(3, scale=2.5, flat=6)
    s.level[:] = -3 + strands
    s.fill(6.5 - s.z, -8 + strands, soft=1)
    s.line(s.z - 6.5 + 0.3 * s.mottle(1), 2.0, 0.3)
    s.line(s.z - 9.5 + 0.3 * s.mottle(1, seed=2), 1.2, 0.3)
    s.fill(s.z - 1.0, 10, soft=0.8)
    depth = s.z - pleura + 0.25 * s.mottle(1)
    below = np.clip(depth + 0.5, 0, 1)
    s.move(slide * sliding * below, 0)
    fading = np.exp(-np.maximum(depth, 0) / np.float32(14))
    s.fill(-depth, -13 - 14 * (1 - fading) + s.mottle(1.5, scale=3), soft=0.4)
    grain = 1 + 0.45 * s.mottle(1, scale=4, seed=3)
    s.mirror += 11 * np.maximum(grain, 0.25) * np.exp(-((depth / np.float32(0.55)) ** 2))
    for number in (2, 3):
        echo = np.exp(-(((s.z - number * pleura) / np.float32(0.6)) ** 2))
        s.glow += np.float32(a_line * 0.85 / number**1.3) * echo * np.clip(1 - np.abs(s.across) * 0.9, 0, 1)
    for side in (-1, 1):
        rib = shapes.ellipse(s.x, s.z, (side * (18.5 + 0.8 * s.vary[3]), pleura - 2.0), (6.5, 4.0))
        _rib(s, rib)


def _rib(s: Section, shape: Floats) -> None:
    """Bone: bright front, and black behind it, also over what reverberates there."""
    behind = np.maximum.accumulate(shape < -0.4, axis=0)
    s.glow[behind] = 0
    s.mirror[behind] = 0
    s.level[behind] = -60
    s.front(shape, 7, 0.6)


def _b_line(s: Section, aside: Floats, start: float, width: float, strength: float, fade: float = 400.0) -> None:
    """A ray from the pleura to the bottom of the screen; `aside` is the distance from its middle in mm."""
    below = np.clip((s.range - start) / 2, 0, 1) * np.exp(-np.maximum(s.range - start, 0) / np.float32(fade))
    ripple = 1 + 0.35 * np.sin(s.range * np.float32(2.1))
    s.glow += np.float32(strength) * below * ripple * np.exp(-((aside / np.float32(width)) ** 2))


def b_lines_diffuse(s: Section) -> None:
    """Curved probe between ribs: many rays that ride on the sliding pleura, and no A-lines."""
    pleura = 21.0 + s.vary[2]
    slide = 0.07 * s.wave()
    parts.body_wall(s, pleura - 4)
    depth = s.range - pleura + 0.4 * s.mottle(1)
    s.move(8 * s.wave() * np.clip(depth, 0, 1), 0)
    s.fill(-depth, -17 - 0.10 * depth + s.mottle(2, scale=2), soft=0.6)
    grain = 1 + 0.4 * s.mottle(1, scale=3, seed=3)
    s.mirror += 9 * np.maximum(grain, 0.25) * np.exp(-((depth / np.float32(0.9)) ** 2))
    random = np.random.default_rng(int(abs(s.vary[1]) * 1e6))
    for place in np.linspace(-0.55, 0.55, 6) + random.uniform(-0.06, 0.06, 6):
        pulse = 0.65 + 0.25 * np.sin(2 * np.pi * (s.moment + random.uniform()))
        _b_line(s, s.across - np.float32(place + slide), pleura, random.uniform(0.022, 0.055), pulse)
    for side in (-1, 1):
        at = side * (36.0 + 2 * s.vary[3])
        rib = shapes.ellipse(s.x, s.z, (at, 12.5 - 55 + np.sqrt(55**2 - at**2) + 4), (7.5, 5.0), side * 32)
        _rib(s, rib)


def pleural_effusion_large(s: Section) -> None:
    """Black above the diaphragm down to the spine, with a tongue of collapsed lung floating in it."""
    dome = _base(s)
    chest = shapes.meet(-dome, s.z - 118)
    s.fluid(shapes.meet(chest, 15 - s.range) + 0.4 * s.mottle(1), loss=-0.05)
    sway = 5 * s.wave(1, 0.1)
    tongue = shapes.capsule(s.x, s.z, (-72, 40), (-38 + sway, 84 + 0.6 * sway), (19.0, 5.5)) + s.mottle(0.9)
    tongue = shapes.meet(tongue, -dome - 6, 15 - s.range)
    s.fill(tongue, -1 + s.mottle(2.5), soft=1)
    s.line(tongue, 3, 0.8)
    _bright_specks(s, tongue, 6)
    parts.spine(s, 122, -80, 30)
    _finish_base(s)


def pleural_effusion_small(s: Section) -> None:
    """A dark wedge in the angle between diaphragm, chest wall and the lung's edge that comes and goes."""
    dome = _base(s)
    chest = shapes.meet(-dome, s.z - 112)
    edge = -44 + 7 * s.wave() + 3 * s.vary[3]
    s.fluid(shapes.meet(chest, 15 - s.range) + 0.4 * s.mottle(1), loss=-0.02)
    parts.spine(s, 116, -70, 30)
    _air(s, shapes.meet(-dome - 3, s.x - edge + 0.35 * (s.z - 50) + s.mottle(1.2), 15 - s.range))
    _finish_base(s)


def pleural_base_normal(s: Section) -> None:
    """The curtain: aerated lung covers the liver with each breath; no fluid and no spine above the diaphragm."""
    dome = _base(s)
    edge = -12 + 14 * s.wave() + 3 * s.vary[3]
    parts.spine(s, 116, -4, 50)
    _air(s, shapes.meet(-dome, s.x - edge + 0.1 * (s.z - 30), 15 - s.range))
    _finish_base(s)


def lung_consolidation(s: Section) -> None:
    """Lung like liver with bright moving air, ending in a shredded border to aerated lung."""
    dome = _base(s)
    chest = shapes.meet(-dome - 2, 15 - s.range)
    border = s.x + 52 + 0.25 * (s.z - 60) + s.mottle(5, scale=1.6)
    s.fill(chest, -4 + s.mottle(2.2, scale=1.5), soft=1)
    _bright_specks(s, shapes.meet(chest + 4, -border + 4, s.z - 95), 14)
    for number in range(3):
        start = (-30.0 - 5 * number, 48.0 + 11 * number)
        twig = shapes.path(s.x, s.z, [start, (start[0] - 9, start[1] + 6), (start[0] - 13, start[1] + 14)], 0.8)
        s.fill(twig, 10 + 6 * s.wave(2, number / 3), soft=1)
    parts.spine(s, 112, -70, 30)
    _air(s, shapes.meet(chest, border))
    _finish_base(s)


def _base(s: Section) -> Floats:
    """Liver or spleen below a breathing diaphragm; gives the dome's distance, negative in the belly."""
    parts.breathe(s, 7, 2)
    parts.liver(s, 4)
    return parts.diaphragm(s, (58 + 4 * s.vary[1], 84), 80 + 2 * s.vary[2])


def _finish_base(s: Section) -> None:
    parts.body_wall(s, 15)


def _air(s: Section, shape: Floats) -> None:
    """Aerated lung: a bright front, then dirty shadow with faint repeats."""
    behind = np.maximum.accumulate(shape < 0, axis=0)
    first = np.argmax(shape < 0, axis=0)[None, :]
    under = np.where(behind, np.arange(shape.shape[0], dtype=np.float32)[:, None] - first, 0)
    s.level = np.where(behind, np.float32(-9) - under * np.float32(0.10) + s.mottle(2.5, scale=1.5), s.level)
    s.mirror = np.where(behind, 0, s.mirror)
    s.loss = np.where(behind, np.float32(0), s.loss)
    s.mirror += np.where(behind, 7 * np.exp(-((under / np.float32(2.6)) ** 2)), 0)


def _bright_specks(s: Section, shape: Floats, count: int) -> None:
    """Air in the bronchi: short bright dots inside a shape."""
    random = np.random.default_rng(int(abs(s.vary[4]) * 1e6))
    inside = shape < -2
    for x, z in zip(random.uniform(-70, -20, count), random.uniform(38, 95, count), strict=True):
        speck = shapes.ellipse(s.x, s.z, (float(x), float(z)), (1.8, 0.7), random.uniform(-40, 40))
        s.fill(np.where(inside, speck, np.float32(9)), 11, soft=1)
