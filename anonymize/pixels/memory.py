"""Masks that a person drew for a device: proposed for the next clip of the same device, used only where they fit."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pydicom import Dataset

from anonymize.facts import text_of
from anonymize.pixels import regions
from anonymize.pixels.boxes import Box
from anonymize.pixels.candidates import distance, opened
from anonymize.policy import Mask, RememberedMask

LEAST_CONFIDENCE = 0.95
LEAST_FILLED = 0.25
"""Share of a mask that must show something: a mask of the whole screen fits everything."""
STRAY, RADIUS = 4, 3.0
"""Grey levels from the background; radius of a disc under which strokes and ticks vanish."""


def layout(ds: Dataset) -> str:
    """The screen's layout by the header: the data types of its regions, such as `1` or `1+3`; empty without them."""
    kinds = (item.get("RegionDataType") for item in regions.items(ds))
    return "+".join(str(kind) for kind in sorted(kind for kind in kinds if isinstance(kind, int)))


def matching(ds: Dataset, remembered: Iterable[RememberedMask]) -> list[Mask]:
    """The masks remembered for this maker, model, size and layout."""
    maker, model = (text_of(ds, name).casefold() for name in ("Manufacturer", "ManufacturerModelName"))
    key = (maker, model, int(ds.Rows), int(ds.Columns), layout(ds))
    return [p.mask for p in remembered if (p.maker.casefold(), p.model.casefold(), p.rows, p.columns, p.layout) == key]


def confidence(keep: np.ndarray, composite: np.ndarray, background: int, boxes: Iterable[Box]) -> float:
    """Share (0-1) of what is shown besides text that lies in `keep` (bool); 0 when most of `keep` shows nothing.

    `composite`: uint8 grey (rows, columns), the brightest of the clip; `boxes`: its text.
    """
    shown = distance(composite, background) > STRAY
    for box in boxes:
        shown[box.slices] = False
    shown = opened(shown, RADIUS)
    if not keep.any() or shown[keep].mean() < LEAST_FILLED:
        return 0.0
    return float(np.count_nonzero(shown & keep) / np.count_nonzero(shown))
