"""Films and pictures from outside DICOM: an honest object around them, and what comes out of it."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.uid import (
    MPEG4HP41,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from anonymize import outside
from anonymize.errors import Refused
from anonymize.pixels import process
from anonymize.policy import Limits, Policy
from tests.anonymize.screens import BANNER, box, clip, fragments, write
from tests.anonymize.screens import samples as stored
from tests.anonymize.test_masking_films import frames_of, scene, shot

SHAPE = (240, 320)
SECRET = "DOE JANE 4711"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[object]:
    """Bytes -> descriptor."""
    files: list[int] = []

    def give(content: bytes) -> int:
        (tmp_path / "file").write_bytes(content)
        files.append(os.open(tmp_path / "file", os.O_RDONLY))
        return files[-1]

    yield give
    for fd in files:
        os.close(fd)


def still(rows: int = 240, columns: int = 320) -> np.ndarray:
    """One frame with a banner."""
    frame = clip(box(rows, columns), 1)[0]
    write(frame, BANNER, (8, 4), 14)
    return frame


def saved(frame: np.ndarray, kind: str, mode: str = "RGB", **options: object) -> bytes:
    """By Pillow, with an EXIF description."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = SECRET
    Image.fromarray(frame).convert(mode).save(out, kind, exif=exif, **options)
    return out.getvalue()


def test_a_jpeg_is_masked_in_place(opened) -> None:
    content = saved(still(), "JPEG", quality=90)
    ds = outside.to_dataset(opened(content), "jpeg", Policy())
    assert (ds.SOPClassUID, ds.file_meta.TransferSyntaxUID) == (UltrasoundImageStorage, JPEGBaseline8Bit)
    result = process(ds, Policy())
    assert (result.hold, result.recompressed, result.transfer_syntax) == (None, "no", JPEGBaseline8Bit)
    assert SECRET.encode() in content and SECRET.encode() not in fragments(result)[0]
    assert not result.keep[:24].any()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "LA"])
def test_a_png_becomes_native_samples(opened, mode: str) -> None:
    content = saved(still(), "PNG", mode)
    ds = outside.to_dataset(opened(content), "png", Policy())
    result = process(ds, Policy())
    assert (result.hold, result.recompressed, result.transfer_syntax) == (None, "no", ExplicitVRLittleEndian)
    shown = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    samples = np.frombuffer(stored(result), np.uint8)[: 240 * 320 * ds.SamplesPerPixel].reshape(240, 320, -1)
    assert np.array_equal(samples[result.keep][:, 0], shown[result.keep][:, 0])
    assert not samples[~result.keep].any()


def test_a_transparent_picture_lies_on_black(opened) -> None:
    frame = np.dstack([still(), np.zeros(SHAPE, np.uint8)])
    ds = outside.to_dataset(opened(saved(frame, "PNG", "RGBA")), "png", Policy())
    assert not any(ds.PixelData)


@pytest.mark.parametrize(
    ("container", "codec", "kind"),
    [
        ("mp4", "libx264", "mp4"),
        ("mov", "mjpeg", "mp4"),
        ("avi", "mjpeg", "avi"),
        ("matroska", "libx264", "matroska"),
        ("mpeg", "mpeg2video", "mpeg"),
        ("mpegts", "libx264", "mpeg"),
        ("avi", "mpeg4", "avi"),
    ],
)
def test_a_film_becomes_a_multi_frame_object(opened, container: str, codec: str, kind: str) -> None:
    content = shot(scene(), container, codec)
    ds = outside.to_dataset(opened(content), kind, Policy())
    assert (ds.SOPClassUID, int(ds.NumberOfFrames)) == (UltrasoundMultiFrameImageStorage, 8)
    assert abs(float(ds.FrameTime) - 40) < 0.5
    result = process(ds, Policy())
    assert (result.hold, result.transfer_syntax) == (None, MPEG4HP41)
    assert len(frames_of(result.pixel_data[0])) == 8  # type: ignore[arg-type]


def test_uneven_times_become_a_vector(opened) -> None:
    times = [0, 40, 80, 180, 220, 400, 440, 480]
    ds = outside.to_dataset(opened(shot(scene(), times=times)), "mp4", Policy())
    assert "FrameTime" not in ds
    assert np.allclose(np.cumsum([float(v) for v in ds.FrameTimeVector]), times, atol=1)


def test_odd_sides_are_made_even(opened) -> None:
    frames = [frame[:-1, :-1] for frame in scene()]
    content = shot(frames, "avi", "ffv1")
    ds = outside.to_dataset(opened(content), "avi", Policy())
    assert (ds.Rows, ds.Columns) == SHAPE
    result = process(ds, Policy())
    assert result.keep.shape == SHAPE and result.psnr_db is not None


def test_nothing_is_made_up(opened) -> None:
    ds = outside.to_dataset(opened(shot(scene())), "mp4", Policy())
    assert ds.ImageType == ["DERIVED", "SECONDARY"] and ds.Modality == "US"
    for keyword in ("PatientID", "PatientName", "Manufacturer", "StudyDate", "SequenceOfUltrasoundRegions"):
        assert keyword not in ds


def test_the_same_file_gives_the_same_object_and_another_another(opened) -> None:
    one, same, other = (
        outside.to_dataset(opened(saved(still(240, columns), "PNG")), "png", Policy()) for columns in (320, 320, 322)
    )
    assert one.SOPInstanceUID == same.SOPInstanceUID != other.SOPInstanceUID
    assert len({one.StudyInstanceUID, one.SeriesInstanceUID, one.SOPInstanceUID}) == 3
    assert one.SOPInstanceUID.is_valid and one.SOPInstanceUID.startswith("2.25.")


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "png", "refused.decoder"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, "jpeg", "refused.pixels_short"),
        (b"GIF89a" + b"\0" * 100, "gif", "refused.not_an_image"),
    ],
)
def test_broken_and_unknown_files_are_refused(opened, content: bytes, kind: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        outside.to_dataset(opened(content), kind, Policy())
    assert refused.value.code in (code, "refused.decoder")


def test_limits_are_named(opened) -> None:
    content = saved(still(), "PNG")
    for limits, code in (
        (Limits(file_bytes=100), "refused.limit_bytes"),
        (Limits(frame_pixels=1000), "refused.limit_pixels"),
    ):
        with pytest.raises(Refused, match=code):
            outside.to_dataset(opened(content), "png", Policy(limits=limits))
