"""Made-up device screens and data sets for the tests of the pixel code: speckle in a known outline, planted text."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from anonymize.pixels.codec import Coded
from anonymize.pixels.result import PixelResult

BANNER = "DOE^JANE  4711-0815  02.03.1961"


def fan(rows: int, columns: int) -> np.ndarray:
    """bool outline of a curved array's sector."""
    y, x = np.mgrid[0:rows, 0:columns]
    distance = np.hypot(x - columns / 2, y + 0.05 * rows)
    angle = np.abs(np.arctan2(x - columns / 2, y + 0.05 * rows))
    return (distance > 0.22 * rows) & (distance < 0.98 * rows) & (angle < 0.62)


def box(rows: int, columns: int) -> np.ndarray:
    """bool outline of a linear array's rectangle."""
    outline = np.zeros((rows, columns), bool)
    outline[int(0.15 * rows) : int(0.9 * rows), int(0.2 * columns) : int(0.75 * columns)] = True
    return outline


def clip(outline: np.ndarray, frames: int = 3, seed: int = 1) -> list[np.ndarray]:
    """RGB frames of moving speckle inside the outline, black outside."""
    rng = np.random.default_rng(seed)
    return [_speckle(outline, rng) for _ in range(frames)]


def _speckle(outline: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    noise = cv2.GaussianBlur(rng.rayleigh(45, outline.shape), (5, 3), 0)
    grey = np.where(outline, np.clip(noise, 3, 235), 0).astype(np.uint8)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)


def write(frame: np.ndarray, text: str, at: tuple[int, int], size: int = 18, colour: int = 230) -> tuple[slice, slice]:
    """Draw text with its top left corner `at` (x, y), in place; returns the index of its box."""
    picture = Image.fromarray(frame)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size)
    draw.text(at, text, fill=(colour,) * 3, font=font)
    left, top, right, bottom = (int(v) for v in draw.textbbox(at, text, font=font))
    frame[:] = np.asarray(picture)
    return slice(top, bottom + 1), slice(left, right + 1)


def dataset(
    frames: Sequence[np.ndarray] | Sequence[bytes],
    syntax: str,
    photometric: str,
    shape: tuple[int, int],
    **elements: object,
) -> Dataset:
    """An object around coded frames (bytes: encapsulated) or around native ones (arrays, in stored order)."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.Rows, ds.Columns = shape
    ds.NumberOfFrames = len(frames)
    ds.PhotometricInterpretation = photometric
    ds.SamplesPerPixel = 1 if photometric.startswith(("MONO", "PALETTE")) else 3
    if ds.SamplesPerPixel == 3:
        ds.PlanarConfiguration = 0
    ds.BitsAllocated = ds.BitsStored = 8
    ds.PixelRepresentation = 0
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    ds.HighBit = ds.BitsStored - 1
    if isinstance(frames[0], bytes):
        ds.PixelData = encapsulate([frame + b"\0" * (len(frame) % 2) for frame in frames if isinstance(frame, bytes)])
    else:
        raw = b"".join(np.ascontiguousarray(frame).tobytes() for frame in frames)
        ds.PixelData = raw + b"\0" * (len(raw) % 2)
    ds["PixelData"].VR = "OB" if isinstance(frames[0], bytes) else "OW"
    return ds


def fragments(result: PixelResult | Coded) -> list[bytes]:
    """The frames of an encapsulated result."""
    assert isinstance(result.pixel_data, list)
    return result.pixel_data


def samples(result: PixelResult | Coded) -> bytes:
    """The samples of a native result."""
    assert not isinstance(result.pixel_data, list)
    result.pixel_data.seek(0)
    return result.pixel_data.read()
