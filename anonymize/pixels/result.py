"""What `anonymize.pixels.process` hands back: the image pixel module of the new object and how it was masked."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from anonymize.pixels import preview
from anonymize.report import MaskDrawn

Recompressed = Literal["no", "lossless", "once"]
"""`no`: every sample kept is the source's; `lossless`: coded anew without loss; `once`: coded anew with loss."""


@dataclass(slots=True)
class PixelResult:
    """Masked pixels in the form in which they are written."""

    elements: dict[str, Any]
    """Keyword -> value of the image pixel module (PS3.3 C.7.6.3) and the lossy history, without PixelData."""
    transfer_syntax: str
    pixel_data: io.BufferedIOBase | list[bytes]
    """Native: a file of the samples, padded to even length, masked while it is read from the source.
    Encapsulated: one entry a frame (for video: one entry in all)."""
    keep: np.ndarray
    """bool (rows, columns): pixels that may hold picture; all others are one constant value on every frame."""
    telling: np.ndarray
    """The frame that shows most, as it came: uint8 grey or RGB."""
    masks: list[MaskDrawn] = field(default_factory=list)
    recompressed: Recompressed = "no"
    psnr_db: float | None = None
    """Over the pixels kept, against the decoded source; only when recompressed with loss."""
    hold: str | None = None
    """Code of `anonymize.codes` when a person must look."""

    @property
    def before(self) -> bytes:
        """WebP, at most 1280 pixels wide: the telling frame as it came."""
        return preview.webp(self.telling)

    @property
    def after(self) -> bytes:
        """WebP: the same frame as it leaves."""
        return preview.webp(preview.blanked(self.telling, self.keep))

    @property
    def encapsulated(self) -> bool:
        """True when `pixel_data` is a list of frames (PS3.5 A.4)."""
        return isinstance(self.pixel_data, list)
