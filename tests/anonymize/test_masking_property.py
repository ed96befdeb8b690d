"""Any size, any mask, any coding: what is kept is the source's, what is not is black. Read back by other decoders."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import imagecodecs
import numpy as np
import pytest
import simplejpeg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom.pixels.encoders.base import get_encoder
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from anonymize.pixels import jpeg, jpegmarks
from anonymize.pixels.codec import Coded, Grid
from anonymize.pixels.grid import snap
from anonymize.pixels.process import open_codec
from anonymize.policy import Policy
from tests.anonymize.screens import dataset, fragments
from tests.anonymize.test_masking_exact import written
from tests.anonymize.test_masking_jpeg import block_mask, coefficients

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
sides = st.integers(1, 70)


@st.composite
def masks(draw: st.DrawFn, rows: int, columns: int) -> np.ndarray:
    """bool (rows, columns): up to three rectangles."""
    keep = np.zeros((rows, columns), bool)
    for _ in range(draw(st.integers(1, 3))):
        top, left = draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1))
        keep[top : draw(st.integers(top, rows)) + 1, left : draw(st.integers(left, columns)) + 1] = True
    return keep


def noise(seed: int, shape: tuple[int, ...], high: int = 256) -> np.ndarray:
    """Smooth and rough places side by side, as integers from 0 below `high`."""
    rng = np.random.default_rng(seed)
    rough = rng.integers(0, high, shape)
    flat = np.full(shape, rng.integers(0, high))
    return np.where(np.arange(shape[1]).reshape(1, -1, *[1] * (len(shape) - 2)) % 16 < 11, rough, flat)


@st.composite
def pictures(draw: st.DrawFn) -> tuple[bytes, np.ndarray]:
    """A JPEG of any sampling, quality, and kind of scans, and a mask."""
    rows, columns = draw(sides), draw(sides)
    frame = noise(draw(st.integers(0, 99)), (rows, columns, 3)).astype(np.uint8)
    quality = draw(st.integers(20, 98))
    sampling = draw(st.sampled_from(["444", "422", "420", "440", "411", "grey", "progressive", "restarts"]))
    out = io.BytesIO()
    if sampling in ("progressive", "restarts"):
        options = {"progressive": True} if sampling == "progressive" else {"restart_marker_blocks": 1}
        Image.fromarray(frame).save(out, "JPEG", quality=quality, **options)
        return out.getvalue(), draw(masks(rows, columns))
    if sampling == "grey":
        grey = np.ascontiguousarray(frame[..., :1])
        return simplejpeg.encode_jpeg(grey, quality, colorspace="GRAY", colorsubsampling="Gray"), draw(
            masks(rows, columns)
        )
    return simplejpeg.encode_jpeg(frame, quality, colorsubsampling=sampling), draw(masks(rows, columns))


@FEW
@given(pictures())
def test_jpeg_as_libjpeg_turbo_reads_it(made: tuple[bytes, np.ndarray]) -> None:
    stream, keep = made
    header = jpegmarks.read(stream)
    keep = snap(keep, np.zeros(keep.shape, bool), Grid(*header.unit))
    clean = jpeg.blank_frame(stream, keep)
    for index, (before, after) in enumerate(zip(coefficients(stream), coefficients(clean), strict=True)):
        kept = block_mask(stream, index, keep, before)
        assert np.array_equal(before[kept], after[kept])
        assert not after[~kept][:, 1:].any()
    before, after = (np.atleast_3d(jpeg.decode(data, header.colour)) for data in (stream, clean))
    inner, outer = (change(keep.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0 for change in (cv2.erode, cv2.dilate))
    assert np.array_equal(before[inner], after[inner])
    assert not after[~outer].any()


@dataclass(frozen=True)
class Way:
    """A coding without loss: how a frame is coded, and which kinds of samples it holds."""

    syntax: str
    encode: Callable[[np.ndarray, int], bytes] | None
    bits: tuple[int, ...]
    colours: tuple[str, ...] = ("MONOCHROME2", "MONOCHROME1", "RGB")


def rle_by_pydicom(frame: np.ndarray, _bits: int) -> bytes:
    """The coder of another house."""
    bits = frame.dtype.itemsize * 8
    return get_encoder(RLELossless).encode(
        frame,
        rows=frame.shape[0],
        columns=frame.shape[1],
        samples_per_pixel=1 if frame.ndim == 2 else 3,
        bits_allocated=bits,
        bits_stored=bits,
        pixel_representation=0,
        number_of_frames=1,
        photometric_interpretation="MONOCHROME2" if frame.ndim == 2 else "RGB",
        planar_configuration=0,
        encoding_plugin="pydicom",
    )


NATIVE = {
    name: Way(syntax, None, (8, 12, 16))
    for name, syntax in (
        ("implicit", ImplicitVRLittleEndian),
        ("explicit", ExplicitVRLittleEndian),
        ("deflated", DeflatedExplicitVRLittleEndian),
        ("big endian", ExplicitVRBigEndian),
    )
}
WAYS = NATIVE | {
    "RLE": Way(RLELossless, rle_by_pydicom, (8, 12, 16)),
    "JPEG Lossless": Way(
        JPEGLosslessSV1,
        lambda f, bits: bytes(imagecodecs.jpeg8_encode(f, lossless=True, predictor=1, bitspersample=bits)),
        (8, 12, 16),
        ("MONOCHROME2", "RGB"),
    ),
    "JPEG-LS": Way(JPEGLSLossless, lambda f, _: bytes(imagecodecs.jpegls_encode(f, out=4 * f.nbytes + 4096)), (8, 16)),
    "JPEG 2000": Way(
        JPEG2000Lossless,
        lambda f, bits: bytes(
            imagecodecs.jpeg2k_encode(f, level=0, codecformat="j2k", reversible=True, mct=False, bitspersample=bits)
        ),
        (8, 12, 16),
        ("MONOCHROME2",),
    ),
}
READERS: dict[str, Callable[[bytes], np.ndarray]] = {
    JPEGLosslessSV1: imagecodecs.jpeg8_decode,
    JPEGLSLossless: imagecodecs.jpegls_decode,
    JPEG2000Lossless: imagecodecs.jpeg2k_decode,
}


def read_back(coded: Coded) -> list[np.ndarray]:
    """By pydicom, or by the codecs themselves where it has none."""
    reader = READERS.get(coded.transfer_syntax)
    if reader:
        return [reader(stream) for stream in fragments(coded)]
    found = pixel_array(written(coded), raw=True)
    frames = found if int(coded.elements["NumberOfFrames"]) > 1 else found[None]
    return list(frames)


@pytest.mark.parametrize("name", WAYS)
@FEW
@given(data=st.data())
def test_samples_as_other_readers_see_them(name: str, data: st.DataObject) -> None:
    way = WAYS[name]
    rows, columns, bits = data.draw(sides), data.draw(sides), data.draw(st.sampled_from(way.bits))
    colour = data.draw(st.sampled_from(way.colours if bits == 8 else way.colours[:1]))
    planar = data.draw(st.integers(0, 1)) if colour == "RGB" and way.encode is None else 0
    shape = (rows, columns, 3) if colour == "RGB" else (rows, columns)
    made = [noise(seed, shape, 1 << bits).astype(np.uint8 if bits == 8 else np.uint16) for seed in (1, 2)]
    keep = data.draw(masks(rows, columns))
    if way.encode:
        frames: list = [way.encode(np.ascontiguousarray(frame), bits) for frame in made]
    else:
        laid = [frame.transpose(2, 0, 1) if planar else frame for frame in made]
        frames = [frame.astype(frame.dtype.newbyteorder(">")) if name == "big endian" else frame for frame in laid]
    declared = {"BitsAllocated": 8 if bits == 8 else 16, "BitsStored": bits}
    declared |= {"PlanarConfiguration": planar} if colour == "RGB" else {}
    ds = dataset(frames, way.syntax, colour, (rows, columns), **declared)
    if name == "big endian" and bits == 8 and data.draw(st.booleans()):
        ds.PixelData = np.frombuffer(ds.PixelData, np.uint16).byteswap().tobytes()
    else:
        ds["PixelData"].VR = "OB" if bits == 8 else "OW"
    coded = open_codec(ds, Policy()).blank(keep)
    assert coded.recompressed == "no"
    for source, clean in zip(made, read_back(coded), strict=True):
        assert np.array_equal(clean[keep], source[keep])
        assert (clean[~keep] == ((1 << bits) - 1 if colour == "MONOCHROME1" else 0)).all()
