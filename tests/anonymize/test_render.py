"""Renditions of clean clips: exact frames, true times, nothing written about the maker, sizes that pages can carry."""

from __future__ import annotations

import io
import os
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import simplejpeg
from PIL import Image
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundImageStorage, UltrasoundMultiFrameImageStorage, generate_uid

from anonymize.errors import Refused
from anonymize.keying import SecretKeyer
from anonymize.phantom import render_scene
from anonymize.policy import Limits
from anonymize.render import Renditions, render
from anonymize.render.film import PLAYBACK, SMALL, SMALL_BYTES_PER_SECOND, Film
from anonymize.render.job import run
from anonymize.render.mode import mode
from anonymize.render.renditions import walk
from anonymize.render.still import POSTER_BYTES, poster
from anonymize.render.summary import Summary
from anonymize.render.times import Times, frame_times
from anonymize.sandbox.jobs import Context

BLOCK, BITS = 40, 8


def coded(number: int, rows: int = 480, columns: int = 640) -> np.ndarray:
    """A grey frame that carries its number as a row of black and white blocks, on changing speckle."""
    frame = np.random.default_rng(number).integers(0, 120, (rows, columns), dtype=np.uint8)
    for bit in range(BITS):
        left = 20 + bit * BLOCK
        frame[40 : 40 + BLOCK, left : left + BLOCK] = 255 if number >> bit & 1 else 0
    return frame


def number_of(frame: np.ndarray, scale: float = 1.0) -> int:
    """The number on a decoded frame, RGB."""
    found = 0
    for bit in range(BITS):
        x, y = int((20 + bit * BLOCK + BLOCK / 2) * scale), int((40 + BLOCK / 2) * scale)
        found |= int(frame[y - 4 : y + 4, x - 4 : x + 4].mean() > 128) << bit
    return found


def clip(path: Path, frames: Sequence[np.ndarray], **elements: object) -> Path:
    """A native object of grey or RGB frames."""
    ds = Dataset()
    colour = frames[0].ndim == 3
    ds.SOPClassUID = UltrasoundMultiFrameImageStorage if len(frames) > 1 else UltrasoundImageStorage
    ds.SOPInstanceUID = generate_uid()
    ds.Modality = "US"
    ds.Rows, ds.Columns = frames[0].shape[:2]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = (3, "RGB") if colour else (1, "MONOCHROME2")
    if colour:
        ds.PlanarConfiguration = 0
    if len(frames) > 1:
        ds.NumberOfFrames = len(frames)
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    data = b"".join(frame.tobytes() for frame in frames)
    ds.PixelData = data + b"\0" * (len(data) % 2)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(path, enforce_file_format=True)
    return path


def rendered(path: Path) -> Renditions:
    with path.open("rb") as file:
        return render(file)


def shown_at(film: bytes, second: float) -> np.ndarray:
    """What a player shows after a jump to a time: the last frame that began by then."""
    with av.open(io.BytesIO(film), "r") as container:
        stream = container.streams.video[0]
        container.seek(int(second / (stream.time_base or 1)), stream=stream)
        shown = None
        for frame in container.decode(stream):
            if frame.time > second:
                break
            shown = frame
        assert shown is not None
        return shown.to_ndarray(format="rgb24")


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Renditions:
    path = tmp_path_factory.mktemp("coded") / "coded.dcm"
    return rendered(clip(path, [coded(number) for number in range(60)], FrameTime="33.37"))


@pytest.mark.parametrize("name", ["playback", "small"])
def test_a_jump_to_the_middle_of_a_frame_shows_that_frame(sixty: Renditions, name: str) -> None:
    fps = sixty.facts.fps
    film = getattr(sixty, name)
    assert [number_of(shown_at(film, (number + 0.5) / fps)) for number in range(60)] == list(range(60))


def test_a_small_film_of_a_large_clip_keeps_every_frame(tmp_path: Path) -> None:
    frames = [coded(number, 768, 1024) for number in range(30)]
    result = rendered(clip(tmp_path / "large.dcm", frames, FrameTime="40"))
    with av.open(io.BytesIO(result.small), "r") as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (640, 480)
        found = [number_of(frame.to_ndarray(format="rgb24"), 640 / 1024) for frame in film.decode(video=0)]
    assert found == list(range(30))


def test_uneven_frame_times_are_kept(tmp_path: Path) -> None:
    steps = [0, 20, 35.5, 120, 20, 60, 20, 20]
    path = clip(tmp_path / "uneven.dcm", [coded(n) for n in range(8)], FrameTimeVector=steps)
    result = rendered(path)
    assert result.facts.frame_times_ms == pytest.approx(np.cumsum(steps))
    assert not result.facts.uniform
    for film in (result.playback, result.small):
        with av.open(io.BytesIO(film), "r") as container:
            times = [frame.time * 1000 for frame in container.decode(video=0)]
        assert times == pytest.approx(np.cumsum(steps), abs=0.02)


