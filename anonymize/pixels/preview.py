"""Small pictures for a person: one frame as it came and as it leaves."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

WIDEST = 1280
QUALITY = 82


def webp(frame: np.ndarray) -> bytes:
    """WebP of a uint8 grey or RGB frame, at most `WIDEST` pixels wide, without metadata."""
    rows, columns = frame.shape[:2]
    if columns > WIDEST:
        size = (WIDEST, max(1, round(rows * WIDEST / columns)))
        frame = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return coded(frame, QUALITY, effort=2)


def coded(frame: np.ndarray, quality: int, effort: int) -> bytes:
    """Lossy WebP of a uint8 grey or RGB picture, without metadata; `effort` 0 (fast) to 6."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(frame)).convert("RGB").save(out, "WEBP", quality=quality, method=effort)
    return out.getvalue()


def blanked(frame: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """The frame with everything outside `keep` black."""
    return np.where(keep if frame.ndim == 2 else keep[..., None], frame, np.uint8(0))
