"""The second look at the pixels: nothing outside the picture on any frame, no word on it, whoever reads it."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import JPEGBaseline8Bit

from anonymize.verify import Identifiers, Problem, verify
from anonymize.verify.picture import is_word
from anonymize.verify.search import Needles
from tests.anonymize.leaks.finished import encapsulated, finished, written

ROWS, COLUMNS = 504, 640
TOP, BOTTOM, LEFT, RIGHT = 80, 440, 100, 560


def clip(count: int = 6) -> np.ndarray:
    """uint8 (count, 504, 640): smooth moving speckle in a rectangle on black."""
    random = np.random.default_rng(3)
    picture = np.zeros((count, ROWS, COLUMNS), np.uint8)
    for frame in picture:
        noise = cv2.GaussianBlur(random.integers(0, 255, (BOTTOM - TOP, RIGHT - LEFT)).astype(np.float32), (9, 5), 0)
        frame[TOP:BOTTOM, LEFT:RIGHT] = np.clip(noise * 0.6, 1, 255)
    return picture


def kept() -> np.ndarray:
    keep = np.zeros((ROWS, COLUMNS), bool)
    keep[TOP:BOTTOM, LEFT:RIGHT] = True
    return keep


def candidate(picture: np.ndarray) -> Dataset:
    ds = finished()
    ds.Rows, ds.Columns, ds.NumberOfFrames = *picture.shape[1:], len(picture)
    ds.SequenceOfUltrasoundRegions = Sequence([])
    del ds.SequenceOfUltrasoundRegions
    ds.PixelData = picture.tobytes()
    return ds


def look(ds: Dataset, keep: np.ndarray | None = None, identifiers: Identifiers | None = None) -> list[Problem]:
    return verify(io.BytesIO(written(ds)), identifiers=identifiers, keep=keep)


def codes(ds: Dataset, keep: np.ndarray | None = None, identifiers: Identifiers | None = None) -> set[str]:
    return {problem.code for problem in look(ds, keep, identifiers)}


def write_on(frame: np.ndarray, text: str, at: tuple[int, int], grey: int = 255, scale: float = 0.7) -> None:
    cv2.putText(frame, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, grey, 2, cv2.LINE_AA)


def test_a_masked_clip_passes_with_and_without_its_mask():
    assert look(candidate(clip()), kept()) == []
    assert look(candidate(clip())) == []


@pytest.mark.parametrize("grey", [2, 60, 255])
@pytest.mark.parametrize("shown", [slice(None), slice(3, 4)])
def test_a_banner_left_on_all_frames_or_on_one(grey: int, shown: slice):
    picture = clip()
    for frame in picture[shown]:
        write_on(frame, "ROSSI ANNA 19500102", (120, 40), grey)
    found = codes(candidate(picture), kept())
    assert {"pixels.outside", "text.outside"} <= found
    assert "text.outside" in codes(candidate(picture))


def test_one_pixel_on_one_frame():
    picture = clip()
    picture[4, 10, 10] = 1
    problems = look(candidate(picture), kept())
    assert Problem("pixels.outside", "region 10,10,11,11") in problems


def test_a_banner_left_in_a_jpeg_clip():
    picture = clip()
    coded = [jpeg(frame) for frame in picture]
    assert look(encapsulated(candidate(picture), coded, JPEGBaseline8Bit), kept_in_blocks()) == []
    write_on(picture[2], "ROSSI ANNA", (120, 40), 90)
    coded[2] = jpeg(picture[2])
    assert "pixels.outside" in codes(encapsulated(candidate(picture), coded, JPEGBaseline8Bit), kept_in_blocks())


def jpeg(frame: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def kept_in_blocks() -> np.ndarray:
    """The mask grown outward to the blocks of 8 pixels."""
    return np.kron(
        cv2.resize(kept().astype(np.uint8), (COLUMNS // 8, ROWS // 8), interpolation=cv2.INTER_AREA) > 0,
        np.ones((8, 8), bool),
    ) | cv2.dilate(kept().astype(np.uint8), np.ones((15, 15), np.uint8)).astype(bool)


@pytest.mark.parametrize("shown", [slice(None), slice(0, 1), slice(5, 6), slice(1, 5)], ids=str)
def test_a_word_on_the_picture(shown: slice):
    picture = clip()
    for frame in picture[shown]:
        write_on(frame, "ROSSI ANNA", (200, 250))
    assert codes(candidate(picture), kept()) == {"text.inside"}


def test_a_date_on_the_picture():
    picture = clip()
    for frame in picture:
        write_on(frame, "02/01/1950", (200, 250))
    assert codes(candidate(picture), kept()) == {"text.inside"}


def test_a_rotated_word_on_the_picture():
    picture = clip()
    for frame in picture:
        turned = np.ascontiguousarray(np.rot90(frame))
        write_on(turned, "ROSSI ANNA", (150, 300))
        frame[:] = np.rot90(turned, -1)
    assert codes(candidate(picture), kept()) == {"text.inside"}


@pytest.mark.parametrize("degrees", [-35, 20, 35])
def test_a_soft_faint_word_at_a_slant_on_the_picture(degrees: int):
    picture = clip()
    drawn = np.zeros((ROWS, COLUMNS), np.uint8)
    write_on(drawn, "ROSSI ANNA", (220, 265), 255, 0.9)
    turn = cv2.getRotationMatrix2D((310, 255), degrees, 1)
    soft = cv2.GaussianBlur(cv2.warpAffine(drawn, turn, (COLUMNS, ROWS)), (0, 0), 2) / 255.0
    for frame in picture:
        frame[:] = np.round(frame + 0.4 * soft * (255.0 - frame))
    assert "text.inside" in codes(candidate(picture), kept())


@pytest.mark.parametrize("text", ["12.5", "5 cm", "0.8 m/s", "TIS 0.4", "PHILIPS"])
def test_scales_and_logos_are_harmless(text: str):
    picture = clip()
    for frame in picture:
        write_on(frame, text, (250, 250))
    assert look(candidate(picture), kept()) == []


@pytest.mark.parametrize(
    ("said", "word"),
    [("AAAAAAAI", False), ("AALAAAA", False), ("WWW", False), ("Anna", True), ("Ada", True), ("AAAAAI Lilli", True)],
)
def test_a_word_of_one_letter_over_and_over_is_a_spectrum(said: str, word: bool):
    nobody = Needles(())
    assert is_word(said, 0.9, nobody) == word


def test_what_the_source_calls_the_patient_counts_even_when_it_looks_harmless():
    picture = clip()
    for frame in picture:
        write_on(frame, "MINDRAY", (250, 250))
    source = Dataset()
    source.PatientName = "Mindray^Jo"
    assert "text.inside" in codes(candidate(picture), kept(), Identifiers.from_dataset(source))


def test_undecodable_frames_and_a_mask_of_another_size():
    coded = [jpeg(frame) for frame in clip()]
    coded[1] = jpeg(clip()[0][:100])
    assert codes(encapsulated(candidate(clip()), coded, JPEGBaseline8Bit), kept()) == {"pixels.undecodable"}
    assert codes(candidate(clip()), kept()[:-1]) == {"pixels.mask"}


def sparse() -> np.ndarray:
    """The lower left corner of the picture is dark but for a few faint echoes."""
    picture = clip()
    picture[:, 300:BOTTOM, LEFT:260] = 0
    random = np.random.default_rng(8)
    for row, column in zip(random.integers(300, BOTTOM - 9, 60), random.integers(LEFT, 250, 60), strict=True):
        picture[:, row : row + 7, column : column + 9] = 3
    return picture


def test_sparse_echoes_in_a_dark_corner_are_picture_when_nobody_gave_a_mask():
    assert look(candidate(sparse())) == []


def test_a_thumbnail_left_is_found_without_a_mask():
    picture = clip()
    picture[:, 445:475, 580:625] = cv2.resize(picture[0], (45, 30))
    assert "pixels.outside" in codes(candidate(picture))


@pytest.mark.parametrize("gap", [2, 6, 14])
def test_a_name_left_close_to_the_picture_is_found_without_a_mask(gap: int):
    picture = clip()
    for frame in picture:
        write_on(frame, "ROSSI ANNA", (200, TOP - gap), 120)
    assert "text.outside" in codes(candidate(picture))


@pytest.mark.parametrize("place", ["none", "an entry that no pixel uses", "the low byte of an entry in use"])
def test_nothing_hides_in_the_colour_table(place: str):
    ds = candidate(clip())
    table = np.where(np.bincount(clip().ravel(), minlength=256) > 0, np.arange(256) * 257, 0).astype("<u2")
    if place.startswith("an entry"):
        table[250] = 0x4D41
    elif place.startswith("the low"):
        table[9] += 1
    ds.PhotometricInterpretation = "PALETTE COLOR"
    for colour in ("Red", "Green", "Blue"):
        setattr(ds, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(ds, f"{colour}PaletteColorLookupTableData", table.tobytes())
    assert codes(ds, kept()) == (set() if place == "none" else {"pixels.palette"})
