"""Heart: four chambers from below the ribs and from the apex, and the parasternal long axis; lengths in mm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anonymize.phantom import parts, shapes
from anonymize.phantom.geometry import Floats
from anonymize.phantom.section import Section


@dataclass(frozen=True, slots=True)
class FourChambers:
    """Where the heart lies (middle of the valve plane; degrees from base to apex) and how it beats."""

    at: shapes.Point
    turn: float
    flip: int = 1
    """1: left ventricle clockwise of the axis; -1: the other way."""
    squeeze: float = 0.3
    """Part of the left ventricle's half width that goes in systole."""
    width: float = 19.0
    """Half width of the left ventricle at rest."""
    effusion: float = 0.0


def contraction(s: Section) -> float:
    """0 in diastole to 1 at the end of systole, one beat a loop."""
    phase = s.moment % 1
    if phase < 0.35:
        return float(0.5 - 0.5 * np.cos(np.pi * phase / 0.35))
    return float(max(0.0, 0.5 + 0.5 * np.cos(np.pi * (phase - 0.35) / 0.22))) if phase < 0.57 else 0.0


def subcostal_normal(s: Section) -> None:
    _subcostal(s, FourChambers((-14, 86), 18 + 3 * s.vary[1], flip=1))


def pericardial_effusion(s: Section) -> None:
    swing = 3.5 * s.wave()
    size = 13 + 3 * s.vary[2]
    _subcostal(s, FourChambers((-14 + swing, 94 + 0.6 * swing), 18 + swing, effusion=size, squeeze=0.34, width=16))


def _subcostal(s: Section, heart: FourChambers) -> None:
    s.level[:] = s.mottle(2.5) - 7
    surface = shapes.curve(s.x, s.z, [(-120, 62), (-30, 52), (20, 40), (80, 34), (140, 30)])
    s.fill(surface, s.mottle(1.3) - 1, soft=2)
    for start, end in (((-30.0, 26.0), (-14.0, 42.0)), ((8.0, 22.0), (16.0, 33.0))):
        s.fluid(shapes.capsule(s.x, s.z, start, end, (1.6, 2.2)), loss=0, soft=1.4)
    s.line(surface - 2, 4, 0.9)
    _four_chambers(s, heart)
    s.fill(s.range - 9, -2 + s.mottle(3, flat=4), soft=3)
    parts.haze(s, 0.25, 10)


def apical_normal(s: Section) -> None:
    _apical(s, FourChambers((1, 97), -90 + 3 * s.vary[1], flip=1, squeeze=0.32))


def apical_reduced(s: Section) -> None:
    _apical(s, FourChambers((-7, 106), -90 + 3 * s.vary[1], flip=1, squeeze=0.07, width=26))


def _apical(s: Section, heart: FourChambers) -> None:
    s.level[:] = s.mottle(2.5) - 15
    _four_chambers(s, heart)
    s.fill(s.range - 12, -3 + s.mottle(3, flat=4), soft=5)
    parts.haze(s, 0.22, 16)


def _four_chambers(s: Section, heart: FourChambers) -> None:
    """Chambers cut out of one muscle; the valve plane moves towards the apex in systole."""
    beat = contraction(s)
    u, v = shapes.turned(s.x, s.z, heart.at, heart.turn)
    v = v * heart.flip
    wide = heart.width
    septum = 4.5
    plane = 13.0 * beat * min(1.0, heart.squeeze * 3.3)
    lv = shapes.ellipse(u, v, (30 + plane / 2, septum + wide), (42 - plane / 2, wide * (1 - heart.squeeze * beat)))
    rv = shapes.ellipse(u, v, (26 + plane / 2, -septum - 11), (36 - plane / 2, 12.5 * (1 - 0.24 * beat)), 4)
    la = shapes.ellipse(u, v, (-22 + plane / 2, septum + 15), (19 + plane / 3, 15 + 2.5 * beat))
    ra = shapes.ellipse(u, v, (-21 + plane / 2, -septum - 14), (18 + plane / 3, 14.5 + 2.5 * beat))
    rugged = s.mottle(0.7, scale=1.5)
    wall = 8.5 + 2.5 * beat
    ventricles = shapes.melt(lv - wall, rv - 4.5 - beat, 22)
    muscle = shapes.melt(ventricles, shapes.join(la, ra) - 3.0, 8) + s.mottle(0.4)
    _pericardium(s, muscle, ventricles, heart.effusion)
    s.fill(muscle, -5 + s.mottle(2, scale=1.6, flat=1.4), soft=1.2)
    s.line(muscle, 2.5, 0.7)
    for side in ((lv, la), (rv, ra)):
        shape = shapes.join(*side) + rugged
        s.fluid(shape, loss=-0.02, soft=1.8)
        s.line(shape, 1.6, 0.7)
    _valve(s, u, v, (plane - 1, septum + wide - 3), 13.5 * (wide / 19), s.moment)
    _valve(s, u, v, (plane + 2, -septum - 12), 11.0, s.moment)


