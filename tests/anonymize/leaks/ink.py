"""What is burned into the frames, where its strokes are, and whether they can still be told from their ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

Frames = list[np.ndarray]
"""(rows, columns, 3) uint8 each; drawn into in place."""
LEGIBLE: Final = 0.3
"""Share of the planted contrast from which on strokes count as legible."""
_FACES: Final = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_PLAIN)


@dataclass(slots=True)
class Ink:
    """One burned-in text or code."""

    name: str
    shown: range
    """Frames."""
    top: int
    left: int
    strokes: np.ndarray
    """bool, the pixels of the strokes within their box."""
    ground: np.ndarray
    """bool, pixels between and around the strokes."""
    contrast: float
    """Mean grey of the strokes less that of their ground, as planted; the largest over the frames."""

    def visible(self, frames: np.ndarray) -> float:
        """Share of the contrast that is left in finished frames (frames, rows, columns): the most of any frame."""
        return max(abs(self._contrast(frames[n])) for n in self.shown) / abs(self.contrast)

    def legible(self, frames: np.ndarray) -> bool:
        return self.visible(frames) > LEGIBLE

    def _contrast(self, grey: np.ndarray) -> float:
        rows, columns = self.strokes.shape
        box = grey[self.top : self.top + rows, self.left : self.left + columns].astype(float)
        return float(box[self.strokes].mean() - box[self.ground].mean())


def text_stamp(text: str, size: int, face: int = 0) -> np.ndarray:
    """Coverage 0-255 of a text of about `size` pixels height; face 0 by Pillow, 1-3 by strokes of one width."""
    if face == 0:
        font = ImageFont.load_default(size)
        left, top, right, bottom = (int(v) for v in font.getbbox(text))
        canvas = Image.new("L", (right - left + 2, bottom - top + 2))
        ImageDraw.Draw(canvas).text((1 - left, 1 - top), text, fill=255, font=font)
        return np.asarray(canvas)
    scale = size / (26 if face < 3 else 14)
    thick = max(1, round(scale * 1.4))
    (width, height), below = cv2.getTextSize(text, _FACES[face - 1], scale, thick)
    drawn = np.zeros((height + below + 2, width + 2), np.uint8)
    cv2.putText(drawn, text, (1, height), _FACES[face - 1], scale, 255, thick, cv2.LINE_AA)
    return drawn


def burn(
    frames: Frames, name: str, stamp: np.ndarray, at: tuple[int, int], colour: tuple[int, int, int], shown: range
) -> Ink:
    """Draw a stamp with its top left corner `at` (left, top), cut at the frame's edges."""
    rows, columns = frames[0].shape[:2]
    left, top = max(0, min(at[0], columns - 8)), max(0, min(at[1], rows - 8))
    stamp = stamp[: rows - top, : columns - left]
    share = (stamp / 255.0)[..., None]
    area = (slice(top, top + stamp.shape[0]), slice(left, left + stamp.shape[1]))
    for n in shown:
        frames[n][area] = np.round(frames[n][area] * (1 - share) + share * np.array(colour)).astype(np.uint8)
    strokes = stamp > 128
    ground = ~cv2.dilate((stamp > 16).astype(np.uint8), np.ones((3, 3))).astype(bool)
    if ground.sum() < 8:
        ground = stamp < 64
    made = Ink(name, shown, top, left, strokes, ground, 1.0)
    made.contrast = max((made._contrast(frames[n].mean(axis=2)) for n in shown), key=abs)
    return made


def stamped(frames: Frames, name: str, picture: np.ndarray, at: tuple[int, int], shown: range) -> Ink:
    """A black and white code with its quiet zone: white is the ground, black the strokes."""
    rows, columns = frames[0].shape[:2]
    left, top = max(0, min(at[0], columns - 8)), max(0, min(at[1], rows - 8))
    picture = picture[: rows - top, : columns - left]
    for n in shown:
        frames[n][top : top + picture.shape[0], left : left + picture.shape[1]] = picture[..., None]
    made = Ink(name, shown, top, left, picture < 128, picture >= 128, 1.0)
    made.contrast = made._contrast(frames[shown[0]].mean(axis=2))
    return made
