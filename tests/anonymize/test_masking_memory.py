"""Native frames are masked while they are written: a long raw cine needs no more memory than a short one."""

from __future__ import annotations

import io
import tracemalloc

import numpy as np
import pytest
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from anonymize.pixels.blanking import FrameFile, Remembered
from anonymize.pixels.process import open_codec
from anonymize.policy import Policy
from tests.anonymize.screens import box, dataset
from tests.anonymize.test_masking_exact import ls

SHAPE = (200, 300)


def numbered(index: int) -> np.ndarray:
    """A frame of five bytes."""
    return np.arange(5, dtype=np.uint8) + 10 * index


def test_a_file_of_frames_reads_as_their_bytes_from_any_place() -> None:
    whole = b"".join(numbered(index).tobytes() for index in range(3)) + b"\0"
    file = io.BufferedReader(FrameFile(numbered, 5, 3), 4)
    assert file.read() == whole and file.read() == b""
    for start in range(len(whole) + 2):
        file.seek(start)
        assert (file.tell(), file.read(6)) == (start, whole[start : start + 6])
    assert file.seek(0, io.SEEK_END) == len(whole)
    assert file.seek(-3, io.SEEK_CUR) == len(whole) - 3 and file.read() == whole[-3:]


@pytest.mark.parametrize("frames", [4, 24])
def test_writing_a_raw_cine_holds_few_frames_at_a_time(frames: int) -> None:
    one = np.full(SHAPE, 9, np.uint8)
    ds = dataset([one] * frames, ExplicitVRLittleEndian, "MONOCHROME2", SHAPE)
    ds["PixelData"].value = io.BufferedReader(io.BytesIO(ds.PixelData))
    data = open_codec(ds, Policy()).blank(box(*SHAPE)).pixel_data
    assert isinstance(data, io.BufferedReader)
    tracemalloc.start()
    lit = 0
    while piece := data.read(8192):
        lit += piece.count(9)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lit == frames * box(*SHAPE).sum()
    assert peak < 4 * one.nbytes


def test_what_is_remembered_stays_within_its_bytes_and_is_given_once() -> None:
    memory = Remembered(2 * 5)
    for index in range(3):
        memory.keep(index, numbered(index))
    assert [memory.take(index) is not None for index in (0, 1, 2, 0)] == [True, True, False, False]
    memory.keep(3, numbered(3))
    assert np.array_equal(memory.take(3), numbered(3))  # type: ignore[arg-type]


@pytest.mark.parametrize("memory", [0, SHAPE[0] * SHAPE[1], 1 << 30])
def test_frames_that_are_remembered_give_the_same_result(memory: int) -> None:
    frames = [np.random.default_rng(seed).integers(0, 255, SHAPE).astype(np.uint8) for seed in range(3)]
    ds = dataset([ls(frame) for frame in frames], JPEGLSLossless, "MONOCHROME2", SHAPE)
    codec = open_codec(ds, Policy(), memory)
    assert len(list(codec.frames())) == 3
    keep = box(*SHAPE)
    expected = open_codec(ds, Policy()).blank(keep).pixel_data
    assert codec.blank(keep).pixel_data == expected == codec.blank(keep).pixel_data
