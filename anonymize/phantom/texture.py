"""Random fields fixed to the tissue: scatterers and slow unevenness, repeating at their edges."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from anonymize.phantom.geometry import BEAMS, SAMPLES, Floats

_SIDE: Final = 512
_CLOUD_MM: Final = 0.8
"""Millimetres per pixel of the slow field."""


class Texture:
    """`pitch`: millimetres per pixel of the scatterer field."""

    def __init__(self, seed: int, pitch: float) -> None:
        rng = np.random.default_rng(seed)
        self._pitch = np.float32(pitch)
        self._real = _unit(_wrapped_blur(rng.standard_normal((_SIDE, _SIDE), np.float32), 1.1, 0.6))
        self._imaginary = _unit(_wrapped_blur(rng.standard_normal((_SIDE, _SIDE), np.float32), 1.1, 0.6))
        self._cloud = _clouds(rng)
        self._noise = rng.standard_normal((SAMPLES + 64, BEAMS + 64), np.float32)
        self._seed = seed

    def scatterers(self, x: Floats, z: Floats) -> tuple[Floats, Floats]:
        """Real and imaginary part, unit variance, at places in mm."""
        across, along = x / self._pitch, z / self._pitch
        return _sample(self._real, across, along), _sample(self._imaginary, across, along)

    def cloud(self, x: Floats, z: Floats) -> Floats:
        """Slow field, about -2 .. 2, of the size of lobules; read at every second place, it is smooth enough."""
        places = [each[::2, ::2] * np.float32(1 / _CLOUD_MM) for each in (x, z)]
        return cv2.resize(_sample(self._cloud, *places), x.shape[::-1], interpolation=cv2.INTER_LINEAR)

    def noise(self, frame: int) -> tuple[Floats, Floats]:
        """The machine's own noise, another piece for each frame."""
        top, left, top2, left2 = np.random.default_rng((self._seed, frame)).integers(0, 64, 4)
        return (
            self._noise[top : top + SAMPLES, left : left + BEAMS],
            -self._noise[top2 : top2 + SAMPLES, left2 : left2 + BEAMS],
        )


@lru_cache(maxsize=2)
def texture(seed: int, pitch: float) -> Texture:
    """Kept for the frames of one clip."""
    return Texture(seed, pitch)


def _clouds(rng: np.random.Generator) -> Floats:
    parts = [_unit(_wrapped_blur(rng.standard_normal((_SIDE, _SIDE), np.float32), s, s)) for s in (2.5, 6.0, 14.0)]
    return _unit(parts[0] * np.float32(0.6) + parts[1] * np.float32(0.8) + parts[2])


def _wrapped_blur(field: Floats, across: float, along: float) -> Floats:
    edge = 48
    padded = cv2.copyMakeBorder(field, edge, edge, edge, edge, cv2.BORDER_WRAP)
    return cv2.GaussianBlur(padded, (0, 0), sigmaX=across, sigmaY=along)[edge:-edge, edge:-edge]


def _unit(field: Floats) -> Floats:
    return (field - field.mean()) / field.std()


def _sample(field: Floats, across: Floats, along: Floats) -> Floats:
    shape = np.broadcast_shapes(across.shape, along.shape)
    maps = [np.ascontiguousarray(np.broadcast_to(each, shape), dtype=np.float32) for each in (across, along)]
    return cv2.remap(field, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