def test_odd_sizes_are_padded_and_not_cut(tmp_path: Path) -> None:
    frames = [*render_scene("kidney-normal", frames=3, rows=479, columns=635)]
    result = rendered(clip(tmp_path / "odd.dcm", frames, CineRate=20))
    assert (result.facts.width, result.facts.height) == (635, 479)
    with av.open(io.BytesIO(result.playback), "r") as film:
        decoded = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert decoded[0].shape == (480, 636, 3)
    assert all(cv2.PSNR(shown[:479, :635], source) > 36 for shown, source in zip(decoded, frames, strict=True))
    assert np.abs(decoded[0][479].astype(int) - decoded[0][478]).mean() < 6


@pytest.mark.parametrize("name", ["playback", "small"])
def test_a_film_starts_at_once_and_says_nothing_about_its_maker(sixty: Renditions, name: str) -> None:
    film: bytes = getattr(sixty, name)
    assert 0 < film.find(b"moov") < film.find(b"mdat")
    for mark in (b"Lavf", b"Lavc", b"x264", b"libx", b"\xa9too", b"options:"):
        assert mark not in film
    with av.open(io.BytesIO(film), "r") as container:
        stream = container.streams.video[0]
        assert not container.streams.audio
        assert "creation_time" not in {**container.metadata, **stream.metadata}
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
    assert all(packet.pts == packet.dts for packet in packets)
    keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
    assert keys[0] == 0
    assert max(np.diff([*keys, len(packets)])) <= (12 if name == "playback" else 24)


def test_the_same_clip_gives_the_same_bytes(tmp_path: Path) -> None:
    path = clip(tmp_path / "twice.dcm", [coded(number) for number in range(6)], FrameTime="50")
    first, second = rendered(path), rendered(path)
    assert (first.playback, first.small, first.poster, first.frames) == (
        second.playback,
        second.small,
        second.poster,
        second.frames,
    )


def test_playback_is_close_to_the_source(tmp_path: Path) -> None:
    frames = list(render_scene("kidney-normal", frames=4))
    result = rendered(clip(tmp_path / "kidney.dcm", frames, FrameTime="60"))
    with av.open(io.BytesIO(result.playback), "r") as film:
        decoded = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert all(cv2.PSNR(shown, source) > 36 for shown, source in zip(decoded, frames, strict=True))


