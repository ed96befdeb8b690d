"""Films: coded once at high quality, same frames and times, black outside, no sound, no words of the container."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from pydicom.encaps import generate_frames
from pydicom.uid import HEVCMP51, MPEG2MPML, MPEG4HP41

from anonymize.errors import Refused
from anonymize.pixels import film, process
from anonymize.pixels.filmcoder import LEAST_PSNR
from anonymize.pixels.process import open_codec
from anonymize.policy import Limits, Policy
from tests.anonymize.screens import BANNER, box, clip, dataset, fragments, write
from tests.anonymize.sound import play, track

SHAPE = (240, 320)
TITLE = "DOE JANE 4711"
QUIET = {"libx265": {"x265-params": "log-level=none"}}
"""It writes to the standard error by itself."""


def shot(
    frames: list[np.ndarray],
    container: str = "mp4",
    codec: str = "libx264",
    times: list[int] | None = None,
    sound: bool = False,
) -> bytes:
    """A film with a title; times in milliseconds."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as target:
        target.metadata["title"] = TITLE
        target.metadata["creation_time"] = "2020-01-02T03:04:05"
        stream = target.add_stream(codec, rate=25, options=QUIET.get(codec, {}))
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000) if times else Fraction(1, 25)
        audio = track(target) if sound else None
        for index, frame in enumerate(frames):
            picture = VideoFrame.from_ndarray(frame, format="rgb24")
            picture.pts = times[index] if times else index
            picture.time_base = stream.codec_context.time_base
            target.mux(stream.encode(picture))
        target.mux(stream.encode(None))
        if audio is not None:
            play(target, audio)
    return out.getvalue()


def frames_of(stream: bytes) -> list[np.ndarray]:
    """RGB."""
    return [film.rgb(frame) for frame in film.frames(stream, 1000)]


def scene(frames: int = 8) -> list[np.ndarray]:
    """A linear picture under a banner."""
    shown = clip(box(*SHAPE), frames)
    for frame in shown:
        write(frame, BANNER, (8, 4), 14)
    return shown


@pytest.mark.parametrize(
    ("syntax", "container", "codec"),
    [
        (MPEG4HP41, "mp4", "libx264"),
        (MPEG4HP41, "h264", "libx264"),
        (MPEG4HP41, "mpegts", "libx264"),
        (HEVCMP51, "hevc", "libx265"),
        (MPEG2MPML, "mpeg", "mpeg2video"),
        (MPEG2MPML, "mpeg2video", "mpeg2video"),
    ],
)
def test_a_film_in_dicom_is_coded_once_and_black_outside(syntax: str, container: str, codec: str) -> None:
    source = shot(scene(), container, codec)
    ds = dataset([source], syntax, "YBR_PARTIAL_420", SHAPE, NumberOfFrames=8)
    result = process(ds, Policy())
    assert (result.hold, result.recompressed, result.transfer_syntax) == (None, "once", MPEG4HP41)
    assert result.psnr_db is not None and result.psnr_db >= LEAST_PSNR
    shown, clean = frames_of(source), frames_of(fragments(result)[0])
    assert len(clean) == len(shown) == result.elements["NumberOfFrames"]
    assert result.elements["PhotometricInterpretation"] == "YBR_PARTIAL_420"
    assert result.keep[box(*SHAPE)].mean() > 0.97
    for before, after in zip(shown, clean, strict=True):
        inside = np.abs(before[result.keep].astype(int) - after[result.keep])
        assert inside.mean() < 3
        assert after[:30].max() <= 6


def test_the_measured_quality_is_that_of_the_picture_kept() -> None:
    source = shot(scene())
    codec = open_codec(dataset([source], MPEG4HP41, "YBR_PARTIAL_420", SHAPE, NumberOfFrames=8), Policy())
    keep = np.zeros(SHAPE, bool)
    keep[60:200, 80:220] = True
    coded = codec.blank(keep)
    before = np.stack([film.planes(f)[: keep.size] for f in film.frames(source, 99)])[:, keep.ravel()]
    after = np.stack([film.planes(f)[: keep.size] for f in film.frames(fragments(coded)[0], 99)])[:, keep.ravel()]
    luma = 10 * np.log10(255**2 / np.mean((before.astype(float) - after) ** 2))
    assert coded.psnr_db is not None and abs(coded.psnr_db - luma) < 3


def test_sound_title_and_dates_are_gone() -> None:
    source = shot(scene(), sound=True)
    assert TITLE.encode() in source
    result = process(dataset([source], MPEG4HP41, "YBR_PARTIAL_420", SHAPE), Policy())
    (clean,) = list(generate_frames(dataset(fragments(result), MPEG4HP41, "RGB", SHAPE).PixelData, number_of_frames=1))
    assert TITLE.encode() not in clean and b"Lavf" not in clean and b"x264" not in clean
    with av.open(io.BytesIO(clean)) as target:
        assert [s.type for s in target.streams] == ["video"]
        assert "title" not in target.metadata and "creation_time" not in target.metadata


def test_frame_times_are_the_sources_own() -> None:
    times = [0, 40, 80, 180, 220, 400, 440, 480]
    source = shot(scene(), times=times)
    result = process(dataset([source], MPEG4HP41, "YBR_PARTIAL_420", SHAPE), Policy())
    found = film.times(fragments(result)[0], 99)
    assert np.allclose(np.array(found) * 1000, times, atol=1)


def test_a_film_of_another_size_or_too_long_is_refused() -> None:
    source = shot(scene())
    with pytest.raises(Refused, match="pixels_mismatch"):
        process(dataset([source], MPEG4HP41, "YBR_PARTIAL_420", (240, 322)), Policy())
    with pytest.raises(Refused, match="limit_frames"):
        process(dataset([source], MPEG4HP41, "YBR_PARTIAL_420", SHAPE), Policy(limits=Limits(frames=5)))


@pytest.mark.parametrize(
    "stream",
    [
        b"#EXTM3U\nfile:///etc/passwd\n" * 20,
        b"ffconcat version 1.0\nfile /etc/passwd\n" * 20,
        b"\0\0\0\x20ftypisom" + b"\0" * 400,
        b"RIFF\0\0\0\0AVI " + b"\xff" * 400,
        b"\0" * 500,
    ],
)
def test_playlists_and_rubbish_are_refused(stream: bytes) -> None:
    with pytest.raises(Refused):
        film.describe(stream)


def test_a_film_in_an_unknown_coding_is_refused() -> None:
    source = shot(scene(), "avi", "mjpeg")
    with pytest.raises(Refused, match="transfer_syntax"):
        film.describe(source.replace(b"MJPG", b"ZZZZ"))


def test_a_film_cut_short_ends_in_a_verdict() -> None:
    source = shot(scene(20), "mpegts")
    ds = dataset([source[: len(source) // 2]], MPEG4HP41, "YBR_PARTIAL_420", SHAPE)
    try:
        result = process(ds, Policy())
    except Refused as refused:
        assert refused.code.startswith("refused.")
    else:
        assert len(frames_of(fragments(result)[0])) < 20
