"""Photographs and rendered surfaces are held; echoes, tinted ones and flow colours are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from pydicom import Dataset

from anonymize.pixels import kind
from tests.anonymize.screens import box, clip

SHAPE = (240, 320)
KEEP = box(*SHAPE)


def scan() -> np.ndarray:
    return clip(KEEP, 1)[0]


def photograph() -> np.ndarray:
    """Smooth patches of many colours, each with its own shading, as light falls on things in a room."""
    noise = np.random.default_rng(4)
    colours = cv2.resize(
        noise.integers(60, 200, (6, 8, 3)).astype(np.uint8), SHAPE[::-1], interpolation=cv2.INTER_CUBIC
    )
    return np.clip(colours * noise.normal(1, 0.03, (*SHAPE, 1)), 0, 255).astype(np.uint8)


def tinted(red: float, green: float, blue: float) -> np.ndarray:
    return (scan() * np.array([red, green, blue])).astype(np.uint8)


def flow() -> np.ndarray:
    """A patch of red and blue over a third of the picture."""
    frame = scan()
    frame[80:150, 80:150, 0] |= 128
    frame[80:150, 80:150, 1:] //= 3
    frame[80:150, 150:200] = np.array([10, 20, 190], np.uint8)
    return frame


def doubt(frame: np.ndarray, image_type: list[str] | None = None) -> str | None:
    ds = Dataset()
    if image_type:
        ds.ImageType = image_type
    return kind.doubt(ds, frame, KEEP)


@pytest.mark.parametrize("frame", [scan(), scan()[..., 0], tinted(0.7, 0.8, 1.0), tinted(1.0, 0.93, 0.8), flow()])
def test_a_scan_is_none(frame: np.ndarray) -> None:
    assert doubt(frame) is None


def test_a_photograph_is_held() -> None:
    assert doubt(photograph()) == "held.not_ultrasound"


def test_a_surface_in_the_tones_of_skin_is_held() -> None:
    assert doubt(tinted(1.0, 0.7, 0.45)) == "held.surface_3d"


def test_the_header_may_say_that_it_is_rendered() -> None:
    assert doubt(scan(), ["DERIVED", "PRIMARY", "3D RENDERING"]) == "held.surface_3d"
    assert doubt(scan(), ["ORIGINAL", "PRIMARY", "ABDOMINAL", "0001"]) is None


def test_a_black_screen_has_no_colour() -> None:
    assert doubt(np.zeros((*SHAPE, 3), np.uint8)) is None
