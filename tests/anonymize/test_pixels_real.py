"""Real files, used in place: where the picture was found, and that no text is left around it."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from anonymize import outside
from anonymize.parsing import sniff
from anonymize.pixels import PixelResult, process
from anonymize.pixels.composites import gather
from anonymize.pixels.process import open_codec
from anonymize.pixels.text import detect
from anonymize.policy import Policy
from tests.anonymize.screens import dataset, samples

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "ultrasound"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of real files is not beside the checkout")


@dataclass(frozen=True)
class Expected:
    """`least`, `most`: share of the frame kept, from looking at the mask drawn over the picture."""

    least: float
    most: float = 1.0
    recompressed: str = "no"


FILES = {
    "acuson_echo_implicit_le_8f.dcm": Expected(0.98),
    "acuson_echo_jpeg_8f_fragmented_nobot.dcm": Expected(0.98),
    "clarius_phantom_1280x960.mp4": Expected(0.48, 0.53, recompressed="once"),
    "esaote_ybr422_uncompressed.dcm": Expected(0.32, 0.50),
    "esopecho_rgb_planar0.dcm": Expected(0.67, 0.72),
    "esopecho_rgb_planar1.dcm": Expected(0.67, 0.72),
    "ge_venue_duplex_800x492.mov": Expected(0.25, 0.45, recompressed="once"),
    "lung_alines_322.mov": Expected(0.90, 0.96, recompressed="once"),
    "lung_covid_blines_450.mov": Expected(0.95, 0.98, recompressed="once"),
    "lung_normal_convex_370.mpeg": Expected(0.84, 0.88, recompressed="once"),
    "lung_normal_convex_386.mp4": Expected(0.80, 0.85, recompressed="once"),
    "lung_viral_linear_278_audio.mp4": Expected(0.99, recompressed="once"),
    "ob_philips_cx50_palette.dcm": Expected(0.40, 0.44),
    "ob_philips_cx50_palette_bigendian.dcm": Expected(0.40, 0.44),
    "ob_philips_cx50_palette_rle.dcm": Expected(0.40, 0.44),
    "ob_philips_cx50_palette_rle_2frame.dcm": Expected(0.40, 0.44),
    "philips_cx50_echo_palette_rle_3regions.dcm": Expected(0.33, 0.37),
    "philips_epiq5g_mono_banner.dcm": Expected(0.60, 0.65),
    "philips_epiq5g_mono_banner_27f.dcm": Expected(0.60, 0.65),
    "philips_iu22_jpegls_mono.dcm": Expected(0.40, 0.45),
    "plax_sonosite_turbo_jpeg_120f.dcm": Expected(0.36, 0.42),
    "sonoque_phantom_jpeg_rgb.dcm": Expected(0.60, 0.64),
    "us1_ge_logiq700_j2k_lossless.dcm": Expected(0.44, 0.52),
    "us1_ge_logiq700_j2k_lossy.dcm": Expected(0.44, 0.52, recompressed="lossless"),
    "us1_ge_logiq700_rle.dcm": Expected(0.44, 0.52),
    "us1_ge_logiq700_uncompressed.dcm": Expected(0.44, 0.52),
}


def opened(name: str) -> Dataset:
    """The source as the cleaner sees it."""
    fd = os.open(FOLDER / name, os.O_RDONLY)
    try:
        kind = sniff(fd)
        if kind != "dicom":
            return outside.to_dataset(fd, kind, Policy())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return dcmread(FOLDER / name)
    finally:
        os.close(fd)


def written(result: PixelResult) -> Dataset:
    """The result as an object that can be read again."""
    data = result.pixel_data
    frames = data if isinstance(data, list) else [np.frombuffer(samples(result), np.uint8)]
    return dataset(frames, result.transfer_syntax, "MONOCHROME2", (1, 1), **result.elements)


@pytest.mark.parametrize("name", FILES)
def test_the_picture_is_kept_as_it_was_and_nothing_around_it(name: str) -> None:
    expected, source = FILES[name], opened(name)
    result = process(source, Policy())
    assert result.hold is None
    assert result.before.startswith(b"RIFF") and result.after.startswith(b"RIFF")
    assert expected.least <= result.masks[0].kept_share <= expected.most
    assert result.recompressed == expected.recompressed
    around = gather(open_codec(written(result), Policy()).frames()).brightest
    around[result.keep] = 0
    assert detect(around, thresholds=(0.2, 0.3)) == []
    if expected.recompressed != "once":
        assert_untouched(source, result, result.keep if "jpeg_" not in name else _eroded(result.keep))


def assert_untouched(source: Dataset, result: PixelResult, inner: np.ndarray) -> None:
    """Every shown pixel of `inner` is the source's, on every frame."""
    before, after = (open_codec(ds, Policy()).frames() for ds in (source, written(result)))
    for one, other in zip(before, after, strict=True):
        assert np.array_equal(one[inner], other[inner])


def _eroded(keep: np.ndarray) -> np.ndarray:
    """Two pixels from the edge on: chroma of JPEG is interpolated across it."""
    left = keep.copy()
    for axis in (0, 1):
        for step in (-2, -1, 1, 2):
            left &= np.roll(keep, step, axis)
    return left