def _pericardium(s: Section, muscle: Floats, ventricles: Floats, effusion: float) -> None:
    """The bright sac; what fills it is widest around the ventricles."""
    if effusion:
        sac = shapes.join(ventricles - effusion, muscle - 3.5) + s.mottle(0.6)
        s.fill(sac - 2.5, 5 + s.mottle(2), soft=2)
        s.line(sac, 6, 0.9)
        s.fluid(sac, loss=-0.03, soft=1.0)
    else:
        s.fill(muscle - 2.2, 5 + s.mottle(2), soft=1.6)
        s.line(muscle - 1.2, 4, 0.9)


def _valve(s: Section, u: Floats, v: Floats, at: shapes.Point, half: float, moment: float) -> None:
    """Two leaflets hinged at the ring: closed in systole, open twice in diastole."""
    phase = moment % 1
    swing = np.exp(-(((phase - 0.62) / 0.07) ** 2)) + 0.6 * np.exp(-(((phase - 0.92) / 0.05) ** 2))
    angle = np.deg2rad(12 + 62 * min(1.0, float(swing)))
    for side, length in ((-1, 1.05), (1, 0.8)):
        hinge = (at[0], at[1] + side * half)
        tip = (at[0] + length * half * np.sin(angle), hinge[1] - side * length * half * np.cos(angle))
        s.fill(shapes.capsule(u, v, hinge, (float(tip[0]), float(tip[1])), (1.3, 0.8)), 4, soft=1.0)


def parasternal_normal(s: Section) -> None:
    """Long axis: right ventricle in front, aortic root and left atrium to the right, apex to the left."""
    beat = contraction(s)
    s.level[:] = s.mottle(2.5) - 13
    u, v = shapes.turned(s.x, s.z, (0, 74 + s.vary[1]), -7)
    lv = shapes.ellipse(u, v, (-27, 3), (42 - 4 * beat, 23.5 * (1 - 0.34 * beat)))
    rv = shapes.ellipse(u, v, (-12, -33), (46, 9.5 * (1 - 0.2 * beat)))
    la = shapes.ellipse(u, v, (34, 18), (24, 15 + 3 * beat))
    root = shapes.capsule(u, v, (10 - 3 * beat, -10), (66, -15), (14.0, 14.5))
    muscle = shapes.melt(shapes.join(lv - 9 - 3 * beat, rv - 4), shapes.join(la, root) - 2.5, 8) + s.mottle(0.4)
    s.fill(muscle - 2.5, 6 + s.mottle(2), soft=1.6)
    s.line(muscle - 1.5, 7, 0.9)
    s.fill(muscle, -5 + s.mottle(2, scale=1.6, flat=1.6), soft=1.2)
    aorta = shapes.ellipse(s.x, s.z, (44, 128), (11, 10))
    s.fluid(aorta, loss=0)
    s.line(aorta, 3, 0.8)
    for chamber in (rv, shapes.join(lv, la, root)):
        s.fluid(chamber + s.mottle(0.6, scale=1.5), loss=-0.02, soft=1.6)
        s.line(chamber, 2.2, 0.7)
    s.fill(shapes.capsule(u, v, (14, 2.5), (62, 1.5), (1.5, 1.3)), 3 + s.mottle(1), soft=1.2)
    s.fill(shapes.capsule(u, v, (14, 22), (16, 28), (2, 2)), 3 + s.mottle(1), soft=1.2)
    _valve(s, -u, v, (-13 + 5 * beat, 12), 10.5, s.moment)
    _cusps(s, u, v, beat)
    s.fill(s.range - 16, -3 + s.mottle(3, flat=4), soft=4)
    parts.haze(s, 0.22, 12)


def _cusps(s: Section, u: Floats, v: Floats, beat: float) -> None:
    """Aortic valve: one line in the middle when closed, two along the walls when open."""
    apart = 10.5 * min(1.0, 1.6 * beat)
    for side in (-1, 1):
        s.fill(shapes.capsule(u, v, (20, -11 + side * 11.5), (30, -11.5 + side * apart), (0.9, 0.9)), 3, soft=1)
