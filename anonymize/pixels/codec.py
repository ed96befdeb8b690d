"""What each encoding gives: frames to look at, and a coded copy in which only the kept pixels are left."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from pydicom import Dataset

from anonymize.pixels.result import Recompressed
from anonymize.pixels.source import Layout
from anonymize.policy import Limits


@dataclass(slots=True)
class Coded:
    """Pixels ready to be written."""

    transfer_syntax: str
    pixel_data: io.BufferedIOBase | list[bytes]
    elements: dict[str, Any]
    recompressed: Recompressed = "no"
    psnr_db: float | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """The smallest block of pixels that can be blanked by itself."""

    width: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class Decoded:
    """Samples by pixel, (rows, columns) or (rows, columns, 3), in order of frames; `shape` says what they are."""

    shape: Layout
    frames: Iterator[np.ndarray]


class Codec(Protocol):
    """One source object."""

    grid: Grid

    def frames(self) -> Iterator[np.ndarray]:
        """Shown frames in order: uint8 grey (rows, columns) or RGB (rows, columns, 3). May be called again."""
        ...

    def blank(self, keep: np.ndarray) -> Coded:
        """Everything outside `keep` (bool, rows x columns, whole blocks of `grid`) becomes black."""
        ...

    def decoded(self) -> Decoded:
        """The samples themselves, to be coded in another way without loss; Refused for a film."""
        ...


@dataclass(slots=True)
class Source:
    """A data set with its checked layout."""

    ds: Dataset
    layout: Layout
    limits: Limits
    memory: int = 0
    """Bytes of decoded samples that may be remembered from `frames` for `blank`."""


Opener = Callable[[Source], Codec]


def image_elements(shape: Layout, **changes: Any) -> dict[str, Any]:
    """The image pixel module for samples laid out as `shape` says, with `changes`."""
    elements: dict[str, Any] = {
        "SamplesPerPixel": shape.samples,
        "PhotometricInterpretation": shape.photometric,
        "NumberOfFrames": shape.frames,
        "Rows": shape.rows,
        "Columns": shape.columns,
        "BitsAllocated": shape.bits_allocated,
        "BitsStored": shape.bits_stored,
        "HighBit": shape.bits_stored - 1,
        "PixelRepresentation": int(shape.signed),
    }
    if shape.samples > 1:
        elements["PlanarConfiguration"] = shape.planar
    return elements | changes
