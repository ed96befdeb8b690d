"""Text: found where it stands, read, and judged: scales stay, words go."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from anonymize.pixels import textrules
from anonymize.pixels.boxes import Box, levelled, of_line
from anonymize.pixels.composites import gather, without_lines
from anonymize.pixels.text import (
    LARGEST_PIXELS,
    LEAST_COLUMNS,
    TALLER,
    detect,
    detect_within,
    network_size,
    read,
)
from tests.anonymize.screens import BANNER, box, clip, fan, write

SHAPE = (512, 640)
WHOLE = Box(0, 0, 640, 512)


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
    place = write(frame, "SMITH", (300, 440), 20)
    boxes = detect_within(frame, Box(200, 380, 600, 512))
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
    sheet = ((look.image, detect_within(look.image, WHOLE, look.enlarge, look.turned)) for look in seen.sheet(keep))
    looks = [(seen.brightest, detect(seen.brightest)), *sheet]
    return textrules.judge(looks, keep)


@pytest.mark.parametrize("shown", [slice(0, 6), slice(2, 5), slice(5, 6), slice(3, 4)])
def test_a_name_on_the_picture_is_blanked_however_short_it_shows(shown: slice) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 6)
    place = (slice(0, 0), slice(0, 0))
    for frame in frames[shown]:
        place = write(frame, "MILLER", (300, 300), 18)
    verdicts = judged(frames, outline)
    left = textrules.without(outline, verdicts.blanked)
    assert left[place].mean() < 0.05
    assert verdicts.inside


def test_composites_keep_what_stands_still_for_three_frames() -> None:
    frames = [np.full((4, 6), 50, np.uint8) for _ in range(9)]
    for index, frame in enumerate(frames):
        frame[0, 0] = 200 if 3 <= index < 6 else 50
        frame[0, 1] = 200 if 3 <= index < 5 else 50
        frame[1, 0] = 5 if 3 <= index < 6 else 50
        frame[1, 1] = 5 if 3 <= index < 5 else 50
    seen = gather(frames)
    assert seen.standing[0, :3].tolist() == [200, 50, 50]
    assert seen.shaded[1, :3].tolist() == [5, 50, 50]
    assert seen.brightest[0, :3].tolist() == [200, 200, 50] and seen.darkest[1, :3].tolist() == [5, 5, 50]
    assert seen.count == 9


def test_a_scale_number_on_the_picture_stays() -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 1)
    frames[0][270:340, 270:440] = 8
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


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_name_on_the_picture_is_blanked(turns: int) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 2)
    ink = np.zeros((*SHAPE, 3), np.uint8)
    for frame in (ink, *frames):
        turned = np.ascontiguousarray(np.rot90(frame, turns))
        write(turned, "MILLER", (turned.shape[1] // 2 - 40, turned.shape[0] // 2 - 10), 20)
        frame[:] = np.rot90(turned, -turns)
    left = textrules.without(outline, judged(frames, outline).blanked)
    assert left[ink[..., 0] > 100].mean() < 0.02


@pytest.mark.parametrize("size", [11, 16, 22])
def test_letters_one_under_the_other_are_blanked(size: int) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 2)
    places = [
        write(frame, letter, (300 + 2 * (letter == "I"), 150 + round(1.3 * size) * n), size)
        for frame in frames
        for n, letter in enumerate("MILLER")
    ]
    left = textrules.without(outline, judged(frames, outline).blanked)
    assert all(left[place].mean() < 0.1 for place in places)


@pytest.mark.parametrize("turned", [False, True])
def test_a_name_across_a_drawn_line_is_blanked(turned: bool) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 1)
    place = write(frames[0], "Li Wei", (250, 300), 20)
    middle = (place[0].start + place[0].stop) // 2
    frames[0][middle, 150:460] = 255
    if turned:
        outline, frames = outline.T, [np.ascontiguousarray(frames[0].transpose(1, 0, 2)[::-1])]
        outline = np.ascontiguousarray(outline[::-1])
    left = textrules.without(outline, judged(frames, outline).blanked)
    left = left[::-1].T if turned else left
    assert left[place].mean() < 0.05


def test_lines_are_taken_out_and_letters_stay() -> None:
    frame = np.full((200, 300, 3), 40, np.uint8)
    place = write(frame, "MILLER", (100, 80), 22)
    letters = frame[..., 0].copy()
    frame[20:22, 10:290] = frame[:, 30:31] = 250
    frame[150:190, 100:200] = 220
    plain = without_lines(frame[..., 0].copy())
    assert plain[20, 10:290].max() < 60 and plain[60:140, 30].max() < 60
    assert np.array_equal(plain[place], letters[place]) and (plain[150:190, 100:200] == 220).all()


@pytest.mark.parametrize("turned", [False, True])
def test_a_line_goes_on_as_far_as_its_edges(turned: bool) -> None:
    grey = np.full((100, 300), 90, np.uint8)
    for left in range(60, 240, 14):
        grey[40:52, left : left + 3] = 200
    grey[40:52, 270:280] = 120
    piece = Box(110, 40, 150, 52)
    if turned:
        grey, piece = np.ascontiguousarray(grey.T), Box(40, 110, 52, 150)
    whole = textrules.inked(grey, piece)
    ends = (whole.top, whole.bottom) if turned else (whole.left, whole.right)
    assert ends[0] in range(58, 62) and ends[1] in range(229, 235)


def test_the_network_sees_no_more_than_it_has_memory_for() -> None:
    for rows, columns, enlarge in ((600, 800, 1.0), (240, 320, 3.1), (1080, 1920, 1.0), (100, 900, 2.0)):
        width, height = network_size(rows, columns, enlarge, TALLER)
        assert width * height <= 1.15 * max(LARGEST_PIXELS, rows * columns * (LEAST_COLUMNS / columns) ** 2)
    assert network_size(600, 800, 1.0, TALLER) == (800, 1056)


def test_a_yellow_name_on_bright_tissue_is_blanked() -> None:
    outline = box(*SHAPE)
    frames = [np.where(frame > 0, 150 + frame // 3, frame).astype(np.uint8) for frame in clip(outline, 2)]
    for frame in frames:
        drawn = np.zeros_like(frame)
        place = write(drawn, "MILLER", (300, 300), 16)
        frame[drawn[..., 0] > 100] = (255, 220, 60)
    assert textrules.without(outline, judged(frames, outline).blanked)[place].mean() < 0.05


def soft_shape() -> np.ndarray:
    """A bright vessel wall as the sound beam draws it."""
    image = np.zeros((480, 640), np.uint8)
    cv2.ellipse(image, (300, 240), (60, 40), 0, 0, 360, 200, 9)
    return cv2.GaussianBlur(image, (0, 0), 5)


def test_a_soft_thick_shape_is_tissue_however_well_it_is_read() -> None:
    assert textrules.is_tissue(soft_shape(), Box(230, 190, 370, 290), "O", 0.98)


def test_a_hard_thick_shape_that_is_read_as_one_letter_is_tissue_and_as_a_word_is_not() -> None:
    hard = cv2.GaussianBlur(soft_shape(), (0, 0), 1)
    cv2.ellipse(hard, (300, 240), (60, 40), 0, 0, 360, 230, 1)
    vessel = Box(230, 190, 370, 290)
    assert textrules.BLURRED < textrules.sharpness(hard[vessel.slices]) < textrules.DRAWN
    assert textrules.is_tissue(hard, vessel, "O", 0.7) and not textrules.is_tissue(hard, vessel, "OB", 0.7)


@pytest.mark.parametrize("said", ["AAAAAAAI", "AALAAAA", "WW", "AAAAAM"])
def test_the_beats_of_a_spectrum_are_no_word_and_a_name_is(said: str) -> None:
    hard = cv2.GaussianBlur(soft_shape(), (0, 0), 1)
    cv2.ellipse(hard, (300, 240), (60, 40), 0, 0, 360, 230, 1)
    beats = Box(230, 190, 370, 290)
    assert textrules.is_tissue(hard, beats, said, 0.79)
    assert not any(textrules.is_tissue(hard, beats, name, 0.79) for name in ("Anna", "Lilli", "Otto", "Lu"))


def test_two_letters_do_not_fill_a_long_line() -> None:
    hard = cv2.GaussianBlur(soft_shape(), (0, 0), 1)
    cv2.ellipse(hard, (300, 240), (60, 40), 0, 0, 360, 230, 1)
    hard[190:290, :560] = np.tile(hard[190:290, 230:370], 4)
    beats = Box(0, 190, 560, 290)
    assert textrules.BLURRED < textrules.sharpness(hard[beats.slices]) < textrules.DRAWN
    assert textrules.is_tissue(hard, beats, "WN", 0.86) and not textrules.is_tissue(hard, beats, "WNE", 0.7)


def test_soft_speckle_that_is_not_read_is_tissue_and_sharp_letters_are_not() -> None:
    frame = clip(fan(480, 640), 1)[0]
    place = write(frame, "MILLER", (20, 20), 16)
    letters = Box(place[1].start, place[0].start, place[1].stop, place[0].stop)
    soft = cv2.GaussianBlur(frame[..., 0], (0, 0), 3)
    assert textrules.is_tissue(soft, Box(300, 250, 360, 270), "", 0.1)
    assert not textrules.is_tissue(frame[..., 0], letters, "MI", 0.1)
    assert not textrules.is_tissue(soft, Box(300, 250, 360, 270), "ER", 0.8)


def test_a_ring_is_a_mark_and_a_short_word_is_not() -> None:
    frame = np.zeros((480, 640, 3), np.uint8)
    cv2.circle(frame, (50, 50), 5, (220, 220, 220), 2)
    place = write(frame, "Lu", (100, 43), 14)
    word = Box(place[1].start, place[0].start, place[1].stop, place[0].stop)
    assert textrules.is_mark(frame[..., 0], Box(43, 43, 58, 58), "o", 0.3)
    assert not textrules.is_mark(frame[..., 0], Box(43, 43, 58, 58), "王", 0.97)
    assert not textrules.is_mark(frame[..., 0], word, "", 0.2)
    place = write(frame, "F", (200, 43), 14)
    letter = Box(place[1].start, place[0].start, place[1].stop, place[0].stop)
    assert textrules.is_mark(frame[..., 0], letter, "Q", 0.3) and not textrules.is_mark(frame[..., 0], letter, "F", 0.8)


def test_a_long_reading_is_text_however_soft_and_one_letter_over_and_over_is_not() -> None:
    soft, line, wave = soft_shape(), Box(230, 200, 370, 240), Box(230, 160, 370, 320)
    assert not textrules.is_tissue(soft, line, "4711-0815", 0.95)
    assert textrules.is_tissue(soft, line, "AAAAAA", 0.95)
    assert textrules.is_tissue(soft, wave, "4711-0815", 0.95)


@pytest.mark.parametrize("turned", [False, True])
def test_pieces_of_a_date_are_no_scale_numbers(turned: bool) -> None:
    outline = box(*SHAPE)
    frame = clip(outline, 1)[0]
    drawn = np.zeros((40, 140, 3), np.uint8)
    write(drawn, "12  04  87", (8, 8), 22)
    places = [(slice(8, 36), slice(8, 35)), (slice(8, 36), slice(52, 80)), (slice(8, 36), slice(96, 130))]
    if turned:
        drawn, places = np.rot90(drawn, -1), [(across, slice(4, 32)) for _, across in places]
    frame[200 : 200 + drawn.shape[0], 250 : 250 + drawn.shape[1]] = drawn
    boxes = [Box(250 + c.start, 200 + r.start, 250 + c.stop, 200 + r.stop) for r, c in places]
    grey = np.ascontiguousarray(frame[..., 0])
    assert textrules.judge([(grey, boxes)], outline).blanked
    alone = textrules.judge([(grey, boxes[:1])], outline)
    assert not alone.blanked and alone.harmless == boxes[:1]


def test_boxes_in_line_follow_each_other() -> None:
    one = Box(100, 100, 130, 120)
    assert textrules.in_line(one, Box(140, 102, 180, 122)) and textrules.in_line(one, Box(98, 130, 132, 150))
    assert not textrules.in_line(one, Box(200, 100, 240, 120)), "too far"
    assert not textrules.in_line(one, Box(140, 115, 180, 135)), "another line"
    assert not textrules.in_line(one, Box(140, 80, 240, 140)), "of another size"
    assert not textrules.in_line(one, Box(101, 101, 131, 121)), "the same again"


def test_a_box_on_its_side_is_turned_back() -> None:
    frame = clip(fan(*SHAPE), 1)[0]
    turned = np.ascontiguousarray(np.rot90(frame))
    place = write(turned, "MILLER", (20, 10), 18)
    drawn = np.zeros(SHAPE, bool)
    marked = np.rot90(drawn)
    marked[place] = True
    upright = np.ascontiguousarray(np.rot90(turned, -1))
    boxes = detect_within(upright, WHOLE, turned=True)
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    assert covered(boxes, (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))) > 0.9


@pytest.mark.parametrize("number", [0, 3, 7])
def test_a_frame_that_was_drawn_on_is_remembered(number: int) -> None:
    frames = clip(box(*SHAPE), 8)
    assert gather(frames).changed == []
    write(frames[number], "MILLER", (300, 300), 16)
    (changed,) = gather(frames).changed
    assert np.array_equal(changed, frames[number].max(axis=2))


def test_both_ends_of_a_line_are_blanked_with_it() -> None:
    assert Box(100, 100, 160, 112).longer(12, (480, 640)) == Box(88, 100, 172, 112)
    assert Box(5, 100, 17, 160).longer(12, (480, 640)) == Box(5, 88, 17, 172)
    assert Box(4, 100, 64, 112).longer(12, (480, 640)) == Box(0, 100, 76, 112)


def at_a_slant() -> Box:
    found = of_line(np.array([(100, 100), (180, 140), (175, 150), (95, 110)], np.float32), SHAPE)
    assert found is not None
    return found


def test_a_line_at_a_slant_has_corners_and_a_level_one_has_none() -> None:
    level = of_line(np.array([(100, 100), (180, 102), (180, 114), (100, 112)], np.float32), SHAPE)
    assert level == Box(100, 100, 180, 114)
    line = at_a_slant()
    assert (line.left, line.top, line.right, line.bottom) == (95, 100, 180, 150)
    assert line.corners and line.thickness == pytest.approx(125**0.5)


def test_a_line_at_a_slant_is_covered_by_small_boxes_along_it() -> None:
    line = at_a_slant()
    covered = np.zeros(SHAPE, np.uint8)
    for part in line.longer(line.thickness, SHAPE).parts(SHAPE):
        covered[part.slices] = 1
    inside = cv2.fillConvexPoly(np.zeros_like(covered), np.array(line.corners).astype(np.int32), 1) > 0
    assert covered[inside].all() and covered.sum() < 0.7 * np.prod(np.ptp(np.argwhere(covered), axis=0))
    assert covered[96:104, 90:95].any() and covered[146:150, 180:186].any(), "longer at both ends"


@pytest.mark.parametrize("degrees", [0, 90, 180])
def test_a_line_at_a_slant_is_levelled_and_found_again(degrees: int) -> None:
    image, turned = np.zeros(SHAPE, np.uint8), at_a_slant()
    corners = np.roll(np.array(turned.corners, np.float32), degrees // 90, axis=0)
    cv2.fillConvexPoly(image, np.round(corners).astype(np.int32), 200)
    line = of_line(corners, SHAPE)
    assert line is not None
    level = levelled(image, line, 2.0)
    assert (level.image[level.box.slices] > 150).mean() > 0.85 and (level.image > 150).sum() < 1.3 * 90 * 12
    back = level.back(level.box, SHAPE)
    assert back is not None and np.allclose(np.sort(back.corners, 0), np.sort(line.corners, 0), atol=1.0)


@pytest.mark.parametrize("degrees", [-35, -20, 20, 35])
def test_a_soft_faint_name_at_a_slant_is_blanked(degrees: int) -> None:
    outline = box(*SHAPE)
    frames = clip(outline, 4)
    ink = np.zeros((*SHAPE, 3), np.uint8)
    write(ink, "MILLER 1954", (250, 250), 20, 255)
    turn = cv2.getRotationMatrix2D((310, 262), degrees, 1)
    drawn = cv2.GaussianBlur(cv2.warpAffine(ink[..., 0], turn, SHAPE[::-1]), (0, 0), 1)
    for frame in frames:
        frame[:] = np.round(frame + 0.35 * drawn[..., None] / 255 * (255.0 - frame))
    left = textrules.without(outline, judged(frames, outline).blanked)
    assert left[drawn > 100].mean() < 0.05 and left[outline].mean() > 0.9


def test_small_faint_letters_on_a_single_picture_are_seen_enlarged() -> None:
    outline = box(*SHAPE)
    (frame,) = clip(outline, 1)
    ink = np.zeros_like(frame)
    write(ink, "MILLER", (300, 300), 10, 41)
    frame = cv2.add(frame, ink)
    assert textrules.without(outline, judged([frame], outline).blanked)[ink[..., 0] > 20].mean() < 0.05