def test_the_small_film_stays_under_its_ceiling_even_for_noise(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    frames = [random.integers(0, 256, (480, 640), dtype=np.uint8) for _ in range(60)]
    result = rendered(clip(tmp_path / "noise.dcm", frames, FrameTime="40"))
    assert len(result.playback) > 5 * len(result.small)
    assert len(result.small) <= SMALL_BYTES_PER_SECOND * 60 * 0.04


def test_a_still_has_a_poster_and_one_frame_and_no_film(tmp_path: Path) -> None:
    picture = render_scene("gallbladder-normal", frames=1)[0]
    result = rendered(clip(tmp_path / "still.dcm", [picture]))
    assert (result.playback, result.small) == (b"", b"")
    assert (result.facts.kind, result.facts.frame_count, result.facts.frame_times_ms) == ("still", 1, [0.0])
    assert len(result.frames) == 1
    assert cv2.PSNR(np.array(Image.open(io.BytesIO(result.frames[0]))), picture) > 30


def test_frames_are_all_there_in_order(sixty: Renditions) -> None:
    numbers = [number_of(np.array(Image.open(io.BytesIO(frame)))) for frame in sixty.frames]
    assert numbers == list(range(60))


def test_the_poster_is_small_cropped_and_bare() -> None:
    frame = np.zeros((600, 800, 3), np.uint8)
    frame[100:500, 150:650] = render_scene("morison-normal", frames=1, rows=400, columns=500)[0] | 24
    summary = Summary()
    summary.add(frame)
    left, top, right, bottom = summary.picture
    assert (left, top, right, bottom) == pytest.approx((150, 100, 650, 500), abs=3)
    data = poster(summary.telling, summary.picture)
    assert len(data) <= POSTER_BYTES
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "WEBP"
    assert not picture.getexif()
    assert {"exif", "xmp", "icc_profile"}.isdisjoint(picture.info)
    assert picture.width / picture.height == pytest.approx(500 / 400, rel=0.03)


def test_the_poster_stays_small_for_a_noisy_picture() -> None:
    noise = np.random.default_rng(2).integers(0, 256, (600, 800), dtype=np.uint8)
    assert 0 < len(poster(noise, (0, 0, 800, 600))) <= POSTER_BYTES


def test_the_poster_is_the_telling_frame() -> None:
    scene = render_scene("kidney-normal", frames=1)[0]
    dark = scene // 6
    summary = Summary()
    for frame in (dark, scene, dark):
        summary.add(frame)
    assert np.array_equal(summary.telling, scene)


def test_the_perceptual_hash_survives_coding_and_tells_scenes_apart() -> None:
    hashes = {}
    for name in ("kidney-normal", "bladder-distended", "heart-apical-normal", "a-lines"):
        original, again = Summary(), Summary()
        for frame in render_scene(name, frames=3):
            original.add(frame)
            again.add(simplejpeg.decode_jpeg(simplejpeg.encode_jpeg(frame, quality=70)))
        hashes[name] = int(original.perceptual_hash, 16)
        assert (hashes[name] ^ int(again.perceptual_hash, 16)).bit_count() <= 3
    values = list(hashes.values())
    apart = [(a ^ b).bit_count() for number, a in enumerate(values) for b in values[:number]]
    assert min(apart) >= 10


@pytest.mark.parametrize(
    ("elements", "step"),
    [
        ({"FrameTime": "50"}, 50),
        ({"CineRate": 20}, 50),
        ({"RecommendedDisplayFrameRate": 10}, 100),
        ({"FrameTime": "0", "CineRate": 25}, 40),
        ({"FrameTime": "99999", "CineRate": 25}, 40),
        ({"FrameTimeVector": [0, 50, -3], "FrameTime": "20"}, 20),
        ({"FrameTimeVector": [0, 50], "FrameTime": "20"}, 20),
        ({}, 40),
    ],
)
def test_frame_times_come_from_the_first_plausible_element(elements: dict[str, object], step: float) -> None:
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    times = frame_times(ds, 3)
    assert times.starts == pytest.approx((0, step, 2 * step))
    assert times.duration == pytest.approx(3 * step)
    assert times.fps == pytest.approx(1000 / step)
    assert times.uniform


def test_mode_comes_from_the_regions_then_from_colour() -> None:
    def regions(*pairs: tuple[int, int]) -> Dataset:
        ds = Dataset()
        ds.SequenceOfUltrasoundRegions = [Dataset() for _ in pairs]
        for region, (space, kind) in zip(ds.SequenceOfUltrasoundRegions, pairs, strict=True):
            region.RegionSpatialFormat, region.RegionDataType = space, kind
        return ds

    assert mode(Dataset(), 0.0) == "b-mode"
    assert mode(Dataset(), 0.2) == "colour-doppler"
    assert mode(regions((1, 1)), 0.0) == "b-mode"
    assert mode(regions((1, 1), (2, 1)), 0.0) == "m-mode"
    assert mode(regions((1, 2)), 0.0) == "colour-doppler"
    assert mode(regions((1, 1), (3, 3)), 0.2) == "pw-doppler"
    assert mode(regions((3, 4)), 0.0) == "cw-doppler"


def test_frames_are_dropped_as_they_pass() -> None:
    alive: set[int] = set()
    most = 0

    def frames() -> Iterator[np.ndarray]:
        nonlocal most
        for number in range(40):
            frame = coded(number)
            alive.add(number)
            weakref.finalize(frame, alive.discard, number)
            most = max(most, len(alive))
            yield frame

    times = Times(tuple(number * 40.0 for number in range(40)), 1600.0)
    sinks = {"playback.mp4": io.BytesIO(), "small.mp4": io.BytesIO(), "frames.zip": io.BytesIO()}
    walk(frames(), sinks, (480, 640), times, Summary())
    assert most <= 4


@pytest.mark.parametrize("there", [3, 5])
def test_more_or_fewer_frames_than_declared_are_refused(there: int) -> None:
    sinks = {"playback.mp4": io.BytesIO(), "frames.zip": io.BytesIO()}
    with pytest.raises(Refused, match="pixels_mismatch"):
        walk((coded(number) for number in range(there)), sinks, (480, 640), Times((0, 40, 80, 120), 160), Summary())


def test_a_long_film_has_room_for_its_index() -> None:
    rng = np.random.default_rng(1)
    starts = tuple(np.cumsum(rng.uniform(5, 60, 3000)))
    file = io.BytesIO()
    film = Film(file, 32, 48, Times(starts, starts[-1] + 40), PLAYBACK)
    for number in range(3000):
        film.add(np.full((32, 48), number % 251, np.uint8))
    film.close()
    assert 0 < file.getvalue().find(b"moov") < file.getvalue().find(b"mdat")
    with av.open(io.BytesIO(file.getvalue()), "r") as container:
        assert container.streams.video[0].frames == 3000


def test_the_job_writes_what_is_asked_for(tmp_path: Path) -> None:
    path = clip(tmp_path / "job.dcm", [coded(number) for number in range(4)], FrameTime="40")
    outputs = {name: os.memfd_create(name) for name in ("small.mp4", "poster.webp")}
    with path.open("rb") as source:
        context = Context(source.fileno(), {}, SecretKeyer(b"k" * 32), Limits(), outputs)
        result = run(context)
    assert (result["code"], result["kind"], result["frame_count"], result["fps"]) == ("clean", "cine", 4, 25.0)
    assert result["mode"] == "b-mode"
    for name, descriptor in outputs.items():
        data = os.pread(descriptor, 1 << 22, 0)
        os.close(descriptor)
        assert data == getattr(rendered(path), name.split(".")[0])


def test_small_is_not_enlarged(tmp_path: Path) -> None:
    result = rendered(clip(tmp_path / "tiny.dcm", [coded(n, 240, 400) for n in range(2)], FrameTime="40"))
    with av.open(io.BytesIO(result.small), "r") as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (400, 240)
    assert SMALL.width == 640
