"""Films and pictures from outside DICOM: an honest object around them, and what comes out of it."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image
from pydicom.uid import (
    MPEG4HP41,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from anonymize import outside
from anonymize.errors import Refused
from anonymize.parsing import sniff
from anonymize.pixels import PixelResult, process, rle
from anonymize.pixels.source import layout
from anonymize.policy import Limits, Policy
from tests.anonymize.screens import BANNER, box, clip, dataset, fragments, write
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
    """One frame, darker with depth as tissue is, with a banner."""
    depth = np.linspace(1.4, 0.4, rows)[:, None, None]
    frame = np.clip(clip(box(rows, columns), 1)[0] * depth, 0, 255).astype(np.uint8)
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


def test_sixteen_bit_grey_keeps_its_high_byte(opened) -> None:
    grey = still()[..., 0]
    out = io.BytesIO()
    Image.fromarray(grey.astype(np.uint16) * 257).save(out, "PNG")
    ds = outside.to_dataset(opened(out.getvalue()), "png", Policy())
    assert (ds.PhotometricInterpretation, ds.PixelData) == ("MONOCHROME2", grey.tobytes())


def moving(kind: str, frames: list[np.ndarray], durations: list[int] | int, **options: object) -> bytes:
    """A picture of several frames, with a comment where the format has one."""
    out = io.BytesIO()
    first, *rest = [Image.fromarray(frame) for frame in frames]
    if kind == "GIF":
        options["comment"] = SECRET.encode()
    first.save(out, kind, save_all=True, append_images=rest, duration=durations, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "options", "lossy"),
    [
        ("GIF", {}, False),
        ("PNG", {}, False),
        ("WEBP", {"lossless": True}, False),
        ("WEBP", {"quality": 80}, True),
    ],
)
def test_a_moving_picture_becomes_a_clip_without_further_loss(opened, name: str, options: dict, lossy: bool) -> None:
    content = moving(name, scene(5), [40, 40, 100, 40, 40], **options)
    ds = outside.to_dataset(opened(content), name.lower(), Policy())
    assert (ds.SOPClassUID, int(ds.NumberOfFrames)) == (UltrasoundMultiFrameImageStorage, 5)
    assert np.allclose([float(step) for step in ds.FrameTimeVector], [0, 40, 40, 100, 40])
    assert ("LossyImageCompression" in ds) is lossy
    result = process(ds, Policy())
    assert (result.hold, result.recompressed, result.transfer_syntax) == (None, "no", RLELossless)
    assert SECRET.encode() not in b"".join(fragments(result))
    with Image.open(io.BytesIO(content)) as source:
        for number, frame in enumerate(fragments(result)):
            source.seek(number)
            shown = np.asarray(source.convert("RGB"))[..., : len(result_planes(frame, result))]
            clean = np.moveaxis(result_planes(frame, result), 0, -1)
            assert np.array_equal(clean[result.keep], shown[result.keep])
            assert not clean[~result.keep].any()


def result_planes(frame: bytes, result: PixelResult) -> np.ndarray:
    """(samples, rows, columns) of a run-length coded frame."""
    ds = dataset([frame], RLELossless, "RGB", (1, 1), **{**result.elements, "NumberOfFrames": 1})
    return rle.decode(frame, layout(ds, Limits()))


def test_a_moving_picture_that_does_not_tell_its_times_tells_none(opened) -> None:
    ds = outside.to_dataset(opened(moving("GIF", scene(3), 0)), "gif", Policy())
    assert int(ds.NumberOfFrames) == 3 and "FrameTime" not in ds and "FrameTimeVector" not in ds


def test_a_moving_picture_with_too_many_frames_is_refused(opened) -> None:
    with pytest.raises(Refused, match="limit_frames"):
        outside.to_dataset(opened(moving("GIF", scene(4), 40)), "gif", Policy(limits=Limits(frames=3)))


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 90}])
def test_a_webp_still_becomes_native_samples(opened, options: dict) -> None:
    content = saved(still(), "WEBP", **options)
    assert SECRET.encode() in content
    ds = outside.to_dataset(opened(content), "webp", Policy())
    assert (ds.file_meta.TransferSyntaxUID, ds.get("LossyImageCompression", "")) == (
        ExplicitVRLittleEndian,
        "" if "lossless" in options else "01",
    )
    shown = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    assert np.array_equal(np.frombuffer(ds.PixelData, np.uint8).reshape(240, 320, -1), shown[..., : ds.SamplesPerPixel])


def test_a_heic_still_becomes_native_samples(opened) -> None:
    content = heic(still())
    fd = opened(content)
    assert SECRET.encode() in content and sniff(fd) == "heic"
    ds = outside.to_dataset(fd, "heic", Policy())
    assert (ds.Rows, ds.Columns, ds.LossyImageCompression) == (*SHAPE, "01")
    found = np.frombuffer(ds.PixelData, np.uint8).reshape(*SHAPE, -1)[..., 0]
    assert np.abs(found.astype(int) - still()[..., 0]).mean() < 4
    result = process(ds, Policy())
    assert result.hold is None and SECRET.encode() not in stored(result)


def heic(frame: np.ndarray) -> bytes:
    """One frame of HEVC as a HEIF item (ISO 23008-12), with an EXIF item that describes it."""
    film = shot([frame], "mp4", "libx265")
    at = film.index(b"hvcC") - 4
    configuration = film[at : at + struct.unpack_from(">I", film, at)[0]]
    at = film.index(b"mdat") - 4
    picture = film[at + 8 : at + struct.unpack_from(">I", film, at)[0]]
    exif = bytes(4) + b"Exif\0\0" + SECRET.encode()  # too damaged to be read, but there
    kinds = part(b"ftyp", b"heic\0\0\0\0mif1heic")
    meta = described(configuration, (0, len(picture)), (0, len(exif)))
    start = len(kinds) + len(meta) + 8
    meta = described(configuration, (start, len(picture)), (start + len(picture), len(exif)))
    return kinds + meta + part(b"mdat", picture + exif)


def described(configuration: bytes, *places: tuple[int, int]) -> bytes:
    """The boxes that say where the picture and its EXIF lie, how the picture is coded, and how large it is."""
    entries = [part(b"infe", struct.pack(">IHH4s", 2 << 24, n, 0, k) + b"\0") for n, k in ((1, b"hvc1"), (2, b"Exif"))]
    located = b"".join(struct.pack(">HHHII", n, 0, 1, *place) for n, place in enumerate(places, 1))
    properties = configuration + part(b"ispe", struct.pack(">III", 0, *SHAPE[::-1]))
    boxes = [
        part(b"hdlr", struct.pack(">II4s12xB", 0, 0, b"pict", 0)),
        part(b"pitm", struct.pack(">IH", 0, 1)),
        part(b"iloc", struct.pack(">IBBH", 0, 0x44, 0, len(places)) + located),
        part(b"iinf", struct.pack(">IH", 0, 2) + b"".join(entries)),
        part(b"iref", bytes(4) + part(b"cdsc", struct.pack(">HHH", 2, 1, 1))),
        part(b"iprp", part(b"ipco", properties) + part(b"ipma", struct.pack(">IIHBBB", 0, 1, 1, 2, 0x81, 2))),
    ]
    return part(b"meta", bytes(4) + b"".join(boxes))


def part(kind: bytes, body: bytes) -> bytes:
    """One box of ISO base media."""
    return struct.pack(">I4s", 8 + len(body), kind) + body


def test_a_jpeg_that_is_to_be_turned_is_turned_by_its_samples(opened) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, SECRET
    out = io.BytesIO()
    Image.fromarray(still()).save(out, "JPEG", quality=90, exif=exif)
    ds = outside.to_dataset(opened(out.getvalue()), "jpeg", Policy())
    assert (ds.Rows, ds.Columns, ds.LossyImageCompression) == (320, 240, "01")
    found = np.frombuffer(ds.PixelData, np.uint8).reshape(320, 240, -1)[..., 0]
    shown = np.asarray(Image.open(io.BytesIO(out.getvalue())).convert("RGB"))[..., 0]
    assert np.array_equal(found, np.rot90(shown, -1))


def test_a_jpeg_of_four_inks_becomes_samples(opened) -> None:
    out = io.BytesIO()
    Image.fromarray(still()).convert("CMYK").save(out, "JPEG", quality=95)
    ds = outside.to_dataset(opened(out.getvalue()), "jpeg", Policy())
    found = np.frombuffer(ds.PixelData, np.uint8).reshape(240, 320, -1)[..., 0]
    assert np.abs(found.astype(int) - still()[..., 0]).mean() < 6


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
        ("webm", "libvpx-vp9", "matroska"),
    ],
)
def test_a_film_becomes_a_multi_frame_object(opened, container: str, codec: str, kind: str) -> None:
    content = shot(scene(), container, codec)
    ds = outside.to_dataset(opened(content), kind, Policy())
    assert (ds.SOPClassUID, int(ds.NumberOfFrames)) == (UltrasoundMultiFrameImageStorage, 8)
    assert abs(float(ds.FrameTime) - 40) < 0.5
    result = process(ds, Policy())
    assert (result.hold, result.transfer_syntax) == (None, MPEG4HP41)
    assert len(frames_of(fragments(result)[0])) == 8


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
        (b"GIF89a" + b"\0" * 100, "gif", "refused.decoder"),
        (b"RIFF\x40\0\0\0WEBPVP8 " + b"\0" * 100, "webp", "refused.decoder"),
        (b"\0\0\0\x20ftypheic" + b"\0" * 100, "heic", "refused.decoder"),
        (b"BM" + b"\0" * 100, "bmp", "refused.not_an_image"),
    ],
)
def test_broken_and_unknown_files_are_refused(opened, content: bytes, kind: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        outside.to_dataset(opened(content), kind, Policy())
    assert refused.value.code in (code, "refused.decoder")


def test_a_picture_without_its_table_of_colours_is_refused(opened) -> None:
    content = saved(still(), "PNG", "P")
    start = content.index(b"PLTE") - 4
    length = 12 + int.from_bytes(content[start : start + 4])
    with pytest.raises(Refused, match="decoder"):
        outside.to_dataset(opened(content[:start] + content[start + length :]), "png", Policy())


def test_codings_that_no_decoder_here_reads_are_refused_by_name(opened) -> None:
    pixels = np.ascontiguousarray(still())
    avif, jpeg_xl = bytes(imagecodecs.avif_encode(pixels)), bytes(imagecodecs.jpegxl_encode(pixels))
    hidden = avif[:8] + b"mif1" + avif[12:]
    for content, code in (
        (avif, "refused.transfer_syntax"),
        (hidden, "refused.decoder"),
        (jpeg_xl, "refused.not_an_image"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + jpeg_xl, "refused.not_an_image"),
    ):
        with pytest.raises(Refused) as refused:
            outside.to_dataset(fd := opened(content), sniff(fd), Policy())
        assert refused.value.code == code


def test_limits_are_named(opened) -> None:
    content = saved(still(), "PNG")
    for limits, code in (
        (Limits(file_bytes=100), "refused.limit_bytes"),
        (Limits(frame_pixels=1000), "refused.limit_pixels"),
    ):
        with pytest.raises(Refused, match=code):
            outside.to_dataset(opened(content), "png", Policy(limits=limits))
