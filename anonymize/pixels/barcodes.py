"""Printed codes that a machine reads: QR, DataMatrix, Aztec, PDF417 and bar codes, by the library ZXing-C++."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import zxingcpp

from anonymize.pixels.boxes import Box

QUIET = 6
"""Pixels of the quiet zone around a code that go with it."""
LEAST_SIDE = 8
SPECKLED = (zxingcpp.BarcodeFormat.DataMatrix,)
"""Seen in tissue now and then; there only what can be decoded counts."""
LEAST_FILLED = 0.3
"""Share of its upright box that a stacked code fills, however it is turned: half for a square one. Rows of speckle that
were taken for the beginnings of a code have corners anywhere."""


def find(image: np.ndarray) -> list[Box]:
    """Boxes of the codes on a uint8 grey picture (rows, columns), in its own pixels; damaged ones too."""
    found = zxingcpp.read_barcodes(np.ascontiguousarray(image), return_errors=True)
    sure = [code for code in found if code.valid or (code.format not in SPECKLED and not _crooked(code))]
    return [box for box in (_box(code.position, image.shape) for code in sure) if box]


def _crooked(code: zxingcpp.Barcode) -> bool:
    return code.format == zxingcpp.BarcodeFormat.PDF417 and filled(_corners(code.position)) < LEAST_FILLED


def filled(corners: Iterable[tuple[int, int]]) -> float:
    """Share (0-1) of their upright bounding box that four corners (x, y), in order, enclose."""
    points = np.array(tuple(corners), np.float32)
    return float(cv2.contourArea(points) / max(1.0, np.prod(np.ptp(points, axis=0))))


def _corners(position: zxingcpp.Position) -> tuple[tuple[int, int], ...]:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return tuple((corner.x, corner.y) for corner in corners)


def _box(position: zxingcpp.Position, shape: tuple[int, ...]) -> Box | None:
    x, y = zip(*_corners(position), strict=True)
    box = Box(min(x), min(y), max(x) + 1, max(y) + 1).grown(QUIET, shape)
    return box if min(box.width, box.height) >= LEAST_SIDE else None
