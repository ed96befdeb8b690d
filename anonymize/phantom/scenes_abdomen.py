"""Abdomen: Morison's pouch, gallbladder, kidney, bladder, aorta. Curved probe; lengths in mm."""

from __future__ import annotations

import numpy as np

from anonymize.phantom import parts, shapes
from anonymize.phantom.geometry import Floats
from anonymize.phantom.section import Section


def morison_normal(s: Section) -> None:
    _right_upper_quadrant(s)


def free_fluid_morison(s: Section) -> None:
    _right_upper_quadrant(s, fluid=9 + 3 * s.vary[3])


def _right_upper_quadrant(s: Section, fluid: float = 0.0) -> None:
    """Liver above, kidney below right, diaphragm to the left; fluid lies as a wedge between liver and kidney."""
    parts.breathe(s, 6, 2)
    parts.liver(s)
    dome = parts.diaphragm(s, (28 + 4 * s.vary[1], 80), 88)
    s.fill(-dome, -5 + s.mottle(2), loss=0.12)
    at, half, turn = (28 + 5 * s.vary[2], 84.0), (48.0, 22.0), 24.0
    s.fill(shapes.ellipse(s.x, s.z, (25, 140), (130, 38)), -6 + s.mottle(3, flat=4), soft=4)
    if fluid:
        _pouch(s, at, half, turn, fluid)
    kidney = parts.kidney(s, at, half, turn)
    if fluid:
        s.line(kidney, 4, 0.7)
    parts.spine(s, 132, -40, 30)
    parts.body_wall(s, 16)
    _rib_shadow(s, -0.45)


def _pouch(s: Section, at: shapes.Point, half: shapes.Point, turn: float, fluid: float) -> None:
    u, v = shapes.turned(s.x, s.z, at, turn)
    thick = np.clip(fluid * (0.85 + u / 60), 1.5, fluid * 1.3)
    gap = shapes.ellipse(s.x, s.z, at, half, turn)
    stripe = shapes.meet(gap - thick, v + 2, -u - half[0] * 0.9)
    s.fluid(stripe + s.mottle(0.5), loss=-0.1, soft=0.9)


def _rib_shadow(s: Section, across: float) -> None:
    """The soft stripe that a rib throws over an intercostal picture."""
    s.level -= 9 * np.exp(-(((s.across - np.float32(across)) / np.float32(0.07)) ** 2))


def gallbladder_normal(s: Section) -> None:
    _gallbladder(s)


def gallstone(s: Section) -> None:
    _gallbladder(s)
    for number in range(1 + int(s.vary[4] > -0.3)):
        radius = 5.2 + s.vary[5] - 1.8 * number
        place = (-13.0 + 9 * s.vary[6] + 15 * number, 72.5 - 6.0 * number - 2.2 * s.vary[6])
        stone = shapes.ellipse(s.x, s.z, place, (radius * 1.15, radius))
        parts.bone(s, stone, 10)
        s.front(stone + 1.0, 9, 1.2)


def _gallbladder(s: Section) -> None:
    parts.breathe(s, 5, 3)
    parts.liver(s)
    bed = shapes.curve(s.x, s.z, [(-90, 98), (-35, 92), (10, 76), (50, 62), (100, 60)])
    s.fill(-bed, -4 + s.mottle(3.5, flat=2), loss=0.05, soft=3)
    shape = shapes.capsule(s.x, s.z, (-34, 74), (18, 54 + 2 * s.vary[1]), (6.0, 15.0 + 2 * s.vary[2])) + s.mottle(0.35)
    s.fill(shape - 2.4, 5 + s.mottle(1), soft=1.2)
    s.fluid(shape, loss=-0.16)
    s.line(shape, 4.5, 0.7)
    s.fill(shapes.path(s.x, s.z, [(-34, 74), (-44, 80), (-50, 78)], 2.6), -30, soft=1.5)
    parts.gas(s, (52, 82), (20, 12), -15)
    parts.spine(s, 128, -45, 5)
    parts.body_wall(s, 14)


def kidney_normal(s: Section) -> None:
    _kidney(s)


def hydronephrosis(s: Section) -> None:
    """Moderate: a dilated pelvis with blunt calyces that join it, like a bear's paw."""
    _kidney(s)
    at, turn = _PLACE, 6.0
    size = 1.0 + 0.15 * s.vary[3]
    pelvis = shapes.ellipse(s.x, s.z, at, (19 * size, 9.5 * size), turn)
    for point in parts.around(at, (30, 13.0), turn, 7):
        calyx = shapes.ellipse(s.x, s.z, point, (6.6 * size, 6.0 * size))
        pelvis = shapes.melt(pelvis, calyx, 9)
    ureter = shapes.path(s.x, s.z, [at, (at[0] + 6, at[1] + 22), (at[0] + 22, at[1] + 38)], 3.2)
    shape = shapes.join(pelvis, ureter) + s.mottle(0.6)
    s.fill(shape - 1.2, 4, soft=1.5)
    s.fluid(shape, loss=-0.1, soft=1.0)


