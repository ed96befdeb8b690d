"""The closer look: small text at a slant goes, speckle and scales stay, what wanders over the picture is held."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from anonymize.pixels import closer, textrules
from anonymize.pixels.codec import Grid
from anonymize.pixels.composites import CELL, gather, hard_edges
from anonymize.pixels.decide import decide
from tests.anonymize.screens import box, clip, write

SHAPE = (512, 640)
NAME = "MILLER 1954"


def slanted(frames: list[np.ndarray], degrees: float, size: int = 12) -> np.ndarray:
    """Write a name at a slant in the middle of the frames; bool (rows, columns) of its strokes."""
    ink = np.zeros((*SHAPE, 3), np.uint8)
    write(ink, NAME, (270, 260), size, 255)
    turn = cv2.getRotationMatrix2D((310, 268), degrees, 1)
    strokes = cv2.warpAffine(ink[..., 0], turn, SHAPE[::-1], flags=cv2.INTER_CUBIC)
    for frame in frames:
        frame[:] = np.maximum(frame, strokes[..., None])
    return strokes > 120


@pytest.mark.parametrize("degrees", [-28, -12, 12, 28])
def test_a_small_name_at_a_slant_is_blanked(degrees: int) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 4)
    strokes = slanted(frames, degrees)
    left = textrules.without(outline, closer.drawn(gather(frames), outline).boxes)
    assert left[strokes].mean() < 0.05 and left[outline].mean() > 0.95


def test_a_small_name_at_a_slant_on_three_frames_is_gone_in_the_end() -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 6)
    strokes = slanted(frames[2:5], 28)
    decision = decide(gather(frames), [], None, Grid())
    assert decision.hold is None and decision.keep[strokes].mean() < 0.05


def test_speckle_gives_nothing_to_look_at() -> None:
    outline = box(*SHAPE)
    seen = gather(clip(outline, 4))
    _, areas = closer._areas(seen.first, outline)
    assert areas == [] and closer.drawn(seen, outline) == closer.Drawn([], False)


@pytest.mark.parametrize("said", ["15 cm", "0.9"])
def test_a_scale_number_stays(said: str) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 1)
    write(frames[0], said, (300, 292), 22, 255)
    assert closer._areas(frames[0][..., 0].copy(), outline)[1], "its edges are hard"
    assert closer.drawn(gather(frames), outline).boxes == []


def test_a_name_that_wanders_is_held() -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 8)
    for number, frame in enumerate(frames):
        write(frame, "MILLER", (180 + 20 * number, 120 + 40 * number), 14, 255)
    assert closer.drawn(gather(frames), outline).moving
    assert decide(gather(frames), [], None, Grid()).hold == "held.text_inside"


def test_a_name_that_stays_at_its_place_does_not_wander() -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 8)
    slanted(frames, 20)
    assert not closer.drawn(gather(frames), outline).moving


def test_only_edges_of_the_picture_count() -> None:
    grey = np.zeros((160, 160), np.uint8)
    grey[:, 80:] = 200
    within = np.ones(grey.shape, bool)
    assert hard_edges(grey, within)[:, 80 // CELL].min() > 0.05
    within[:, 70:90] = False
    assert not hard_edges(grey, within).any()


def test_areas_beyond_what_time_allows_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 3)
    slanted(frames, 20)
    assert closer.drawn(gather(frames), outline).boxes
    monkeypatch.setattr(closer, "MOST_PIXELS", 1000)
    assert closer.drawn(gather(frames), outline).boxes == []
