"""Printed codes: found wherever they stand, turned and after JPEG; tissue is not taken for one."""

from __future__ import annotations

import numpy as np
import pytest
import simplejpeg
import zxingcpp

from anonymize.pixels import barcodes
from anonymize.pixels.codec import Grid
from anonymize.pixels.composites import gather
from anonymize.pixels.decide import decide
from tests.anonymize.screens import box, clip, fan

SHAPE = (504, 640)
FORMATS = ("QRCode", "DataMatrix", "Code128", "Code39", "PDF417", "Aztec")


def printed(name: str, turns: int = 0) -> np.ndarray:
    """uint8 (rows, columns): a code with its quiet zone, two pixels a module."""
    code = zxingcpp.create_barcode("MILLER 4711", getattr(zxingcpp.BarcodeFormat, name))
    image = np.array(zxingcpp.write_barcode_to_image(code, scale=2, add_quiet_zones=True))
    image = np.repeat(image[:1], 40, axis=0) if name.startswith("Code") else image
    return np.rot90(image, turns)


def put(frame: np.ndarray, code: np.ndarray, at: tuple[int, int]) -> np.ndarray:
    """Draw a code with its top left corner `at` (x, y), in place; bool: its dark modules."""
    area = (slice(at[1], at[1] + code.shape[0]), slice(at[0], at[0] + code.shape[1]))
    frame[area] = code[..., None]
    dark = np.zeros(SHAPE, bool)
    dark[area] = code < 128
    return dark


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("turns", [0, 1])
def test_a_code_on_tissue_is_covered(name: str, turns: int) -> None:
    frame = clip(box(*SHAPE), 1)[0]
    dark = put(frame, printed(name, turns), (180, 20))
    coded = simplejpeg.encode_jpeg(frame, quality=85, colorsubsampling="420")
    covered = np.zeros(SHAPE, bool)
    for found in barcodes.find(simplejpeg.decode_jpeg(coded)[..., 0].copy()):
        covered[found.slices] = True
    assert covered[dark].mean() > 0.97


def test_tissue_is_no_code() -> None:
    for seed in range(6):
        assert barcodes.find(clip(fan(*SHAPE), 1, seed)[0][..., 0].copy()) == []


def crossed(code: np.ndarray) -> np.ndarray:
    """A stacked code whose beginnings are seen, but no row of which can be read."""
    spoilt = code.copy()
    middle = slice(code.shape[1] // 3, code.shape[1] * 2 // 3)
    spoilt[:, middle] = np.where(np.random.default_rng(1).random(spoilt[:, middle].shape) < 0.5, 0, 255)
    return spoilt


def test_a_damaged_stacked_code_counts_when_its_corners_make_a_box() -> None:
    frame = clip(box(*SHAPE), 1)[0]
    dark = put(frame, crossed(printed("PDF417")), (180, 120))
    covered = np.zeros(SHAPE, bool)
    for found in barcodes.find(frame[..., 0].copy()):
        covered[found.slices] = True
    assert covered[dark].mean() > 0.9


@pytest.mark.parametrize(
    ("corners", "crooked"),
    [
        (((0, 0), (90, 0), (90, 30), (0, 30)), False),
        (((50, 0), (100, 50), (50, 100), (0, 50)), False),
        (((408, 347), (0, 719), (0, 719), (435, 349)), True),
    ],
)
def test_corners_that_make_no_box(corners: tuple[tuple[int, int], ...], crooked: bool) -> None:
    assert (barcodes.filled(corners) < barcodes.LEAST_FILLED) == crooked


@pytest.mark.parametrize("shown", [slice(0, 5), slice(4, 5), slice(2, 3)])
def test_a_code_in_the_picture_is_blanked_however_short_it_shows(shown: slice) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 5)
    for frame in frames[shown]:
        dark = put(frame, printed("QRCode"), (250, 200))
    decision = decide(gather(frames), [], None, Grid())
    assert not decision.keep[dark].any() and decision.mask.blanked
    assert decision.hold is None and decision.keep[outline].mean() > 0.9


def test_a_code_beside_the_picture_is_no_part_of_it() -> None:
    outline = fan(*SHAPE)
    frames = clip(outline, 3)
    for frame in frames:
        dark = put(frame, printed("Code128"), (10, 60))
    decision = decide(gather(frames), [], None, Grid())
    assert decision.hold is None and not decision.keep[dark].any()
    assert decision.keep[outline].mean() > 0.97 and decision.keep[~outline].mean() < 0.06