_PLACE = (2.0, 76.0)


def _kidney(s: Section) -> None:
    parts.breathe(s, 8, 1)
    parts.liver(s, 3)
    s.fill(-shapes.curve(s.x, s.z, [(-100, 78), (0, 66), (100, 82)]), -4 + s.mottle(3, flat=3), soft=3)
    half = (54.0 + 3 * s.vary[1], 25.0 + 2 * s.vary[2])
    parts.kidney(s, _PLACE, half, 6.0)
    s.fill(-shapes.curve(s.x, s.z, [(-100, 116), (0, 110), (100, 124)]), -5 + s.mottle(3.5, flat=5), soft=2)
    parts.spine(s, 134, -60, 60)
    parts.body_wall(s, 17)
    _rib_shadow(s, 0.62)


def bladder_normal(s: Section) -> None:
    _bladder(s, (30.0 + 3 * s.vary[1], 19.0), 58.0)


def bladder_distended(s: Section) -> None:
    _bladder(s, (60.0 + 4 * s.vary[1], 41.0 + 3 * s.vary[2]), 72.0)


def _bladder(s: Section, half: shapes.Point, depth: float) -> None:
    """Transverse above the pubis: a rounded box of urine with the prostate or cervix behind it."""
    parts.breathe(s, 1.0, 2.0)
    s.level[:] = -3 + s.mottle(3.5, flat=2)
    shape = _rounded(s, (0.0, depth), half)
    s.fill(shape - 4, -8 + s.mottle(1), soft=1.5)
    s.fluid(shape, loss=-0.1, soft=0.8)
    s.line(shape, 4, 0.7)
    below = depth + half[1]
    gland = shapes.ellipse(s.x, s.z, (3 * s.vary[3], below + 17), (22, 13)) + s.mottle(0.8)
    s.fill(gland, -6 + s.mottle(2), soft=1.2)
    s.line(gland, 1.2, 0.8)
    parts.gas(s, (4, below + 44), (24, 9))
    parts.gas(s, (-half[0] - 30, depth + 10), (14, 18))
    parts.gas(s, (half[0] + 32, depth + 4), (15, 16))
    parts.haze(s, 0.10, 22)
    parts.body_wall(s, 15)


def _rounded(s: Section, at: shapes.Point, half: shapes.Point) -> Floats:
    u, v = np.abs(s.x - at[0]) / half[0], np.abs(s.z - at[1]) / half[1]
    return ((u**2.6 + v**2.6) ** np.float32(1 / 2.6) - 1) * np.float32(min(half)) + s.mottle(0.6)


def aorta_normal(s: Section) -> None:
    _aorta(s, lumen=8.5 + 0.7 * s.vary[1], wall=0.0)


def aorta_aneurysm(s: Section) -> None:
    _aorta(s, lumen=16.0 + 2 * s.vary[1], wall=10.0 + 2 * s.vary[2])


def _aorta(s: Section, lumen: float, wall: float) -> None:
    """Transverse: the aorta in front of the vertebra, the cava beside it; `wall` is clot inside an aneurysm."""
    parts.breathe(s, 0.5, 1.5)
    beat = max(0.0, s.wave(2))
    s.level[:] = -3 + s.mottle(3.2, flat=1.6)
    s.fill(shapes.ellipse(s.x, s.z, (-42, 32), (60, 26), 8), -1 + s.mottle(1.2), soft=2)
    size = lumen + wall + 0.6 * beat
    front = 98.0 + wall
    at = (9.0 + 2 * s.vary[3], front - size - 3)
    parts.bone(s, shapes.ellipse(s.x, s.z, (0, front + 17), (24, 17)), 8)
    s.fluid(shapes.ellipse(s.x, s.z, (-22 - wall, front - 12), (11, 6 + s.wave())), loss=0.0)
    s.fluid(shapes.ellipse(s.x, s.z, (at[0] - 2, at[1] - size - 10), (3.2, 3.2)), loss=0.0)
    outer = shapes.ellipse(s.x, s.z, at, (size * 1.06, size)) + s.mottle(0.3)
    s.fill(outer - 1.6, 6, soft=1.2)
    s.line(outer, 5, 0.8)
    s.fill(outer, -17 + s.mottle(1.5), soft=0.8)
    inner = shapes.ellipse(s.x, s.z, (at[0] + 0.35 * wall, at[1] - 0.25 * wall), (lumen + beat, lumen + beat))
    s.fluid(inner + s.mottle(0.4 if wall else 0.1), loss=-0.04)
    parts.gas(s, (58, 52), (18, 12), 20)
    parts.haze(s, 0.05, 20)
    parts.body_wall(s, 14)
