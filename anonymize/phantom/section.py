"""The slice of tissue under the probe, painted shape by shape, and the echo it gives.

The echo is the convolution model: random scatterers that are fixed to the tissue, weighted by how strongly each place
scatters, blurred by the pulse and the beam; its envelope has correlated Rayleigh speckle that moves with the tissue.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

import cv2
import numpy as np

from anonymize.phantom.geometry import BEAMS, SAMPLES, Beams, Floats
from anonymize.phantom.texture import Texture

FLUID_DB: Final = -46.0
_NOISE_DB: Final = -44.0
_CLUTTER: Final = 0.022
"""Part of the surroundings' echo that side lobes spread into dark places."""
_MID_GREY: Final = 108.0


class Section:
    """One moment. Levels are dB against liver; `loss` is dB per mm beyond what the machine's depth gain makes good."""

    def __init__(self, beams: Beams, texture: Texture, seed: int, moment: float) -> None:
        self.beams = beams
        self.texture = texture
        self.moment = moment
        """Part of the loop that has gone by, 0 .. 1."""
        self.vary = np.random.default_rng(seed).uniform(-1, 1, 12).tolist()
        """Twelve numbers -1 .. 1 that make this patient unlike the others with the same scene."""
        self.range, self.across = beams.range, beams.across
        self.x, self.z = beams.x.copy(), beams.z.copy()
        self.level = np.zeros((SAMPLES, BEAMS), np.float32)
        self.loss = np.zeros((SAMPLES, BEAMS), np.float32)
        self.mirror = np.zeros((SAMPLES, BEAMS), np.float32)
        self.glow = np.zeros((SAMPLES, BEAMS), np.float32)

    def wave(self, cycles: int = 1, shift: float = 0.0) -> float:
        """A sine of the loop, -1 .. 1; whole cycles, so that the loop closes."""
        return float(np.sin(2 * np.pi * (cycles * self.moment + shift)))

    def move(self, right: Floats | float, down: Floats | float) -> None:
        """Shift the tissue (mm): what is painted afterwards, and all speckle, goes along."""
        self.x = self.x - right
        self.z = self.z - down

    def fill(self, shape: Floats, level: float | Floats, *, loss: float = 0.0, soft: float = 0.6) -> None:
        """Give the inside of a shape a level; `soft` is the width of its edge in mm."""
        weight = np.clip(np.float32(0.5) - shape * np.float32(1 / soft), 0, 1)
        self.level += weight * (level - self.level)
        self.loss += weight * (np.float32(loss) - self.loss)

    def fluid(self, shape: Floats, *, loss: float = -0.07, soft: float = 0.8) -> None:
        """Echo-free, with enhancement behind it."""
        self.fill(shape, FLUID_DB, loss=loss, soft=soft)

    def line(self, shape: Floats, gain: float, width: float = 0.6) -> None:
        """A smooth interface along the edge of a shape: strong where the beam meets it at a right angle."""
        facing = np.minimum(np.abs(self._slope(shape)), 1)
        self._interface(shape, gain * (np.float32(0.12) + facing * facing), width)

    def front(self, shape: Floats, gain: float, width: float = 0.8) -> None:
        """Only that part of the edge which faces the probe, as of bone, stone and gas."""
        facing = np.clip(-self._slope(shape), 0, 1)
        self._interface(shape, gain * facing * facing, width)

    @cached_property
    def _ragged(self) -> Floats:
        """No interface is equally bright all along."""
        return np.exp(self.mottle(0.45, scale=2.2, seed=5))

    def _slope(self, shape: Floats) -> Floats:
        slope = np.empty_like(shape)
        np.subtract(shape[1:], shape[:-1], out=slope[:-1])
        slope[-1] = slope[-2]
        return slope * np.float32((SAMPLES - 1) / self.beams.depth)

    def _interface(self, shape: Floats, strength: Floats, width: float) -> None:
        near = np.abs(shape) < 2.5 * width
        self.mirror[near] += self._ragged[near] * strength[near] * np.exp(-((shape[near] / np.float32(width)) ** 2))

    def mottle(self, amount_db: float, scale: float = 1.0, flat: float = 1.0, seed: int = 0) -> Floats:
        """Slow unevenness of tissue in dB; `flat` above 1 stretches it sideways into strands."""
        return np.float32(amount_db) * self.texture.cloud(self.x * scale / flat + 37 * seed, self.z * scale)

    def echo(self, frame: int) -> np.ndarray:
        """The envelope in dB, (SAMPLES, BEAMS)."""
        step = np.float32(self.beams.depth / (SAMPLES - 1))
        through = self._contact() - np.cumsum(self.loss, axis=0) * step
        strength = np.exp(np.minimum(self.level + through, 30) * np.float32(np.log(10) / 20))
        carried = np.exp(np.minimum(through, 12) * np.float32(np.log(10) / 20))
        real, imaginary = self.texture.scatterers(self.x, self.z)
        bright = self.mirror * carried * (np.float32(0.75) + np.float32(0.25) * real)
        noise_real, noise_imaginary = self.texture.noise(frame)
        hiss = np.exp((self.range / self.beams.depth * 9 + _NOISE_DB) * np.float32(np.log(10) / 20))
        weight = strength + self.glow
        first = _pulse(real * weight + bright) + noise_real * hiss
        second = _pulse(imaginary * weight) + noise_imaginary * hiss
        envelope = cv2.blur(np.hypot(first, second), (1, 2))
        clutter = cv2.blur(envelope, (31, 9)) * np.float32(_CLUTTER)
        return 20 * np.log10(envelope + clutter + np.float32(1e-4))

    def _contact(self) -> Floats:
        """Gain in dB that differs between beams (skin contact, edge elements) and falls off beyond the focus."""
        bumpy = 1.6 * self.texture.cloud(self.across * 40, np.zeros_like(self.across))
        edges = -5 * np.maximum(np.abs(self.across) - np.float32(0.7), 0) / np.float32(0.3)
        beyond = np.maximum(self.range / self.beams.depth - np.float32(0.45), 0)
        return bumpy + edges - 9 * beyond

    def grey(self, frame: int, dynamic_range_db: float) -> np.ndarray:
        """Log-compressed picture in beam space."""
        decibels = self.echo(frame)
        grey = _MID_GREY + decibels * np.float32(255 / dynamic_range_db)
        return np.clip(grey, 0, 255).astype(np.uint8)


def _pulse(field: Floats) -> Floats:
    """Blur by the pulse (along) and the beam (across), scaled to keep unit speckle near unit size."""
    return cv2.GaussianBlur(field, (0, 0), sigmaX=0.9, sigmaY=0.7) * np.float32(1.7)
