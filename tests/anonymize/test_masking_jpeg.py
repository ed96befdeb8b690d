"""JPEG: the coefficients of kept blocks are the source's, all others are black, and no marker tells anything."""

from __future__ import annotations

import ctypes
import io
import struct

import cv2
import imagecodecs
import numpy as np
import pytest
import simplejpeg
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit

from anonymize.errors import Refused
from anonymize.pixels import jpeg, jpegmarks, turbo
from anonymize.pixels.codec import Grid
from anonymize.pixels.grid import snap
from anonymize.pixels.process import open_codec
from anonymize.policy import Policy
from tests.anonymize.screens import box, clip, dataset, fragments, write

SHAPE = (123, 157)
SECRET = b"DOE^JANE 4711"


def picture() -> np.ndarray:
    """RGB, every block with structure in every channel, sides that are no multiple of a block."""
    frame = clip(np.ones(SHAPE, bool), 1)[0]
    return np.dstack([frame[..., 0], np.roll(frame[..., 0], 9, 1), 255 - frame[..., 0]])


def pillow(frame: np.ndarray, **options: object) -> bytes:
    """Coded by Pillow, with a comment, an EXIF name and a thumbnail's worth of APP1."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    Image.fromarray(frame).save(out, "JPEG", quality=88, comment=SECRET, exif=exif, **options)
    return out.getvalue()


def adobe_rgb(frame: np.ndarray) -> bytes:
    """RGB components without a colour transform."""
    return pillow(frame, keep_rgb=True)


def wide_tables(stream: bytes) -> bytes:
    """The same picture with quantisation steps of 16 bits (T.81 B.2.4.1): extended sequential."""
    out, place = [b"\xff\xd8"], 2
    while stream[place + 1] != 0xDA:
        kind, (length,) = stream[place + 1], struct.unpack_from(">H", stream, place + 2)
        body = stream[place + 4 : place + 2 + length]
        if kind == 0xDB:
            tables = [body[at : at + 65] for at in range(0, len(body), 65)]
            body = b"".join(bytes([16 | t[0]]) + b"".join(struct.pack(">H", step) for step in t[1:]) for t in tables)
        kind = 0xC1 if kind == 0xC0 else kind
        out.append(struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body)
        place += 2 + length
    return b"".join([*out, stream[place:]])


STREAMS = {
    "4:4:4": pillow(picture(), subsampling=0),
    "4:2:2": pillow(picture(), subsampling=1),
    "4:2:0": pillow(picture(), subsampling=2),
    "4:4:0": simplejpeg.encode_jpeg(picture(), 88, colorsubsampling="440"),
    "grey": pillow(picture()[..., 0]),
    "progressive": pillow(picture(), subsampling=2, progressive=True),
    "RGB components": adobe_rgb(picture()),
    "restart markers": pillow(picture(), subsampling=1, restart_marker_rows=1),
    "own Huffman tables": pillow(picture(), subsampling=0, optimize=True),
    "4:1:1": simplejpeg.encode_jpeg(picture(), 88, colorsubsampling="411"),
    "three quantisation tables": pillow(picture(), subsampling=1, qtables=[[1 + i // 4 for i in range(64)]] * 2),
    "wide quantisation tables": wide_tables(pillow(picture(), subsampling=1)),
    "progressive with restarts": pillow(picture(), subsampling=1, progressive=True, restart_marker_blocks=3),
}


def coefficients(stream: bytes) -> list[np.ndarray]:
    """int16 (block rows, block columns, 64) of each component."""
    header = jpegmarks.read(stream)
    found: list[dict[int, np.ndarray]] = [{} for _ in header.components]

    def look(address: int, blocks: int, row: int, component: int) -> None:
        values = (ctypes.c_int16 * (64 * blocks)).from_address(address)
        found[component][row] = np.ctypeslib.as_array(values).reshape(blocks, 64).copy()

    turbo.transform(stream, look)
    return [np.stack([rows[row] for row in sorted(rows)]) for rows in found]


def whole_blocks(stream: bytes) -> np.ndarray:
    """A mask in whole units of the stream."""
    header = jpegmarks.read(stream)
    nothing = np.zeros(SHAPE, bool)
    return snap(box(*SHAPE), nothing, Grid(*header.unit))


def block_mask(stream: bytes, component: int, keep: np.ndarray, like: np.ndarray) -> np.ndarray:
    """bool (block rows, block columns): kept, told by the block's first pixel; blocks past the frame are not."""
    header = jpegmarks.read(stream)
    width, height = header.block(header.components[component])
    rows, columns = np.arange(like.shape[0]) * height, np.arange(like.shape[1]) * width
    inside = np.ix_(np.minimum(rows, keep.shape[0] - 1), np.minimum(columns, keep.shape[1] - 1))
    return keep[inside] & (rows < keep.shape[0])[:, None] & (columns < keep.shape[1])[None, :]


