"""Reading films: MPEG-2, H.264, HEVC streams and their containers, one frame at a time, by PyAV.

The container is told by its first bytes and named to the reader: probing would also open playlists, which name files.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame

from anonymize.errors import Refused

CODECS = frozenset(
    {"h264", "hevc", "mpeg1video", "mpeg2video", "mpeg4", "mjpeg", "msmpeg4v3", "wmv2", "vp8", "vp9", "av1", "libdav1d"}
    | {"rawvideo", "huffyuv", "ffv1", "png", "cinepak", "indeo5", "msvideo1", "dvvideo"}
)
"""Decoders that are let near a stranger's bytes."""
HEVC_FIRST = (32, 33, 35, 39)
"""Unit types that may begin a stream: parameter sets, delimiter, supplemental information (H.265 table 7-1)."""
H264_FIRST = (6, 7, 9)
"""The same of H.264 (table 7-1)."""
BROKEN = (av.FFmpegError, ValueError, EOFError, IndexError)


@dataclass(frozen=True, slots=True)
class Film:
    """What the container says about its video stream."""

    rows: int
    columns: int
    codec: str
    rate: float
    """Frames a second; 0 when unknown."""


def container(stream: bytes) -> str:
    """FFmpeg's name of the container or elementary stream that starts like this; raises Refused for all others."""
    head = stream[:400]
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):
        return "mov"
    for start, name in (
        (b"RIFF", "avi"),
        (b"\x1aE\xdf\xa3", "matroska"),
        (b"\0\0\x01\xba", "mpeg"),
        (b"\0\0\x01\xb3", "mpegvideo"),
    ):
        if head.startswith(start):
            return name
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "mpegts"
    return _elementary(head)


def _elementary(head: bytes) -> str:
    """H.264 or HEVC with start codes (annex B of each): told by the type of the first unit."""
    at = next((len(code) for code in (b"\0\0\0\1", b"\0\0\1") if head.startswith(code)), 0)
    if not at or len(head) <= at:
        raise Refused("refused.decoder")
    if head[at] >> 1 in HEVC_FIRST and not head[at] & 0x81:
        return "hevc"
    if head[at] & 0x1F in H264_FIRST and not head[at] & 0x80:
        return "h264"
    raise Refused("refused.decoder")


@contextmanager
def opened(stream: bytes) -> Iterator[InputContainer]:
    """The container, decoding in one thread; raises Refused when it holds no film that may be decoded."""
    try:
        with av.open(io.BytesIO(stream), "r", format=container(stream), metadata_errors="ignore") as film:
            context = film.streams.video[0].codec_context if film.streams.video else None
            if context is None or context.name not in CODECS:
                raise Refused("refused.transfer_syntax")
            film.streams.video[0].thread_type = "NONE"
            context.thread_count = 1
            yield film
    except BROKEN as error:
        raise Refused("refused.decoder") from error


def describe(stream: bytes) -> Film:
    """Without decoding a frame."""
    with opened(stream) as film:
        video = film.streams.video[0]
        context = video.codec_context
        rate = video.average_rate or video.guessed_rate or 0
        return Film(context.height, context.width, context.name, float(rate))


def frames(stream: bytes, limit: int) -> Iterator[VideoFrame]:
    """Decoded frames in the order shown; raises Refused beyond `limit` frames or when the size changes midway."""
    with opened(stream) as film:
        context = film.streams.video[0].codec_context
        size = context.width, context.height
        for count, frame in enumerate(film.decode(video=0), 1):
            if count > limit:
                raise Refused("refused.limit_frames", limit=limit)
            if (frame.width, frame.height) != size:
                raise Refused("refused.pixels_mismatch")
            yield frame


# threads=1 throughout: each frame has a converter of its own, and its threads live on: hundreds in a long film.


def rgb(frame: VideoFrame) -> np.ndarray:
    """uint8 (rows, columns, 3), sides made even by repeating the last row and column: H.264 4:2:0 has no odd sides."""
    return even(frame.to_ndarray(format="rgb24", threads=1))


def even(picture: np.ndarray) -> np.ndarray:
    """The picture with an even number of rows and columns."""
    rows, columns = picture.shape[:2]
    if rows % 2 == 0 and columns % 2 == 0:
        return picture
    return np.pad(picture, ((0, rows % 2), (0, columns % 2), (0, 0)), mode="edge")


def planes(frame: VideoFrame) -> np.ndarray:
    """Flat uint8 of luma and both chroma planes at 4:2:0, of even sides."""
    if frame.width % 2 or frame.height % 2:
        frame = VideoFrame.from_ndarray(rgb(frame), format="rgb24")
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        frame = frame.reformat(format="yuv420p", threads=1)
    return frame.to_ndarray().ravel()


def full_range(frame: VideoFrame) -> bool:
    """Luma runs from 0 to 255, not from 16 to 235."""
    return frame.format.name.startswith("yuvj") or int(frame.color_range) == 2


def times(stream: bytes, limit: int) -> list[float]:
    """Seconds at which each frame is shown, from 0: one entry for each frame that can be decoded."""
    found: list[float] = []
    step = 1 / (describe(stream).rate or 25)
    for frame in frames(stream, limit):
        now = frame.time
        found.append(now if now is not None and (not found or now > found[-1]) else found[-1] + step if found else 0.0)
    return [time - found[0] for time in found]
