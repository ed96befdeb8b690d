"""A made-up name burnt into a clean clip, as a cleaner that missed it would have left it: for testing who looks."""

from __future__ import annotations

import io
import random
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from pydicom import dcmread

from anonymize.phantom.demo import Patient

LETTERS: Final = 28
"""Rows of the picture for one row of letters."""


def burnt_in(clean: bytes, patient: Patient, seed: int) -> bytes:
    """The DICOM object (native, RGB or grey, 8 bits) with name and number of the made-up patient in every frame."""
    ds = dcmread(io.BytesIO(clean))
    pixels = np.array(ds.pixel_array)
    frames = pixels if int(ds.get("NumberOfFrames", 1)) > 1 else pixels[np.newaxis]
    letters = _letters(frames.shape[1], frames.shape[2], patient, random.Random(seed))  # noqa: S311 - a place, no secret
    for frame in frames:
        frame[letters > 0] = letters[letters > 0, np.newaxis] if frame.ndim == 3 else letters[letters > 0]
    ds.PixelData = pixels.tobytes()
    written = io.BytesIO()
    ds.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _letters(rows: int, columns: int, patient: Patient, chance: random.Random) -> np.ndarray:
    """(rows, columns) uint8, 0 where nothing stands: one line within the middle of the picture."""
    canvas = Image.new("L", (columns, rows), 0)
    font = ImageFont.load_default(max(11, rows // LETTERS))
    text = f"{patient.name.replace('^', ', ')}  {patient.number}"
    draw = ImageDraw.Draw(canvas)
    wide = int(draw.textlength(text, font=font))
    left = chance.randint(columns // 16, max(columns // 16, columns - wide - columns // 16))
    draw.text((left, chance.randint(rows // 5, rows * 3 // 5)), text, fill=chance.randint(150, 220), font=font)
    return np.array(canvas)
