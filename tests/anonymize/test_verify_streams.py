"""The second look at coded frames: nothing but what shows the picture is there."""

from __future__ import annotations

import io
import struct

import av
import imagecodecs
import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    MPEG4HP41,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from anonymize.verify import Identifiers, verify
from anonymize.verify.search import Anchors, spelled
from tests.anonymize.leaks.finished import encapsulated, finished, frames, written
from tests.anonymize.sound import play, track


def codes(ds: Dataset, identifiers: Identifiers | None = None) -> set[str]:
    return {problem.code for problem in verify(io.BytesIO(written(ds)), identifiers=identifiers, pixels=False)}


def jpeg(frame: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


def jpegs() -> list[bytes]:
    return [jpeg(frame) for frame in frames()]


def jpeg_2000s() -> list[bytes]:
    return [bytes(imagecodecs.jpeg2k_encode(frame, codecformat="j2k", reversible=True)) for frame in frames()]


def with_segment(coded: bytes, marker: int, payload: bytes) -> bytes:
    return coded[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload + coded[2:]


def test_coded_frames_pass():
    assert codes(encapsulated(finished(), jpegs(), JPEGBaseline8Bit)) == set()
    progressive = [jpeg(frame, progressive=True) for frame in frames()]
    assert codes(encapsulated(finished(), progressive, JPEGBaseline8Bit)) == set()
    assert (
        codes(encapsulated(finished(), [bytes(imagecodecs.jpegls_encode(f)) for f in frames()], JPEGLSLossless))
        == set()
    )
    assert codes(encapsulated(finished(), jpeg_2000s(), JPEG2000Lossless)) == set()


@pytest.mark.parametrize("marker", [0xE1, 0xE2, 0xED, 0xFE])
def test_comments_and_application_segments(marker: int):
    coded = jpegs()
    coded[1] = with_segment(coded[1], marker, b"Rossi^Anna")
    assert "stream.segment" in codes(encapsulated(finished(), coded, JPEGBaseline8Bit))


def test_a_thumbnail_in_the_jfif_segment():
    coded = jpegs()
    at = coded[0].index(b"JFIF")
    thumbnail = coded[0][: at + 12] + b"\x01\x01" + b"RGB" + coded[0][at + 14 :]
    coded[0] = thumbnail[: at - 2] + struct.pack(">H", 19) + thumbnail[at:]
    assert "stream.segment" in codes(encapsulated(finished(), coded, JPEGBaseline8Bit))


def test_text_behind_the_tables_of_a_segment():
    coded = jpegs()
    at = coded[0].index(b"\xff\xdb")
    length = struct.unpack(">H", coded[0][at + 2 : at + 4])[0]
    end = at + 2 + length
    coded[0] = coded[0][: at + 2] + struct.pack(">H", length + 6) + coded[0][at + 4 : end] + b"ROSSI\0" + coded[0][end:]
    assert codes(encapsulated(finished(), coded, JPEGBaseline8Bit)) & {"stream.segment", "stream.broken"}


def test_bytes_behind_the_end_of_a_frame():
    coded = jpegs()
    coded[2] += b"ROSSI\0"
    assert "stream.trailing" in codes(encapsulated(finished(), coded, JPEGBaseline8Bit))


def test_a_frame_too_many_and_a_broken_frame():
    assert "stream.frames" in codes(encapsulated(finished(), [*jpegs(), jpegs()[0]], JPEGBaseline8Bit))
    coded = jpegs()
    coded[0] = coded[0][: len(coded[0]) // 2]
    assert "stream.broken" in codes(encapsulated(finished(), coded, JPEGBaseline8Bit))


def test_a_comment_in_jpeg_2000():
    coded = jpeg_2000s()
    comment = b"\0\1Rossi^Anna"
    at = 4 + struct.unpack(">H", coded[0][4:6])[0]
    coded[0] = coded[0][:at] + b"\xff\x64" + struct.pack(">H", len(comment) + 2) + comment + coded[0][at:]
    assert "stream.segment" in codes(encapsulated(finished(), coded, JPEG2000Lossless))


def rle(frame: np.ndarray) -> bytes:
    packed = imagecodecs.packbits_encode(frame.tobytes())
    packed += b"\0" * (len(packed) % 2)
    return struct.pack("<16I", 1, 64, *[0] * 14) + packed


def test_rle_header_and_names_behind_the_last_segment():
    coded = [rle(frame) for frame in frames()]
    assert codes(encapsulated(finished(), coded, RLELossless)) == set()
    coded[0] = coded[0][:8] + struct.pack("<I", 0x4C45454C) + coded[0][12:]
    assert "stream.segment" in codes(encapsulated(finished(), coded, RLELossless))
    coded = [rle(frame) + b"Schwarzenbach^Jo" for frame in frames()]
    dataset = Dataset()
    dataset.PatientName = "Schwarzenbach^Jo"
    known = Identifiers.from_dataset(dataset)
    assert "identity.stream" in codes(encapsulated(finished(), coded, RLELossless), known)


@pytest.mark.parametrize("coding", ["latin-1", "utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["schwarzenbach", "SCHWARZENBACH", "Hôpital Sud"])
def test_a_name_in_coded_pixels_is_found_wherever_it_stands(name: str, coding: str) -> None:
    noise = np.random.default_rng(4).integers(0, 256, 4000, np.uint8).tobytes()
    anchors = Anchors(raw for text in ("schwarzenbach", "hôpital sud") for raw in spelled(text))
    assert not anchors.stand_in(noise)
    for at in (0, 1, 2, 3, 1001, len(noise)):
        assert anchors.stand_in(noise[:at] + name.encode(coding) + noise[at:]), at
    assert not anchors.stand_in(noise + name.encode(coding)[:-1])


def test_a_sharp_s_and_two_are_one_name() -> None:
    assert Anchors(spelled("strassburger")).stand_in(b"\0\1" + "Straßburger".encode("latin-1"))


def mp4(title: str = "", created: bool = False, sound: bool = False) -> bytes:
    """Three H.264 frames in an MP4 without metadata but those asked for."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4", options={"fflags": "+bitexact"}) as target:
        if title:
            target.metadata["title"] = title
        if created:
            target.metadata["creation_time"] = "2020-04-23T01:18:59Z"
        stream = target.add_stream("libx264", rate=25, options={"bf": "0", "flags": "+bitexact"})
        stream.width, stream.height, stream.pix_fmt = 120, 96, "yuv420p"
        audio = track(target) if sound else None
        for frame in frames():
            colour = np.repeat(frame[..., None], 3, axis=2)
            target.mux(stream.encode(av.VideoFrame.from_ndarray(colour, format="rgb24")))
        target.mux(stream.encode(None))
        if audio is not None:
            play(target, audio)
    return buffer.getvalue()


def film(stream: bytes) -> Dataset:
    ds = encapsulated(finished(), [stream], MPEG4HP41)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "YBR_PARTIAL_420", 0
    ds.LossyImageCompression = "01"
    return ds


def test_a_film_passes():
    assert codes(film(mp4())) == set()


def test_a_film_with_a_title_a_date_or_sound():
    assert "stream.user_data" in codes(film(mp4(title="Rossi Anna")))
    assert "stream.user_data" in codes(film(mp4(created=True)))
    assert "stream.user_data" in codes(film(mp4(sound=True)))


def annex_b(*units: bytes) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in units)


def sei(kind: int, payload: bytes) -> bytes:
    return bytes([6, kind, len(payload)]) + payload + b"\x80"


@pytest.mark.parametrize("kind", [4, 5])
def test_user_data_between_the_pictures(kind: int):
    picture = bytes([0x65]) + b"\x88\x84" * 20
    assert "stream.user_data" in codes(film(annex_b(picture, sei(kind, b"0123456789abcdefROSSI ANNA"))))
    assert "stream.user_data" not in codes(film(annex_b(picture, sei(6, b"\x80"))))


def test_the_coders_own_settings_may_stay_and_nothing_in_their_place():
    settings = bytes.fromhex("dc45e9bde6d948b7962cd820d923eeef") + (
        b"x264 - core 165 - H.264/MPEG-4 AVC codec - Copyleft 2003-2025 - http://www.videolan.org/x264.html - "
        b"options: cabac=1 me=hex\0"
    )
    picture = bytes([0x65]) + b"\x88\x84" * 20
    assert "stream.user_data" not in codes(film(annex_b(picture, sei(5, settings))))
    assert "stream.user_data" in codes(film(annex_b(picture, sei(5, settings.replace(b"me=hex", b"me=rossi")))))
    assert "stream.user_data" in codes(film(annex_b(picture, sei(5, settings.replace(b"cabac=1", b"cabac=4821337")))))


def test_an_empty_offset_table():
    ds = encapsulated(finished(), jpegs(), JPEGBaseline8Bit)
    ds.PixelData = encapsulate(jpegs(), has_bot=False)
    dataset = Dataset()
    dataset.PatientName = "Schwarzenbach^Jo"
    assert codes(ds, Identifiers.from_dataset(dataset)) == set()
