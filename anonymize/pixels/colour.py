"""From stored samples to what a screen shows: palette, inverted grey, luminance and chrominance (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from pydicom import Dataset
from pydicom.pixels.processing import apply_color_lut

from anonymize.errors import Refused
from anonymize.pixels.source import Layout

LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of the indices from `first` on; indices below and above take the first and the last colour."""

    first: int
    stored: np.ndarray
    """uint16 (entries, 3), as stored."""

    @property
    def table(self) -> np.ndarray:
        """uint8 (entries, 3); the colour is in the high byte, some makers leave it empty and use the low one."""
        return (self.stored >> 8 if self.stored.max() > 255 else self.stored).astype(np.uint8)

    @property
    def darkest(self) -> int:
        """The index that shows as black; the lowest one when several do."""
        return self.first + int(np.argmin(self.table @ LUMA))

    def show(self, indices: np.ndarray) -> np.ndarray:
        """uint8 RGB (rows, columns, 3)."""
        if indices.dtype == np.uint8 and self.first == 0 and len(self.table) == 256:
            return cv2.applyColorMap(np.ascontiguousarray(indices), self.table[:, None])
        place = np.clip(indices.astype(np.int32) - self.first, 0, len(self.table) - 1)
        return self.table[place]

    def only(self, used: np.ndarray) -> Palette:
        """With the entries that are not `used` (bool, one each) blank, and of the others what a screen shows."""
        low, high = self.stored & 255, self.stored >> 8
        plain = not high.any() or bool(((low == 0) | (low == high)).all())
        shown = self.stored if plain else high * np.uint16(257)
        return Palette(self.first, np.where(used[:, None], shown, 0).astype(np.uint16))


class Written:
    """What of the look-up table the written frames need: texts can hide in the entries that no pixel uses."""

    def __init__(self, table: Palette | None) -> None:
        self._table = table
        self._used = np.zeros(len(table.stored) if table else 0, bool)

    def add(self, samples: np.ndarray) -> np.ndarray:
        """Note what a frame uses, as it is written; the samples themselves."""
        if self._table:
            place = np.clip(samples.astype(np.int32) - self._table.first, 0, len(self._used) - 1)
            self._used |= np.bincount(place.ravel(), minlength=len(self._used)) > 0
        return samples

    def elements(self) -> dict[str, Any]:
        """The look-up table as written: 16 bits, little endian, not segmented (C.7.6.3.1.5, C.7.6.3.1.6)."""
        return _elements(self._table.only(self._used)) if self._table else {}


def palette(ds: Dataset, shape: Layout) -> Palette | None:
    """The look-up table of a PALETTE COLOR object, also segmented (C.7.9.2) and big endian, as 8-bit colours."""
    if shape.photometric != "PALETTE COLOR":
        return None
    try:
        entries, first, _ = (int(v) for v in ds.RedPaletteColorLookupTableDescriptor)
        entries = entries or 65536
        stored = _segmented(ds, entries, first) if _is_segmented(ds) else _plain(ds, entries, shape)
        if stored.shape != (entries, 3):
            raise ValueError("table shorter than its descriptor")
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise Refused("refused.pixels_mismatch") from error
    return Palette(first, stored)


def _is_segmented(ds: Dataset) -> bool:
    return "SegmentedRedPaletteColorLookupTableData" in ds


def _segmented(ds: Dataset, entries: int, first: int) -> np.ndarray:
    order = np.arange(first, first + entries, dtype=np.uint16).reshape(1, -1)
    return apply_color_lut(order, ds)[0].astype(np.uint16)


def _plain(ds: Dataset, entries: int, shape: Layout) -> np.ndarray:
    """Expanded here because `apply_color_lut` of pydicom 3.0.2 does not swap the bytes of a big endian table."""
    channels = [ds[f"{name}PaletteColorLookupTableData"].value for name in ("Red", "Green", "Blue")]
    wide = len(channels[0]) >= 2 * entries
    order = "<u2" if shape.syntax.is_little_endian else ">u2"
    table = np.stack([np.frombuffer(c, order if wide else np.uint8)[:entries] for c in channels], -1)
    return table.astype(np.uint16) if wide else table * np.uint16(257)


def _elements(table: Palette) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for channel, name in enumerate(("Red", "Green", "Blue")):
        found[f"{name}PaletteColorLookupTableDescriptor"] = [len(table.stored) % 65536, table.first, 16]
        found[f"{name}PaletteColorLookupTableData"] = table.stored[:, channel].astype("<u2").tobytes()
    return found


def show(samples: np.ndarray, shape: Layout, table: Palette | None) -> np.ndarray:
    """What the screen shows: uint8 grey (rows, columns) or RGB (rows, columns, 3), from colour-by-pixel samples."""
    if table is not None:
        return table.show(samples)
    if samples.dtype.itemsize > 1 or shape.signed or shape.bits_stored < 8:
        samples = _scaled(samples, shape)
    if shape.photometric == "MONOCHROME1":
        return 255 - samples
    if shape.photometric in ("YBR_FULL", "YBR_FULL_422"):
        return cv2.cvtColor(np.ascontiguousarray(samples[..., [0, 2, 1]]), cv2.COLOR_YCrCb2RGB)
    return np.ascontiguousarray(samples)


def _scaled(samples: np.ndarray, shape: Layout) -> np.ndarray:
    values = samples.astype(np.int32) & ((1 << shape.bits_stored) - 1)
    if shape.signed:
        values ^= 1 << (shape.bits_stored - 1)
    shift = shape.bits_stored - 8
    return (values >> shift if shift >= 0 else values << -shift).astype(np.uint8)


def black(shape: Layout, table: Palette | None) -> np.ndarray:
    """The sample values that show as black, (samples,) in the file's own type."""
    lowest = -(1 << (shape.bits_stored - 1)) if shape.signed else 0
    highest = lowest + (1 << shape.bits_stored) - 1
    values = {
        "PALETTE COLOR": [table.darkest if table else 0],
        "MONOCHROME1": [highest],
        "YBR_FULL": [0, 128, 128],
        "YBR_FULL_422": [0, 128, 128],
    }.get(shape.photometric, [lowest] * shape.samples)
    return np.array(values).astype(shape.dtype)
