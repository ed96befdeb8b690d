"""Where the picture is: known outlines are found, banners are not part of them, doubt is held."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from anonymize.pixels import picture, process, regions
from anonymize.pixels.boxes import Box
from anonymize.pixels.candidates import prepare
from anonymize.pixels.codec import Grid
from anonymize.pixels.composites import gather
from anonymize.pixels.decide import decide
from anonymize.pixels.text import detect
from anonymize.policy import Mask, Policy, Rectangle
from tests.anonymize.screens import BANNER, box, clip, dataset, fan, samples, write

SHAPE = (504, 640)
SETTINGS = ("Abdomen", "C5-1", "42 Hz", "MI 1.1", "Gn 60")


def dual(rows: int, columns: int) -> np.ndarray:
    """Two rectangles side by side."""
    outline = np.zeros((rows, columns), bool)
    outline[int(0.2 * rows) : int(0.8 * rows), int(0.16 * columns) : int(0.50 * columns)] = True
    outline[int(0.2 * rows) : int(0.8 * rows), int(0.58 * columns) : int(0.92 * columns)] = True
    return outline


OUTLINES = {"fan": fan, "rectangle": box, "dual": dual}


def screen(frames: list[np.ndarray]) -> list[tuple[slice, slice]]:
    """Draw a banner bar and settings; returns where they are."""
    places = []
    for frame in frames:
        frame[:26] = np.maximum(frame[:26], 60)
        places = [write(frame, BANNER, (10, 3), 16)]
        places += [write(frame, text, (4, 120 + 22 * i), 15) for i, text in enumerate(SETTINGS)]
    return places


def found(frames: list[np.ndarray], rectangles: list[Rectangle] | None = None) -> picture.Picture | None:
    """The finder on a clip."""
    seen = gather(frames)
    return picture.find(seen.brightest, detect(seen.brightest), rectangles or [])


@pytest.mark.parametrize("name", OUTLINES)
@pytest.mark.parametrize("frames", [1, 5])
def test_a_known_outline_is_found_without_its_banner(name: str, frames: int) -> None:
    outline = OUTLINES[name](*SHAPE)
    shown = clip(outline, frames)
    places = screen(shown)
    result = found(shown)
    assert result is not None and result.sure
    assert result.keep[outline].mean() > 0.98
    assert result.keep[~outline].mean() < 0.06
    assert not any(result.keep[place].any() for place in places)


def test_two_pictures_stay_apart() -> None:
    result = found(clip(dual(*SHAPE), 2))
    assert result is not None and len(result.parts) == 2


@pytest.mark.parametrize("grey", [60, 200])
def test_the_screen_need_not_be_black(grey: int) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 3)
    for frame in frames:
        frame[~outline] = grey
    result = found(frames)
    assert result is not None and result.background == grey
    assert result.keep[outline].mean() > 0.98 and result.keep[~outline].mean() < 0.06


def test_lossy_noise_on_the_background_is_not_picture() -> None:
    outline = fan(*SHAPE)
    noise = np.random.default_rng(5)
    frames = [np.clip(f.astype(int) + noise.integers(0, 2, f.shape), 0, 255).astype(np.uint8) for f in clip(outline, 6)]
    result = found(frames)
    assert result is not None
    assert result.keep[outline].mean() > 0.98 and (not result.sure or result.keep[~outline].mean() < 0.1)


@pytest.mark.parametrize("rectangle", [Rectangle(0, 0, 640, 300), Rectangle(200, 0, 640, 480)])
def test_a_region_that_cuts_the_picture_is_not_believed(rectangle: Rectangle) -> None:
    outline = fan(*SHAPE)
    result = found(clip(outline, 3), [rectangle])
    assert result is not None and not result.regions_used
    assert result.keep[outline].mean() > 0.98


def faint_fan() -> tuple[np.ndarray, np.ndarray, list[Rectangle]]:
    """A fan that fades with depth, its outline and the region around it."""
    outline = fan(*SHAPE)
    down = np.flatnonzero(outline.any(axis=1))
    frame = clip(outline, 1)[0]
    frame[down] = frame[down] * np.linspace(1, 0, down.size)[:, None, None] + 2 * outline[down, :, None]
    return frame, outline, [around(outline)]


def around(outline: np.ndarray) -> Rectangle:
    """The region that a header gives for a picture."""
    down, across = (np.flatnonzero(outline.any(axis=axis)) for axis in (1, 0))
    return Rectangle(int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1)


def test_a_region_that_the_outline_fills_confirms_it() -> None:
    frame, outline, regions_given = faint_fan()
    guided = found([frame], regions_given)
    assert guided is not None and guided.agreed and guided.keep[outline].mean() > 0.98
    larger = [Rectangle(0, 0, SHAPE[1], SHAPE[0] - 20)]
    doubtful = found([frame], larger)
    assert doubtful is not None and not doubtful.agreed


def test_an_outline_seen_at_one_threshold_only_is_sure_when_the_header_says_the_same() -> None:
    seen = picture.Picture(np.ones(SHAPE, bool), ((0, 0, 9, 9),), "fan", 0.95, 1, 0.0, True, 0, True)
    assert not seen.sure and replace(seen, agreed=True).sure
    assert not replace(seen, agreed=True, score=0.90).sure and not replace(seen, agreed=True, residue=0.3).sure


def test_a_clip_that_turns_grey_after_its_first_frame_is_found_by_that_frame() -> None:
    outline = fan(*SHAPE)
    first, then = clip(outline, 2)
    then[outline] = 150
    noise = np.random.default_rng(2)
    for x, y in noise.integers(150, 420, (14, 2)):
        cv2.circle(then, (int(x), int(y)), 26, (90, 90, 90), -1)
    speckled = outline & (then[..., 0] == 90)
    then[speckled] += noise.integers(0, 30, (int(speckled.sum()), 1)).astype(np.uint8)
    then[~outline] = 0
    decision = decide(gather([first, then]), [around(outline)], None, Grid())
    assert decision.hold is None and decision.keep[outline].mean() > 0.98
    assert decide(gather([then, then]), [around(outline)], None, Grid()).hold, "no frame shows it"


def test_pictures_that_come_later_are_not_lost_by_the_first_frame() -> None:
    shown = clip(dual(*SHAPE), 1)[0]
    left, right = shown.copy(), shown.copy()
    left[:, SHAPE[1] * 54 // 100 :], right[:, : SHAPE[1] * 54 // 100] = 0, 0
    alone = found([left])
    assert alone is not None
    assert picture.covers(alone, left.max(axis=2), [])
    assert not picture.covers(alone, np.maximum(left, right).max(axis=2), [])


def test_a_row_of_small_pictures_under_the_picture_is_no_lost_picture() -> None:
    outline = box(*SHAPE)
    outline[: SHAPE[0] // 4] = outline[SHAPE[0] // 2 :] = False
    small = np.zeros(SHAPE, bool)
    for left in range(20, 460, 75):
        small[-38:-2, left : left + 48] = True
    result = found(clip(outline | small, 2))
    assert result is not None and result.sure and not result.keep[small].any()
    assert result.keep[outline].mean() > 0.98


def region(kind: int, left: int, top: int, right: int, bottom: int) -> Dataset:
    """One item; right and bottom inclusive as in the header."""
    item = Dataset()
    item.RegionDataType = kind
    item.RegionLocationMinX0, item.RegionLocationMinY0 = left, top
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = right, bottom
    return item


def test_only_plausible_regions_count() -> None:
    ds = Dataset()
    ds.SequenceOfUltrasoundRegions = [
        region(1, 10, 20, 300, 400),
        region(1, 0, 0, 640, 480),
        region(1, 0, 0, 20, 20),
        region(10, 10, 20, 300, 400),
        region(2, 300, 200, 640, 400),
        region(1, 300, 200, 900, 400),
        Dataset(),
    ]
    assert regions.plausible(ds, 480, 640) == [Rectangle(10, 20, 301, 401), Rectangle(300, 200, 640, 401)]


def test_an_empty_screen_is_held() -> None:
    frames = [np.zeros((*SHAPE, 3), np.uint8)] * 3
    result = process(dataset(frames, ExplicitVRLittleEndian, "RGB", SHAPE), Policy())
    assert result.hold == "held.no_picture" and not result.keep.any()
    assert result.before.startswith(b"RIFF") and not samples(result)


def test_scattered_clutter_is_held() -> None:
    frame = np.zeros((*SHAPE, 3), np.uint8)
    noise = np.random.default_rng(2)
    for x, y in noise.integers(40, 420, (14, 2)):
        cv2.circle(frame, (int(x), int(y)), 30, tuple(int(v) for v in noise.integers(40, 220, 3)), -1)
    frame[frame.any(axis=2)] += noise.integers(0, 30, (int(frame.any(axis=2).sum()), 3)).astype(np.uint8)
    result = process(dataset([frame], ExplicitVRLittleEndian, "RGB", SHAPE), Policy())
    assert result.hold in ("held.uncertain_picture", "held.no_picture")


def test_a_persons_mask_overrides_the_finder_and_text_on_it_is_still_blanked() -> None:
    outline = fan(*SHAPE)
    frames = clip(outline, 2)
    for frame in frames:
        name = write(frame, "MILLER", (290, 260), 20)
    drawn = Mask(keep=(Rectangle(200, 150, 500, 400),), blank=(Rectangle(220, 320, 260, 360),))
    result = process(dataset(frames, ExplicitVRLittleEndian, "RGB", SHAPE), Policy(mask=drawn))
    assert result.hold is None and result.masks[0].shape == "person"
    assert not result.keep[320:360, 220:260].any() and not result.keep[name].any()
    assert result.keep[160:240, 210:490].all() and not result.keep[:150].any()


def test_a_persons_mask_outside_the_frame_keeps_nothing() -> None:
    frames = clip(fan(*SHAPE), 1)
    drawn = Mask(keep=(Rectangle(700, 500, 900, 900),))
    assert process(dataset(frames, ExplicitVRLittleEndian, "RGB", SHAPE), Policy(mask=drawn)).hold == "held.no_picture"


def test_a_picture_half_covered_with_text_is_held() -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 1)
    for line in range(14):
        write(frames[0], "REPORT OF MILLER JANE", (140, 80 + 24 * line), 22)
    result = process(dataset(frames, ExplicitVRLittleEndian, "RGB", SHAPE), Policy())
    assert result.hold is not None


def test_the_result_says_what_was_done() -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 3)
    screen(frames)
    result = process(dataset(frames, ExplicitVRLittleEndian, "RGB", SHAPE), Policy())
    (mask,) = result.masks
    assert (result.hold, result.recompressed, result.psnr_db) == (None, "no", None)
    assert mask.source == "picture" and mask.score > 0.95 and abs(mask.kept_share - outline.mean()) < 0.05
    stored = np.frombuffer(samples(result), np.uint8).reshape(3, *SHAPE, 3)
    assert np.array_equal(stored[:, result.keep], np.stack(frames)[:, result.keep])
    assert not stored[:, ~result.keep].any()


def test_box_growth_stays_in_the_frame() -> None:
    assert Box(0, 3, 10, 504).grown(5, SHAPE) == Box(0, 0, 15, 504)


def few_colours(frame: np.ndarray) -> np.ndarray:
    """As the 216 colours of the web show a grey frame (rows, columns): dots stand for shades."""
    return np.asarray(Image.fromarray(cv2.cvtColor(frame, cv2.COLOR_GRAY2RGB)).convert("P").convert("L"))


def tissue() -> np.ndarray:
    """A grey frame of `box` that is brighter further down."""
    gain = np.linspace(0.4, 1.5, SHAPE[0])[:, None]
    return np.clip(clip(box(*SHAPE), 1)[0][..., 0] * gain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("ground", "told_apart"), [(0, True), (24, False)])
def test_dots_of_few_colours_run_from_a_grey_screen_into_the_picture_and_not_from_a_black_one(
    ground: int, told_apart: bool
) -> None:
    frame = tissue()
    frame[~box(*SHAPE)] = ground
    found = picture.find(few_colours(frame), [], [])
    assert found is not None and replace(found, told_apart=True).sure
    assert found.told_apart == found.sure == told_apart
    plain = picture.find(frame, [], [])
    assert plain is not None and plain.told_apart


@pytest.mark.parametrize("banner", [0, 205])
def test_a_grey_panel_shown_by_dots_is_no_picture(banner: int) -> None:
    """With a light banner above it, the two are one place of two shades, all over the screen: a person looks."""
    frame, outline = tissue(), box(*SHAPE)
    left = int(np.flatnonzero(outline.any(axis=0))[0]) - 30
    frame[:30], frame[30:, :left] = banner, 70
    cv2.putText(frame, "MILLER JANE", (4, 200), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 95)
    found = picture.find(few_colours(frame), [], [])
    assert found is not None and found.sure == (banner == 0) and len(found.parts) == 1
    assert not found.keep[:, :left].any() and found.keep[outline].mean() > 0.95


def test_a_long_name_at_a_slant_beside_the_picture_is_no_part_of_it() -> None:
    outline = box(*SHAPE)
    frame = clip(outline, 1)[0][..., 0]
    drawn = np.zeros_like(frame)
    cv2.putText(drawn, "MILLER JOHN", (0, 256), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 220, 2, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((70, 250), 55, 1)
    frame = np.maximum(frame, cv2.warpAffine(drawn, turn, SHAPE[::-1]))
    (line,) = (found for found in detect(frame) if found.corners)
    work = prepare(frame, [line])
    letters = cv2.warpAffine(drawn, turn, SHAPE[::-1]) > 100
    assert work.text[letters].mean() > 0.9 and work.text.sum() < 0.8 * line.width * line.height