@pytest.mark.parametrize("name", STREAMS)
def test_coefficients_of_kept_blocks_stay_and_all_others_are_black(name: str) -> None:
    stream = STREAMS[name]
    keep = whole_blocks(stream)
    result = jpeg.blank_frame(stream, keep)
    for index, (before, after) in enumerate(zip(coefficients(stream), coefficients(result), strict=True)):
        kept = block_mask(stream, index, keep, before)
        assert kept.any() and not kept.all()
        assert np.array_equal(before[kept], after[kept])
        assert not after[~kept][:, 1:].any()
        assert len(np.unique(after[~kept][:, 0])) == 1


@pytest.mark.parametrize("name", STREAMS)
def test_pixels_from_two_inside_the_mask_are_the_same_and_outside_is_black(name: str) -> None:
    stream = STREAMS[name]
    keep = whole_blocks(stream)
    colour = jpegmarks.read(stream).colour
    before, after = jpeg.decode(stream, colour), jpeg.decode(jpeg.blank_frame(stream, keep), colour)
    inner = cv2.erode(keep.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    outer = cv2.dilate(keep.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    assert np.array_equal(before[inner], after[inner])
    assert after[~outer].max() == 0


@pytest.mark.parametrize("name", STREAMS)
def test_a_mask_through_the_middle_of_a_block_takes_the_whole_block(name: str) -> None:
    stream = STREAMS[name]
    keep = np.zeros(SHAPE, bool)
    keep[13:, 19:] = True
    for index, after in enumerate(coefficients(jpeg.blank_frame(stream, keep))):
        header = jpegmarks.read(stream)
        width, height = header.block(header.components[index])
        assert not after[: -(-13 // height), :, 1:].any() and not after[:, : -(-19 // width), 1:].any()
        assert after[-(-13 // height) :, -(-19 // width) :, 1:].any()


@pytest.mark.parametrize("name", STREAMS)
def test_no_segment_of_the_source_survives_but_tables(name: str) -> None:
    stream = STREAMS[name]
    result = jpeg.blank_frame(stream + b"TRAILER" + SECRET, np.ones(SHAPE, bool))
    assert SECRET not in result and b"Exif" not in result and result.endswith(b"\xff\xd9")
    applications = [marker for marker in segments(result) if marker >= 0xE0]
    assert applications == [0xEE if name == "RGB components" else 0xE0]


def segments(stream: bytes) -> list[int]:
    """Markers up to the first scan."""
    found, place = [], 2
    while stream[place + 1] != 0xDA:
        found.append(stream[place + 1])
        place += 2 + struct.unpack_from(">H", stream, place + 2)[0]
    return found


@pytest.mark.parametrize("name", STREAMS)
def test_the_result_is_no_larger_and_sequential(name: str) -> None:
    stream = STREAMS[name]
    result = jpeg.blank_frame(stream, np.ones(SHAPE, bool))
    assert len(result) <= 1.05 * len(stream)
    assert jpegmarks.read(result).process in (0xC0, 0xC1)


def test_the_label_is_made_true_of_the_codestream() -> None:
    expected = {"4:4:4": "YBR_FULL_422", "4:2:0": "YBR_FULL_422", "grey": "MONOCHROME2", "RGB components": "RGB"}
    for name, label in expected.items():
        declared = "MONOCHROME2" if name == "grey" else "RGB"
        coded = open_codec(dataset([STREAMS[name]], JPEGBaseline8Bit, declared, SHAPE), Policy()).blank(
            np.ones(SHAPE, bool)
        )
        assert (coded.elements["PhotometricInterpretation"], coded.recompressed) == (label, "no")


def test_inverted_grey_is_blanked_to_white_samples() -> None:
    codec = open_codec(dataset([STREAMS["grey"]], JPEGBaseline8Bit, "MONOCHROME1", SHAPE), Policy())
    keep = whole_blocks(STREAMS["grey"])
    result = jpeg.decode(fragments(codec.blank(keep))[0], "grey")
    assert result[~keep].min() == 255
    assert codec.blank(keep).elements["PhotometricInterpretation"] == "MONOCHROME1"


def test_frames_in_several_fragments_without_a_table_are_joined() -> None:
    frames = [STREAMS["4:2:2"], STREAMS["own Huffman tables"]]
    ds = dataset([STREAMS["4:4:4"]] * 2, JPEGBaseline8Bit, "YBR_FULL", SHAPE)
    ds.PixelData = encapsulate([STREAMS["4:4:4"], frames[1]], fragments_per_frame=5, has_bot=False)
    assert len(fragments(open_codec(ds, Policy()).blank(np.ones(SHAPE, bool)))) == 2


@pytest.mark.parametrize("offset", range(0, 17, 2))
@pytest.mark.parametrize("subsampling", [0, 2])
def test_text_beside_the_edge_goes_with_the_block_that_holds_it(offset: int, subsampling: int) -> None:
    frame = clip(box(*SHAPE), 1)[0]
    right = int(np.flatnonzero(box(*SHAPE).any(axis=0))[-1])
    text = write(frame, "DOE", (right + 1 + offset, 40), 14, 90)
    stream = pillow(frame, subsampling=subsampling)
    shown = jpeg.decode(stream, "ycc").max(axis=2) > 5
    keep = snap(box(*SHAPE), shown, Grid(*jpegmarks.read(stream).unit))
    left = jpeg.decode(jpeg.blank_frame(stream, keep), "ycc")
    outside = ~box(*SHAPE)[text]
    assert frame[text][outside].max() > 60
    assert left[text][outside].max() <= 12


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[: len(s) // 2],
        lambda s: s[:40],
        lambda s: b"\xff\xd8\xff\xd9",
        lambda s: s.replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x0c"),
        lambda s: s.replace(struct.pack(">HH", *SHAPE), struct.pack(">HH", 8000, 8000)),
    ],
)
def test_broken_or_lying_streams_are_refused(change: object) -> None:
    stream = change(STREAMS["4:4:4"])  # type: ignore[operator]
    assert stream != STREAMS["4:4:4"]
    with pytest.raises(Refused):
        list(open_codec(dataset([stream], JPEGBaseline8Bit, "YBR_FULL", SHAPE), Policy()).frames())


def test_frames_of_differing_sampling_are_refused() -> None:
    ds = dataset([STREAMS["4:4:4"], STREAMS["4:2:0"]], JPEGBaseline8Bit, "YBR_FULL", SHAPE)
    with pytest.raises(Refused, match="pixels_mismatch"):
        list(open_codec(ds, Policy()).frames())


def test_padding_bytes_before_a_marker_are_tolerated() -> None:
    stream = STREAMS["4:4:4"][:-2] + b"\x11\x22\x33\xff\xd9"
    keep = whole_blocks(stream)
    clean = jpeg.blank_frame(stream, keep)
    assert np.array_equal(coefficients(clean)[0], coefficients(jpeg.blank_frame(STREAMS["4:4:4"], keep))[0])


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.111", "1.2.840.10008.1.2.4.112"])
def test_jpeg_xl_is_refused_by_name(syntax: str) -> None:
    coded = bytes(imagecodecs.jpegxl_encode(np.zeros((*SHAPE, 3), np.uint8)))
    with pytest.raises(Refused) as refused:
        open_codec(dataset([coded], syntax, "RGB", SHAPE), Policy())
    assert refused.value.code == "refused.transfer_syntax"


def test_jpeg_of_12_bits_is_refused_by_name() -> None:
    coded = bytes(imagecodecs.jpeg_encode(np.zeros(SHAPE, np.uint16), bitspersample=12))
    shown = dataset([coded], "1.2.840.10008.1.2.4.51", "MONOCHROME2", SHAPE, BitsAllocated=16, BitsStored=12)
    with pytest.raises(Refused) as refused:
        open_codec(shown, Policy())
    assert refused.value.code == "refused.transfer_syntax"
