"""The film coder: which coding takes which size, and how near to the source each frame stays."""

from __future__ import annotations

import numpy as np
import pytest
from av.video.frame import VideoFrame
from pydicom.uid import HEVCMP51, MPEG4HP41, MPEG4HP422D, ExplicitVRLittleEndian

from anonymize.errors import Failed, Refused
from anonymize.pixels import film, filmcoder
from anonymize.pixels.filmcoder import CODERS, LATER, LEAST_PSNR, SAMPLE, Coder, Quality, TooCoarse, Writer
from anonymize.pixels.process import open_codec
from anonymize.pixels.source import Layout
from anonymize.pixels.video import plane_mask
from anonymize.policy import Policy
from tests.anonymize.screens import dataset, fragments
from tests.anonymize.test_masking_films import scene, shot

SHAPE = (96, 128)


def layout(rows: int, columns: int) -> Layout:
    return Layout(rows, columns, 1, 3, "YBR_PARTIAL_420", 0, 8, 8, False, ExplicitVRLittleEndian)


@pytest.mark.parametrize(
    ("rows", "columns", "rate", "syntax"),
    [
        (600, 800, 60.0, MPEG4HP41),
        (1080, 1920, 30.0, MPEG4HP41),
        (1080, 1920, 60.0, MPEG4HP422D),
        (1080, 1920, 120.0, HEVCMP51),
        (1200, 1920, 30.0, HEVCMP51),
        (2160, 3840, 60.0, HEVCMP51),
        (600, 800, 0.0, MPEG4HP41),
    ],
)
def test_a_film_gets_the_first_coding_that_takes_its_size_and_rate(
    rows: int, columns: int, rate: float, syntax: str
) -> None:
    assert filmcoder.coder(layout(rows, columns), rate).syntax == syntax


def test_a_film_too_large_for_every_coding_is_refused_by_name() -> None:
    with pytest.raises(Refused) as refused:
        filmcoder.coder(layout(4320, 7680), 30.0)
    assert refused.value.code == "refused.limit_pixels"


@pytest.mark.parametrize("rate", [0.0, 1e-5, 1e-300])
def test_a_film_without_a_usable_rate_goes_by_the_times_of_its_frames(rate: float) -> None:
    before, after, _, _ = coded(CODERS[0], 16, rate)
    assert [frame.time for frame in after] == pytest.approx([frame.time for frame in before], abs=1e-3)


def coded(
    coder: Coder, quantiser: int, rate: float = 25.0
) -> tuple[list[VideoFrame], list[VideoFrame], np.ndarray, Quality]:
    """Frames before and after, the flat mask, and what the coder said of their quality."""
    source = [frame[:96, :128] for frame in scene(6)]
    before = list(film.frames(shot(source, "avi", "ffv1"), 99))
    keep = np.zeros(SHAPE, bool)
    keep[48:, 30:] = True
    mask = plane_mask(keep)
    quality = Quality(int(np.count_nonzero(mask)))
    with Writer(coder, layout(*SHAPE), rate, quantiser, quality) as writer:
        for frame in before:
            writer.add(frame, mask)
    return before, list(film.frames(writer.data, 99)), mask, quality


@pytest.mark.parametrize("coder", CODERS, ids=lambda coder: f"{coder.name} {coder.level}")
def test_every_coder_blanks_keeps_times_and_tells_nothing_of_itself(
    coder: Coder, capfd: pytest.CaptureFixture[str]
) -> None:
    before, after, mask, _ = coded(coder, 13)
    assert capfd.readouterr() == ("", "")
    assert [frame.time for frame in after] == pytest.approx([frame.time for frame in before], abs=1e-3)
    for one, other in zip(before, after, strict=True):
        assert np.abs(film.planes(one).astype(int) - film.planes(other))[mask].mean() < 3
        assert film.planes(other)[: mask.size * 2 // 3].reshape(SHAPE)[:30].max() <= 17


def test_what_the_coder_measures_is_what_a_decoder_finds() -> None:
    before, after, mask, quality = coded(CODERS[0], 16)
    found = Quality(quality.places)
    for one, other in zip(before, after, strict=True):
        error = (film.planes(one).astype(float) - film.planes(other))[mask]
        found.note(float(error @ error))
    assert quality.frames == found.frames == len(before)
    assert found.psnr - 0.5 < quality.psnr <= found.psnr + 0.01


def errors(decibels: float) -> float:
    """Of a frame of 1000 places."""
    return 255**2 * 1000 / 10 ** (decibels / 10)


def test_coding_stops_when_frames_are_too_far_from_their_source() -> None:
    quality = Quality(places=1000)
    with pytest.raises(TooCoarse) as coarse:
        for number in range(100):
            quality.note(errors(LEAST_PSNR - number / 10))
    assert quality.frames == SAMPLE
    assert coarse.value.psnr == pytest.approx(LEAST_PSNR - (SAMPLE - 1) / 10 - LATER)


def test_no_single_frame_may_fall_below_the_least_quality() -> None:
    quality = Quality(places=1000)
    for _ in range(50):
        quality.note(0.0)
    with pytest.raises(TooCoarse) as coarse:
        quality.note(errors(LEAST_PSNR - 0.1))
    assert coarse.value.psnr == pytest.approx(LEAST_PSNR - 0.1)
    assert quality.psnr > LEAST_PSNR


def test_a_film_of_few_frames_is_judged_too() -> None:
    quality = Quality(places=1000)
    quality.note(errors(LEAST_PSNR - 0.1))
    with pytest.raises(TooCoarse):
        quality.judge()


def test_the_quantiser_of_a_short_film_is_fine_enough() -> None:
    frames = [np.random.default_rng(number).integers(0, 256, (*SHAPE, 3), np.uint8) for number in range(3)]
    source = shot(frames, "avi", "ffv1")
    codec = open_codec(dataset([source], MPEG4HP41, "YBR_PARTIAL_420", SHAPE, NumberOfFrames=3), Policy())
    coded = codec.blank(np.ones(SHAPE, bool))
    before, after = ([film.planes(f) for f in film.frames(data, 99)] for data in (source, fragments(coded)[0]))
    for one, other in zip(before, after, strict=True):
        assert 10 * np.log10(255**2 / np.mean((one.astype(float) - other) ** 2)) >= LEAST_PSNR


def test_a_finer_quantiser_is_tried_until_there_is_none() -> None:
    assert filmcoder.finer(24, 44.9) == 23
    assert filmcoder.finer(24, 42.1) == 20
    assert filmcoder.finer(24, 10.0) == filmcoder.FINEST
    with pytest.raises(Failed) as failed:
        filmcoder.finer(filmcoder.FINEST, 44.0)
    assert failed.value.detail == {"psnr": 44.0}
