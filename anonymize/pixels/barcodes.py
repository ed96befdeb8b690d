"""Printed codes that a machine reads: QR, DataMatrix, Aztec, PDF417 and bar codes, by the library ZXing-C++."""

from __future__ import annotations

import numpy as np
import zxingcpp

from anonymize.pixels.text import Box

QUIET = 6
"""Pixels of the quiet zone around a code that go with it."""
LEAST_SIDE = 8
SPECKLED = (zxingcpp.BarcodeFormat.DataMatrix,)
"""Seen in tissue now and then; there only what can be decoded counts."""


def find(image: np.ndarray) -> list[Box]:
    """Boxes of the codes on a uint8 grey picture (rows, columns), in its own pixels; damaged ones too."""
    found = zxingcpp.read_barcodes(np.ascontiguousarray(image), return_errors=True)
    sure = [code for code in found if code.valid or code.format not in SPECKLED]
    return [box for box in (_box(code.position, image.shape) for code in sure) if box]


def _box(position: zxingcpp.Position, shape: tuple[int, ...]) -> Box | None:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    x, y = [corner.x for corner in corners], [corner.y for corner in corners]
    box = Box(min(x), min(y), max(x) + 1, max(y) + 1).grown(QUIET, shape)
    return box if min(box.width, box.height) >= LEAST_SIDE else None
