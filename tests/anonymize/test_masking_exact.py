"""Encodings without loss: every kept sample is the source's bit for bit, every other one is black."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import imagecodecs
import numpy as np
import pytest
from pydicom import Dataset
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    JPEG2000,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from anonymize.errors import Refused
from anonymize.pixels import rle
from anonymize.pixels.codec import Coded
from anonymize.pixels.encapsulated import frame_streams
from anonymize.pixels.process import open_codec
from anonymize.pixels.source import layout
from anonymize.policy import Limits, Policy
from tests.anonymize.screens import box, clip, dataset, fragments, samples

SHAPE = (60, 80)
KEEP = box(*SHAPE)
KEEP_PAIRS = np.repeat(KEEP[:, ::2], 2, axis=1)
FRAMES = [frame + np.uint8(7) for frame in clip(np.ones(SHAPE, bool), 3)]
GREY = [np.ascontiguousarray(frame[..., 0]) for frame in FRAMES]
COLOUR = [np.dstack([g, 255 - g, np.roll(g, 5)]) for g in GREY]
WIDE = [(g.astype(np.uint16) << 4) | 0x5 for g in GREY]
HIDDEN = 0xF000
"""Bits above BitsStored 12: a retired overlay."""


def planar(frames: list[np.ndarray]) -> list[np.ndarray]:
    """Planes one after another."""
    return [frame.transpose(2, 0, 1) for frame in frames]


def packed(frames: list[np.ndarray]) -> list[np.ndarray]:
    """Y Y Cb Cr for two pixels."""
    return [
        np.stack([f[:, ::2, 0], f[:, 1::2, 0], f[:, ::2, 1], f[:, ::2, 2]], axis=-1).reshape(f.shape[0], -1)
        for f in frames
    ]


def swapped(frames: list[np.ndarray]) -> list[np.ndarray]:
    """8-bit samples as the words of a big endian file."""
    return [np.ascontiguousarray(f).view(np.uint16).byteswap().view(np.uint8) for f in frames]


def with_palette(ds: Dataset, order: str = "<u2") -> Dataset:
    """A 16-bit table, darkest at index 3."""
    table = (np.arange(256)[::-1].astype(np.uint16) << 8).reshape(-1, 1) * np.ones(3, np.uint16)
    table[3] = 0
    for channel, name in enumerate(("Red", "Green", "Blue")):
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(ds, f"{name}PaletteColorLookupTableData", table[:, channel].astype(order).tobytes())
    return ds


@dataclass(frozen=True)
class Case:
    """`source()`: the object; `samples`: its frames by pixel; `black`: what a blanked sample is."""

    source: Callable[[], Dataset]
    samples: list[np.ndarray]
    black: object = 0


TWELVE = {"BitsAllocated": 16, "BitsStored": 12}
NATIVE = {
    "grey": Case(lambda: dataset(GREY, ExplicitVRLittleEndian, "MONOCHROME2", SHAPE), GREY),
    "inverted grey": Case(lambda: dataset(GREY, ImplicitVRLittleEndian, "MONOCHROME1", SHAPE), GREY, 255),
    "grey, 12 bits, hidden overlay": Case(
        lambda: dataset([w | HIDDEN for w in WIDE], ExplicitVRLittleEndian, "MONOCHROME2", SHAPE, **TWELVE), WIDE
    ),
    "grey, 12 bits, big endian": Case(
        lambda: dataset([w.astype(">u2") for w in WIDE], ExplicitVRBigEndian, "MONOCHROME2", SHAPE, **TWELVE), WIDE
    ),
    "grey, big endian words": Case(lambda: dataset(swapped(GREY), ExplicitVRBigEndian, "MONOCHROME2", SHAPE), GREY),
    "RGB by pixel": Case(lambda: dataset(COLOUR, ExplicitVRLittleEndian, "RGB", SHAPE), COLOUR),
    "RGB by plane": Case(
        lambda: dataset(planar(COLOUR), ExplicitVRLittleEndian, "RGB", SHAPE, PlanarConfiguration=1), COLOUR
    ),
    "YBR_FULL": Case(lambda: dataset(COLOUR, ExplicitVRLittleEndian, "YBR_FULL", SHAPE), COLOUR, (0, 128, 128)),
    "YBR_FULL by plane": Case(
        lambda: dataset(planar(COLOUR), ExplicitVRLittleEndian, "YBR_FULL", SHAPE, PlanarConfiguration=1),
        COLOUR,
        (0, 128, 128),
    ),
    "palette": Case(lambda: with_palette(dataset(GREY, ExplicitVRLittleEndian, "PALETTE COLOR", SHAPE)), GREY, 3),
    "palette, big endian": Case(
        lambda: with_palette(dataset(swapped(GREY), ExplicitVRBigEndian, "PALETTE COLOR", SHAPE), ">u2"), GREY, 3
    ),
}


def blanked(ds: Dataset, keep: np.ndarray) -> Coded:
    """The coded copy that `process` would write."""
    return open_codec(ds, Policy()).blank(keep)


def written(coded: Coded) -> Dataset:
    """The result as an object of its own."""
    data = coded.pixel_data
    frames = data if isinstance(data, list) else [np.frombuffer(data.read(), np.uint8)]
    ds = dataset(frames, coded.transfer_syntax, "MONOCHROME2", (1, 1))
    for keyword, value in coded.elements.items():
        setattr(ds, keyword, value)
    return ds


def assert_exact(found: list[np.ndarray], case: Case) -> None:
    """Inside as it was, outside black."""
    assert len(found) == len(case.samples)
    for result, source in zip(found, case.samples, strict=True):
        assert np.array_equal(result[KEEP], source[KEEP])
        assert np.all(result[~KEEP] == np.array(case.black))


@pytest.mark.parametrize("name", NATIVE)
def test_native_samples_survive_exactly_inside_and_are_black_outside(name: str) -> None:
    case = NATIVE[name]
    coded = blanked(case.source(), KEEP)
    assert (coded.transfer_syntax, coded.recompressed) == (ExplicitVRLittleEndian, "no")
    result = pixel_array(written(coded), raw=True)
    assert_exact(list(result), case)


def test_a_retired_overlay_in_the_spare_bits_is_cleared_everywhere() -> None:
    coded = blanked(NATIVE["grey, 12 bits, hidden overlay"].source(), KEEP)
    stored = np.frombuffer(samples(coded), "<u2")
    assert stored.any() and not (stored & HIDDEN).any()


def test_packed_chroma_is_blanked_with_its_two_pixels() -> None:
    ds = dataset(packed(COLOUR), ExplicitVRLittleEndian, "YBR_FULL_422", SHAPE)
    coded = blanked(ds, KEEP_PAIRS)
    result = np.frombuffer(samples(coded), np.uint8).reshape(3, -1, 4)
    source = np.stack(packed(COLOUR)).reshape(3, -1, 4)
    pairs = KEEP_PAIRS.ravel()[::2]
    assert np.array_equal(result[:, pairs], source[:, pairs])
    assert np.all(result[:, ~pairs] == (0, 0, 128, 128))
    assert coded.elements["PhotometricInterpretation"] == "YBR_FULL_422"


def test_a_big_endian_palette_keeps_its_colours() -> None:
    little, big = (NATIVE[name].source() for name in ("palette", "palette, big endian"))
    shown = [next(iter(open_codec(ds, Policy()).frames())) for ds in (little, big)]
    assert np.array_equal(shown[0], shown[1])
    assert shown[0].max() > 200
    tables = [blanked(ds, KEEP).elements["RedPaletteColorLookupTableData"] for ds in (little, big)]
    assert tables[0] == tables[1]
    kept, stored = (np.frombuffer(data, "<u2") for data in (tables[0], little.RedPaletteColorLookupTableData))
    used = np.bincount(np.stack(GREY)[:, KEEP].ravel(), minlength=256) > 0
    assert np.array_equal(kept[used], stored[used])
    assert stored[~used].any() and not kept[~used].any()


@pytest.mark.parametrize("place", ["an entry that no pixel uses", "the low byte of entries in use"])
def test_nothing_hides_in_a_palette(place: str) -> None:
    """A screen shows the high byte of the entries that pixels use."""
    still = np.full((1, *SHAPE), 9, np.uint8)
    ds = with_palette(dataset([*still], ExplicitVRLittleEndian, "PALETTE COLOR", SHAPE))
    table = np.frombuffer(ds.RedPaletteColorLookupTableData, "<u2").copy()
    if place.startswith("an entry"):
        table[200:] = np.frombuffer(b"MADE UP^NAME 1234567".ljust(112, b"."), "<u2")
    else:
        table[9] += ord("M")
    ds.RedPaletteColorLookupTableData = table.tobytes()
    kept = np.frombuffer(blanked(ds, KEEP).elements["RedPaletteColorLookupTableData"], "<u2")
    assert kept[9] >> 8 == table[9] >> 8
    assert set(np.flatnonzero(kept)) == {9} and (kept[9] & 255) in (0, kept[9] >> 8)


def rle_stream(frame: np.ndarray) -> bytes:
    """Coded by the code under test; read back by pydicom below."""
    return rle.encode(np.moveaxis(np.atleast_3d(frame), -1, 0))


RLE = {
    "grey": Case(lambda: dataset([rle_stream(f) for f in GREY], RLELossless, "MONOCHROME2", SHAPE), GREY),
    "RGB": Case(lambda: dataset([rle_stream(f) for f in COLOUR], RLELossless, "RGB", SHAPE), COLOUR),
    "12 bits": Case(lambda: dataset([rle_stream(f) for f in WIDE], RLELossless, "MONOCHROME2", SHAPE, **TWELVE), WIDE),
    "palette": Case(
        lambda: with_palette(dataset([rle_stream(f) for f in GREY], RLELossless, "PALETTE COLOR", SHAPE)), GREY, 3
    ),
}


@pytest.mark.parametrize("name", RLE)
def test_run_lengths_are_coded_again_in_the_same_syntax_and_read_by_others(name: str) -> None:
    case = RLE[name]
    coded = blanked(case.source(), KEEP)
    assert (coded.transfer_syntax, coded.recompressed) == (RLELossless, "no")
    assert all(len(frame) % 2 == 0 for frame in fragments(coded))
    assert_exact(list(pixel_array(written(coded), raw=True, decoding_plugin="pydicom")), case)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 2, 1), (3, 1, 1), (3, 1, 5)])
def test_the_smallest_frames_are_coded_too(shape: tuple[int, int, int], kind: type) -> None:
    planes: np.ndarray = (np.arange(np.prod(shape)).reshape(shape) * 37).astype(kind)
    bits = planes.dtype.itemsize * 8
    photometric = "RGB" if shape[0] == 3 else "MONOCHROME2"
    elements = {"BitsAllocated": bits, "BitsStored": bits}
    ds = dataset([rle.encode(planes)], RLELossless, photometric, shape[1:], **elements)
    (found,) = [rle.decode(frame, layout(ds, Limits())) for frame in frame_streams(ds, layout(ds, Limits()))]
    assert np.array_equal(found, planes)


def test_rle_labelled_4_2_2_holds_whole_planes() -> None:
    ds = dataset([rle_stream(f) for f in COLOUR], RLELossless, "YBR_FULL_422", SHAPE)
    coded = blanked(ds, KEEP)
    assert coded.elements["PhotometricInterpretation"] == "YBR_FULL"
    frames = [rle.by_pixel(rle.decode(frame, layout(written(coded), Limits()))) for frame in fragments(coded)]
    assert_exact(frames, Case(lambda: ds, COLOUR, (0, 128, 128)))


def sof3(frame: np.ndarray, bits: int = 8) -> bytes:
    """JPEG Lossless, first-order prediction."""
    return bytes(imagecodecs.jpeg8_encode(frame, lossless=True, predictor=1, bitspersample=bits))


def ls(frame: np.ndarray, level: int = 0) -> bytes:
    """JPEG-LS."""
    return bytes(imagecodecs.jpegls_encode(frame, level=level, out=4 * frame.nbytes + 4096))


def j2k(frame: np.ndarray, level: int = 0) -> bytes:
    """JPEG 2000."""
    return bytes(imagecodecs.jpeg2k_encode(frame, level=level, codecformat="j2k", reversible=level == 0, mct=True))


FAMILIES = {
    "JPEG Lossless grey": (JPEGLosslessSV1, sof3, GREY, "MONOCHROME2", imagecodecs.jpeg8_decode, "MONOCHROME2"),
    "JPEG Lossless RGB": (JPEGLosslessSV1, sof3, COLOUR, "RGB", imagecodecs.jpeg8_decode, "RGB"),
    "JPEG-LS grey": (JPEGLSLossless, ls, GREY, "MONOCHROME2", imagecodecs.jpegls_decode, "MONOCHROME2"),
    "JPEG-LS RGB": (JPEGLSLossless, ls, COLOUR, "RGB", imagecodecs.jpegls_decode, "RGB"),
    "JPEG 2000 grey": (JPEG2000Lossless, j2k, GREY, "MONOCHROME2", imagecodecs.jpeg2k_decode, "MONOCHROME2"),
    "JPEG 2000 RGB": (JPEG2000Lossless, j2k, COLOUR, "YBR_RCT", imagecodecs.jpeg2k_decode, "YBR_RCT"),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_other_families_without_loss_stay_in_their_syntax(name: str) -> None:
    syntax, encode, frames, photometric, decode, label = FAMILIES[name]
    coded = blanked(dataset([encode(f) for f in frames], syntax, photometric, SHAPE), KEEP)
    assert (coded.transfer_syntax, coded.recompressed) == (syntax, "no")
    assert coded.elements["PhotometricInterpretation"] == label
    assert_exact([decode(frame) for frame in fragments(coded)], Case(lambda: Dataset(), frames))


@pytest.mark.parametrize("name", ["JPEG Lossless grey", "JPEG-LS grey"])
def test_signed_samples_keep_their_bits(name: str) -> None:
    syntax, encode, frames, photometric, decode, _ = FAMILIES[name]
    ds = dataset([encode(f) for f in frames], syntax, photometric, SHAPE, PixelRepresentation=1)
    coded = blanked(ds, KEEP)
    assert coded.elements["PixelRepresentation"] == 1
    assert_exact([decode(bytes(frame)) for frame in coded.pixel_data], Case(lambda: ds, frames, 128))


@pytest.mark.parametrize(
    ("syntax", "stream", "decode", "result"),
    [
        (JPEG2000, j2k(GREY[0], 30), imagecodecs.jpeg2k_decode, JPEG2000Lossless),
        (JPEGLSNearLossless, ls(GREY[0], 3), imagecodecs.jpegls_decode, JPEGLSLossless),
    ],
)
def test_lossy_sources_are_stored_without_further_loss(
    syntax: str, stream: bytes, decode: Callable[[bytes], np.ndarray], result: str
) -> None:
    seen = decode(stream)
    assert not np.array_equal(seen, GREY[0])
    coded = blanked(dataset([stream], syntax, "MONOCHROME2", SHAPE), KEEP)
    assert (coded.transfer_syntax, coded.recompressed) == (result, "lossless")
    assert coded.elements["LossyImageCompression"] == "01"
    assert_exact([decode(frame) for frame in fragments(coded)], Case(lambda: Dataset(), [seen]))


@pytest.mark.parametrize(("syntax", "encode"), [(JPEGLosslessSV1, sof3), (JPEGLSLossless, ls), (JPEG2000Lossless, j2k)])
def test_a_codestream_of_another_size_is_refused(syntax: str, encode: Callable[[np.ndarray], bytes]) -> None:
    ds = dataset([encode(GREY[0])], syntax, "MONOCHROME2", (SHAPE[0], SHAPE[1] + 1))
    with pytest.raises(Refused, match="pixels_mismatch"):
        list(open_codec(ds, Policy()).frames())


def test_short_pixel_data_are_refused() -> None:
    native = dataset(GREY[:2], ExplicitVRLittleEndian, "MONOCHROME2", SHAPE, NumberOfFrames=3)
    coded = dataset([rle_stream(GREY[0])], RLELossless, "MONOCHROME2", SHAPE, NumberOfFrames=2)
    for ds in (native, coded):
        with pytest.raises(Refused, match="pixels_short"):
            list(open_codec(ds, Policy()).frames())


@pytest.mark.parametrize("at", [0, 3, 64, 70, 200])
def test_damaged_run_lengths_are_refused_not_guessed(at: int) -> None:
    stream = bytearray(rle_stream(GREY[0]))
    stream[at : at + 8] = b"\x7f\xff\xff\x81\x7f\x03\xff\x7f"
    ds = dataset([bytes(stream[: len(stream) // 2])], RLELossless, "MONOCHROME2", SHAPE)
    with pytest.raises(Refused):
        list(open_codec(ds, Policy()).frames())
