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
