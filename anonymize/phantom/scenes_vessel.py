"""Veins: the inferior vena cava through a breath, and a femoral vein under pressure of the probe; lengths in mm."""

from __future__ import annotations

import numpy as np

from anonymize.phantom import parts, shapes
from anonymize.phantom.section import Section


def ivc_normal(s: Section) -> None:
    _cava(s, widest=8.5, narrowest=5.6)


def ivc_collapsed(s: Section) -> None:
    _cava(s, widest=5.6, narrowest=0.9)


def ivc_plethoric(s: Section) -> None:
    _cava(s, widest=13.0, narrowest=12.4)


def _cava(s: Section, widest: float, narrowest: float) -> None:
    """Long axis below the liver: right atrium to the left, a hepatic vein joining from above."""
    sniff = max(0.0, s.wave()) ** 1.5
    half = (widest + 0.5 * s.vary[1]) * (1 - sniff) + narrowest * sniff
    parts.breathe(s, 5, 3)
    parts.liver(s, 4)
    axis = 80.0
    s.fill(-shapes.curve(s.x, s.z, [(-90, axis), (0, axis + 8), (100, axis + 14)]), -6 + s.mottle(3, flat=4), soft=4)
    bed = shapes.capsule(s.x, s.z, (-50, axis - 2), (110, axis + 10), (half * 0.95, half))
    joining = shapes.capsule(s.x, s.z, (-28, axis - 2), (4, 42), (min(half, 6.5) * 0.8, 2.4))
    atrium = shapes.ellipse(s.x, s.z, (-62, axis + 2), (22 + 1.5 * s.wave(2), 20 + 1.5 * s.wave(2)))
    s.fill(shapes.path(s.x, s.z, [(-104, 92), (-88, 66), (-66, 55), (-44, 62)], 0.9), 8, soft=1.5)
    lumen = shapes.join(bed, joining, atrium) + s.mottle(0.25)
    s.fill(bed - 1.6, 4 + s.mottle(1), soft=1.2)
    s.fluid(lumen, loss=-0.05, soft=1.0)
    s.line(lumen, 4, 0.7)
    parts.spine(s, 122, -30, 90)
    parts.body_wall(s, 13)


def vein_compressible(s: Section) -> None:
    _groin(s, clot=False)


def dvt_femoral(s: Section) -> None:
    _groin(s, clot=True)


def _groin(s: Section, *, clot: bool) -> None:
    """Artery to the left, vein to the right; the probe presses once a loop. A clot keeps the vein open."""
    press = float(np.clip(1.3 * np.sin(np.pi * s.moment) ** 2 - 0.15, 0, 1))
    s.move(0.0, -0.26 * press * s.z)
    s.level[:] = -4 + s.mottle(4.5, scale=3, flat=4)
    s.fill(8.5 - s.z, -9 + s.mottle(2.5, scale=4, flat=6), soft=1)
    for number, depth in enumerate((4.2, 8.5, 11.0, 29.0)):
        s.line(s.z - depth + 0.35 * s.mottle(1, seed=number), 2.2, 0.25)
    s.fill(s.z - 0.9, 10, soft=0.6)
    s.fill(shapes.ellipse(s.x, s.z, (13, 33), (17, 8), 6), -8 + s.mottle(3, scale=4, flat=5), soft=1.5)
    beat = 0.25 * max(0.0, s.wave(3))
    artery = shapes.ellipse(s.x, s.z, (-5.5 + s.vary[1], 18), (4.9 + beat, 4.3 + beat), 12) + s.mottle(0.16, scale=3)
    s.fill(artery - 0.7, -2 + s.mottle(4, scale=3), soft=0.6)
    s.fluid(artery, loss=-0.1, soft=0.5)
    s.line(artery, 2.4, 0.3)
    s.fill(shapes.ellipse(s.x, s.z, (-1.5, 25), (8, 4), -15), 3 + s.mottle(3, scale=4, flat=3), soft=2.5)
    _vein(s, press, clot)


def _vein(s: Section, press: float, clot: bool) -> None:
    half = (6.6, 6.2 - 0.5 * press) if clot else (6.0 + 1.2 * press, 5.0 * (1 - 0.965 * press))
    shape = shapes.ellipse(s.x, s.z, (6.0 + s.vary[2], 20.0), half, 8) + s.mottle(0.12, scale=4)
    s.fill(shape - 0.5, 2, soft=0.5)
    s.fluid(shape, loss=-0.1, soft=0.5)
    s.line(shape, 2.5, 0.3)
    if clot:
        plug = shapes.ellipse(s.x, s.z, (5.8 + s.vary[2], 20.2), (half[0] - 0.9, half[1] - 0.8), 8)
        s.fill(plug + s.mottle(0.3, scale=4), -15 + s.mottle(2.5, scale=4), loss=0.05, soft=0.8)
