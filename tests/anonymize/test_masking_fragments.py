"""Which fragments make which frame: offset tables that are absent, full, extended, or wrong (PS3.5 A.4)."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest
import simplejpeg
from pydicom import Dataset
from pydicom.encaps import encapsulate, encapsulate_extended, itemize_frame
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless, RLELossless

from anonymize.errors import Refused
from anonymize.pixels import rle
from anonymize.pixels.encapsulated import frame_streams
from anonymize.pixels.source import layout
from anonymize.policy import Limits
from tests.anonymize.screens import clip, dataset
from tests.anonymize.test_masking_exact import j2k, ls

SHAPE = (40, 56)
PICTURES = clip(np.ones(SHAPE, bool), 4)
STREAMS = [simplejpeg.encode_jpeg(picture, 80 + 3 * number) for number, picture in enumerate(PICTURES)]
EMPTY_TABLE = b"\xfe\xff\x00\xe0\0\0\0\0"


def even(stream: bytes) -> bytes:
    """As it lies in a fragment."""
    return stream + b"\0" * (len(stream) % 2)


def items(pieces: int, streams: list[bytes] = STREAMS) -> bytes:
    """Every frame in so many fragments, without an offset table."""
    return b"".join(item for stream in streams for item in itemize_frame(stream, pieces))


def table(change: Callable[[list[int]], list[int]], pieces: int = 3) -> bytes:
    """A basic offset table, changed, and the fragments."""
    offsets = [len(items(pieces, STREAMS[:number])) for number in range(len(STREAMS))]
    changed = change(offsets)
    return struct.pack(f"<4sI{len(changed)}I", b"\xfe\xff\x00\xe0", 4 * len(changed), *changed) + items(pieces)


def extended(ds: Dataset) -> None:
    """An extended offset table and an empty basic one."""
    ds.PixelData, ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = encapsulate_extended(STREAMS)


def extended_over_fragments(ds: Dataset) -> None:
    """Several fragments a frame, found by the extended table alone."""
    offsets = [len(items(3, STREAMS[:number])) for number in range(len(STREAMS))]
    ds.PixelData = EMPTY_TABLE + items(3)
    ds.ExtendedOffsetTable = struct.pack(f"<{len(offsets)}Q", *offsets)
    ds.ExtendedOffsetTableLengths = struct.pack(f"<{len(offsets)}Q", *map(len, STREAMS))


def holding(data: bytes) -> Callable[[Dataset], None]:
    """Sets the pixel data."""
    return lambda ds: setattr(ds, "PixelData", data)


WAYS: dict[str, Callable[[Dataset], None]] = {
    "empty table": holding(encapsulate(STREAMS, has_bot=False)),
    "full table": holding(encapsulate(STREAMS, has_bot=True)),
    "empty table, fragments": holding(EMPTY_TABLE + items(4)),
    "full table, fragments": holding(encapsulate(STREAMS, fragments_per_frame=3, has_bot=True)),
    "extended table": extended,
    "extended table, fragments": extended_over_fragments,
    "a table that is eight bytes off": holding(table(lambda offsets: [at + 8 for at in offsets])),
    "a table of zeros": holding(table(lambda offsets: [0] * len(offsets))),
    "a table that stops early": holding(table(lambda offsets: offsets[:2])),
    "a table beyond the end": holding(table(lambda offsets: [*offsets[:-1], 1 << 30])),
    "a wrong table, one fragment a frame": holding(table(lambda offsets: [0, 2, 4, 6], pieces=1)),
}


@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_every_frame_is_found_whole(way: str, in_file: bool) -> None:
    ds = dataset(STREAMS, JPEGBaseline8Bit, "YBR_FULL_422", SHAPE)
    WAYS[way](ds)
    if in_file:
        ds["PixelData"].value = io.BufferedReader(io.BytesIO(ds.PixelData))
    found = list(frame_streams(ds, layout(ds, Limits())))
    assert [stream.rstrip(b"\0") for stream in found] == STREAMS


UNMARKED = [b"one frame of some coding", b"and another", b"the third of them", b"and the last "]
"""Nothing in them tells where a frame begins."""


@pytest.mark.parametrize("way", ["one fragment a frame", "basic table", "extended table"])
def test_codings_without_a_known_start_are_told_by_number_or_table(way: str) -> None:
    pieces = 1 if way == "one fragment a frame" else 3
    offsets = [len(items(pieces, UNMARKED[:number])) for number in range(len(UNMARKED))]
    ds = dataset(UNMARKED, JPEGBaseline8Bit, "YBR_FULL_422", SHAPE)
    ds.PixelData = EMPTY_TABLE + items(pieces, UNMARKED)
    if way == "basic table":
        ds.PixelData = struct.pack("<4s5I", b"\xfe\xff\x00\xe0", 16, *offsets) + items(pieces, UNMARKED)
    elif way == "extended table":
        ds.ExtendedOffsetTable = struct.pack("<4Q", *offsets)
        ds.ExtendedOffsetTableLengths = struct.pack("<4Q", *map(len, UNMARKED))
    found = frame_streams(ds, layout(ds, Limits()))
    assert [stream.rstrip(b"\0") for stream in found] == UNMARKED


def test_a_single_frame_may_lie_in_many_fragments() -> None:
    ds = dataset(STREAMS[:1], JPEGBaseline8Bit, "YBR_FULL_422", SHAPE)
    ds.PixelData = EMPTY_TABLE + items(7, STREAMS[:1])
    assert [even(stream) for stream in frame_streams(ds, layout(ds, Limits()))] == [even(STREAMS[0])]


@pytest.mark.parametrize(("syntax", "encode"), [(JPEGLSLossless, ls), (JPEG2000Lossless, j2k)])
def test_frames_of_other_codings_are_told_by_their_start(syntax: str, encode: Callable[[np.ndarray], bytes]) -> None:
    streams = [encode(np.ascontiguousarray(picture[..., 0])) for picture in PICTURES]
    ds = dataset(streams, syntax, "MONOCHROME2", SHAPE)
    ds.PixelData = EMPTY_TABLE + items(3, streams)
    assert [even(stream) for stream in frame_streams(ds, layout(ds, Limits()))] == [even(stream) for stream in streams]


def test_run_lengths_lie_in_one_fragment_a_frame_and_those_beyond_the_declared_are_left() -> None:
    streams = [rle.encode(np.moveaxis(picture, -1, 0)) for picture in PICTURES]
    ds = dataset(streams, RLELossless, "RGB", SHAPE, NumberOfFrames=3)
    assert list(frame_streams(ds, layout(ds, Limits()))) == streams[:3]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (EMPTY_TABLE + items(2, STREAMS[:3]), "refused.pixels_short"),
        (EMPTY_TABLE + items(1)[:-20] + b"\x01\x02\x03\x04" * 9, "refused.broken"),
        (b"\xfe\xff\x00\xe0\xff\xff\xff\xff", "refused.broken"),
        (b"\x08\0\x16\0UI", "refused.broken"),
    ],
)
def test_missing_or_broken_fragments_are_refused(data: bytes, code: str) -> None:
    ds = dataset(STREAMS, JPEGBaseline8Bit, "YBR_FULL_422", SHAPE)
    ds.PixelData = data
    with pytest.raises(Refused) as refused:
        list(frame_streams(ds, layout(ds, Limits())))
    assert refused.value.code == code
