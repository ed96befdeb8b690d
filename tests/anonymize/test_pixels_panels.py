"""Flat patches of the screen on the picture: blanked whole, however faint the text on them is; echoes are no such."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from anonymize.pixels import panels
from anonymize.pixels.codec import Grid
from anonymize.pixels.composites import gather
from anonymize.pixels.decide import decide
from tests.anonymize.screens import box, clip, write

SHAPE = (512, 640)
PLACE = (slice(250, 276), slice(220, 360))


def paneled(frames: list[np.ndarray], grey: int, text: int) -> None:
    """A panel with a name that is `text` levels brighter than it."""
    for frame in frames:
        frame[PLACE] = grey
        write(frame, "MILLER 1954", (228, 254), 14, grey + text)


def left_of(frames: list[np.ndarray], keep: np.ndarray) -> np.ndarray:
    left = keep.copy()
    for found in panels.flat(gather(frames), keep):
        left[found.slices] = False
    return left


@pytest.mark.parametrize("count", [1, 6])
@pytest.mark.parametrize(("grey", "text"), [(20, 8), (50, 8), (200, 18)])
def test_a_panel_with_faint_text_is_blanked_whole(count: int, grey: int, text: int) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, count)
    paneled(frames, grey, text)
    left = left_of(frames, outline)
    assert not left[PLACE].any() and left[outline].mean() > 0.96
    decision = decide(gather(frames), [], None, Grid())
    assert decision.hold is None and not decision.keep[PLACE].any()


def test_a_panel_in_jpeg_is_blanked() -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 6)
    paneled(frames, 110, 12)
    coded = [cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 90])[1] for frame in frames]
    left = left_of([np.asarray(cv2.imdecode(one, cv2.IMREAD_COLOR)) for one in coded], outline)
    assert left[PLACE].mean() < 0.05


@pytest.mark.parametrize("count", [1, 6])
@pytest.mark.parametrize("grey", [4, 255])
def test_a_vessel_and_a_bone_are_no_panels(count: int, grey: int) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, count)
    for frame in frames:
        cv2.ellipse(frame, (300, 260), (60, 30), 20, 0, 360, (grey,) * 3, -1)
    assert left_of(frames, outline)[outline].all()


def test_a_black_bottom_is_no_panel() -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 4)
    for frame in frames:
        frame[360:][outline[360:]] = 5
    assert left_of(frames, outline)[outline].all()


def test_soft_tissue_that_stands_still_is_no_panel() -> None:
    outline = box(*SHAPE)
    rng = np.random.default_rng(4)
    still = cv2.GaussianBlur(rng.normal(0, 255, SHAPE).astype(np.float32), (0, 0), 4)
    grey = np.where(outline, np.clip(90 + 3 * still, 30, 250), 0).astype(np.uint8)
    assert left_of([np.repeat(grey[..., None], 3, 2)] * 4, outline)[outline].all()


@pytest.mark.parametrize(("shape", "blanked"), [((500, 700), True), ((1200, 1600), False)])
def test_a_patch_too_small_for_letters_of_its_screen_is_no_panel(shape: tuple[int, int], blanked: bool) -> None:
    outline = box(*shape)
    frames = clip(outline, 1)
    frames[0][250:264, 300:330] = 60
    assert left_of(frames, outline)[250:264, 300:330].any() != blanked


@pytest.mark.parametrize(("colours", "blanked"), [(range(60, 200), False), (range(120, 121), True)])
def test_flow_at_its_brightest_is_no_panel_and_a_yellow_sign_is(colours: range, blanked: bool) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 1)
    rng = np.random.default_rng(5)
    frames[0][PLACE][..., 0] = 255
    frames[0][PLACE][..., 1] = rng.choice(colours, frames[0][PLACE].shape[:2])
    frames[0][PLACE][..., 2] = 0
    assert left_of(frames, outline)[PLACE].any() != blanked


def test_faint_text_on_a_black_panel_is_blanked_by_what_it_says() -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 3)
    paneled(frames, 4, 8)
    assert left_of(frames, outline)[PLACE].all(), "vessels are as flat and as black"
    decision = decide(gather(frames), [], None, Grid())
    assert decision.hold is None and not decision.keep[258:268, 230:300].any()
    assert decision.keep[outline].mean() > 0.95
