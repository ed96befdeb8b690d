"""Is this an ultrasound picture at all? Photographs and rendered surfaces are for a person to look at."""

from __future__ import annotations

import cv2
import numpy as np
from pydicom import Dataset

from anonymize.facts import text_of
from anonymize.pixels.composites import channels

LIT = 24
"""Grey level from which a colour can be told."""
LEAST_LIT = 0.02
ENOUGH = 250_000
"""Pixels that are looked at, evenly spread."""
BINS = 32
STRONG, LEAST_PALE = 0.6, 0.5
"""Saturation (0-1) of flow colours, which are left aside, and the share of the pixels that must be left."""
MANY_COLOURS = 5.0
"""Median distance (levels of Cb, Cr) of a pixel's colour from what its brightness lets expect: echoes are shown by a
table from strength to colour, 0-2; photographs have 7 and more."""
SKIN_HUE = (4, 22)
"""Degrees / 2 as OpenCV counts: the tones in which surfaces are rendered."""
SKIN_SATURATION, SKIN_SHARE = 70, 0.6
RENDERED = ("3D", "4D", "VOLUME", "RENDER", "SURFACE")


def doubt(ds: Dataset, frame: np.ndarray, keep: np.ndarray) -> str | None:
    """Code of `anonymize.codes` when the kept part of a uint8 frame (grey or RGB) may not be a plain scan."""
    if any(word in text_of(ds, "ImageType").upper() for word in RENDERED):
        return "held.surface_3d"
    if frame.ndim == 2:
        return None
    step = max(1, round((keep.size / ENOUGH) ** 0.5))
    frame, keep = frame[::step, ::step], keep[::step, ::step]
    shown = frame[keep] if keep.any() else frame.reshape(-1, 3)
    grey, spread = (one.ravel() for one in channels(shown[:, None]))
    lit = shown[grey >= LIT]
    if len(lit) < LEAST_LIT * len(shown):
        return None
    pale = shown[(grey >= LIT) & (spread < STRONG * grey)]
    if len(pale) >= LEAST_PALE * len(lit) and _strays(pale) > MANY_COLOURS:
        return "held.not_ultrasound"
    return "held.surface_3d" if _skin(lit) > SKIN_SHARE else None


def _strays(pixels: np.ndarray) -> float:
    """Median distance of the colours of RGB pixels (count, 3) from the mean colour of equally bright ones."""
    luma, *chroma = cv2.cvtColor(pixels[None], cv2.COLOR_RGB2YCrCb)[0].T
    bins = (luma.astype(np.intp) * BINS) >> 8
    counts = np.maximum(1, np.bincount(bins, minlength=BINS))
    apart = [c - (np.bincount(bins, c, BINS) / counts)[bins] for c in chroma]
    return float(np.median(np.hypot(*apart)))


def _skin(pixels: np.ndarray) -> float:
    """Share of RGB pixels (count, 3) in the tones of skin."""
    hue, saturation, _ = cv2.cvtColor(pixels[None], cv2.COLOR_RGB2HSV)[0].T
    return float(np.mean((hue >= SKIN_HUE[0]) & (hue <= SKIN_HUE[1]) & (saturation >= SKIN_SATURATION)))
