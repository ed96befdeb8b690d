"""Encapsulated pixel data (PS3.5 A.4): which fragments make which frame. Offset tables are believed where they fit."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO

from pydicom import Dataset
from pydicom.encaps import parse_basic_offsets, parse_fragments
from pydicom.uid import RLELossless

from anonymize.errors import Refused
from anonymize.pixels.source import Layout

ITEM = struct.Struct("<4sI")
STARTS = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  ")
"""How a frame of JPEG and JPEG-LS, of JPEG 2000, and of a JP2 file begins; no fragment within a frame does."""


def frame_streams(ds: Dataset, shape: Layout) -> Iterator[bytes]:
    """The coded frames of an encapsulated object, fragments joined; exactly as many as declared."""
    value = ds["PixelData"].value
    stream: BinaryIO = io.BytesIO(value) if isinstance(value, bytes | bytearray) else value
    stream.seek(0)
    try:
        table = parse_basic_offsets(stream)
        start = stream.tell()
        _, places = parse_fragments(stream)
    except (ValueError, EOFError, struct.error) as error:
        raise Refused("refused.broken") from error
    frames = _grouped(stream, places, [start + at for at in _extended(ds) or table], shape)
    if len(frames) < shape.frames:
        raise Refused("refused.pixels_short", frames=len(frames), declared=shape.frames)
    for frame in frames[: shape.frames]:
        yield b"".join(_content(stream, place) for place in frame)


def _grouped(stream: BinaryIO, places: list[int], offsets: list[int], shape: Layout) -> list[list[int]]:
    """By number when it tells, then by a table that names fragments, then by how frames begin."""
    if len(places) == shape.frames or shape.syntax == RLELossless:
        return [[place] for place in places]
    if shape.frames == 1:
        return [places]
    first = set(offsets)
    if len(first) < shape.frames or not {*places[:1]} <= first <= {*places}:
        first = {place for place in places if _content(stream, place, 8).startswith(STARTS)}
    frames: list[list[int]] = []
    for place in places:
        if place in first or not frames:
            frames.append([])
        frames[-1].append(place)
    return frames


def _content(stream: BinaryIO, place: int, most: int | None = None) -> bytes:
    """Of the fragment whose item begins at `place`."""
    stream.seek(place)
    _, length = ITEM.unpack(stream.read(ITEM.size))
    return stream.read(length if most is None else min(length, most))


def _extended(ds: Dataset) -> list[int]:
    """The extended offset table (PS3.3 C.7.6.3.1.8), if there is one."""
    table = ds.get("ExtendedOffsetTable")
    if not isinstance(table, bytes):  # its VR may be any
        return []
    return [at for (at,) in struct.iter_unpack("<Q", table[: len(table) // 8 * 8])]
