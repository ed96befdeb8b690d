"""Text: found where it stands, read, and judged: scales stay, words go."""

from __future__ import annotations

import numpy as np
import pytest

from anonymize.pixels import textrules
from anonymize.pixels.composites import gather
from anonymize.pixels.text import Box, detect, detect_within, read
from tests.anonymize.screens import BANNER, box, clip, fan, write

SHAPE = (600, 800)
WHOLE = Box(0, 0, 800, 600)


def covered(boxes: list[Box], place: tuple[slice, slice]) -> float:
    """Share of the place that lies in boxes."""
    seen = np.zeros(SHAPE, bool)
    for found in boxes:
        seen[found.slices] = True
    return float(seen[place].mean())


def test_a_banner_is_found_and_read() -> None:
    frame = clip(fan(*SHAPE), 1)[0]
    place = write(frame, BANNER, (20, 8))
    boxes = detect(frame)
    assert covered(boxes, place) > 0.9
    said = " ".join(read(frame, found)[0] for found in boxes)
    assert "JANE" in said


def test_a_screen_without_text_gives_no_box() -> None:
    assert detect(clip(fan(*SHAPE), 1)[0]) == []


def test_small_text_on_a_small_frame_is_found() -> None:
    frame = np.zeros((240, 320, 3), np.uint8)
    place = write(frame, "4711-0815", (200, 10), 9)
    found = detect(frame)
    assert any(b.left <= place[1].start + 4 and b.right >= place[1].stop - 6 for b in found)


def test_boxes_of_a_piece_are_in_pixels_of_the_frame() -> None:
    frame = clip(fan(*SHAPE), 1)[0]
    place = write(frame, "SMITH", (300, 520), 20)
    boxes = detect_within(frame, Box(200, 450, 600, 600))
    assert covered(boxes, place) > 0.9


@pytest.mark.parametrize(
    "said",
    ["4.0cm", "15", "-12", "0.9", "MI 0.6", "TIS0.0 MI 0.6", "36Hz", "60%", "20 cm/s", "P", "PWR", "GE"],
)
def test_scales_and_settings_are_harmless(said: str) -> None:
    assert textrules.harmless(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "DOE",
        "02/03/1961",
        "12:45",
        "4711",
        "J",
        "MI DOE",
        "1 DOE",
        "AB",
        "P2",
        "01.02.03",
        "120/80",
        "M 1961",
        "48/48",
    ],
)
def test_words_dates_and_long_numbers_are_not(said: str) -> None:
    assert not textrules.harmless(said)


def judged(frames: list[np.ndarray], keep: np.ndarray) -> textrules.Verdicts:
    """The rules on the same looks that `decide` takes."""
    seen = gather(frames)
    sheet = ((look.image, detect_within(look.image, WHOLE, look.enlarge)) for look in seen.sheet())
    looks = [(seen.brightest, detect(seen.brightest)), *sheet]
    return textrules.judge(looks, keep)


@pytest.mark.parametrize("shown", [slice(0, 12), slice(4, 9), slice(11, 12), slice(0, 1)])
def test_a_name_on_the_picture_is_blanked_however_short_it_shows(shown: slice) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 12)
    place = (slice(0, 0), slice(0, 0))
    for frame in frames[shown]:
        place = write(frame, "MILLER", (300, 300), 18)
    verdicts = judged(frames, outline)
    left = textrules.without(outline, verdicts.blanked)
    assert left[place].mean() < 0.05
    assert verdicts.inside


def test_composites_keep_what_stands_still_for_four_frames() -> None:
    frames = [np.full((4, 6), 50, np.uint8) for _ in range(9)]
    for index, frame in enumerate(frames):
        frame[0, 0] = 200 if 3 <= index < 7 else 50
        frame[0, 1] = 200 if 3 <= index < 6 else 50
        frame[1, 0] = 5 if 3 <= index < 7 else 50
        frame[1, 1] = 5 if 3 <= index < 6 else 50
    seen = gather(frames)
    assert seen.standing[0, :3].tolist() == [200, 50, 50]
    assert seen.shaded[1, :3].tolist() == [5, 50, 50]
    assert seen.brightest[0, :3].tolist() == [200, 200, 50] and seen.darkest[1, :3].tolist() == [5, 5, 50]
    assert seen.count == 9


def test_a_scale_number_on_the_picture_stays() -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 1)
    frames[0][280:330, 290:420] = 8
    place = write(frames[0], "15 cm", (300, 292), 22)
    verdicts = judged(frames, outline)
    assert verdicts.harmless and textrules.without(outline, verdicts.blanked)[place].all()


def test_text_that_straddles_the_edge_is_blanked_unread() -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 1)
    right = int(np.flatnonzero(outline.any(axis=0))[-1])
    place = write(frames[0], "15 cm", (right - 10, 300), 22)
    verdicts = judged(frames, outline)
    assert not textrules.without(outline, verdicts.blanked)[place].any()
