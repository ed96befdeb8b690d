"""A clean object in every other transfer syntax: the same samples, the same header but for how they are laid out."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest

from anonymize.converting import TARGETS, run
from anonymize.errors import Refused
from anonymize.keying import SecretKeyer
from anonymize.policy import Limits
from anonymize.sandbox.jobs import Context
from tests.anonymize import make

SIDE = (48, 64)
COUNT = 3
LAID_OUT = ("PhotometricInterpretation", "PlanarConfiguration", "PixelData")
READERS: dict[str, Any] = {
    make.JPEG_LOSSLESS: imagecodecs.jpeg8_decode,
    make.JPEG_LS: imagecodecs.jpegls_decode,
    make.JPEG_2000: imagecodecs.jpeg2k_decode,
}


def coded(syntax: str, shape: str = "") -> bytes:
    """Three small frames of speckle; `shape`: as grey of 16 bits, by plane, or with shared chroma."""
    rng, dataset = np.random.default_rng(7), make.identified(make.Planted(1), count=COUNT)
    frames = [rng.integers(0, 32, (*SIDE, 3), dtype=np.uint8) for _ in range(COUNT)]
    make.picture(dataset, frames, syntax)
    if shape == "wide":
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME1"
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
        del dataset.PlanarConfiguration
        dataset.PixelData = rng.integers(0, 4096, (COUNT, *SIDE), dtype=np.uint16).tobytes()
        dataset["PixelData"].VR = "OW"
    elif shape == "planes":
        dataset.PlanarConfiguration = 1
    elif shape == "pairs":
        dataset.PhotometricInterpretation = "YBR_FULL_422"
        dataset.PixelData = rng.integers(0, 256, COUNT * SIDE[0] * SIDE[1] * 2, dtype=np.uint8).tobytes()
    return make.write(dataset)


def converted(data: bytes, syntax: str) -> tuple[bytes, dict[str, Any]]:
    with os.fdopen(os.memfd_create("in"), "w+b") as source, os.fdopen(os.memfd_create("out"), "w+b") as target:
        source.write(data)
        source.flush()
        context = Context(source.fileno(), {"syntax": syntax}, SecretKeyer(b"x" * 32), Limits())
        context.outputs["object"] = target.fileno()
        told = run(context)
        target.seek(0)
        return target.read(), told


def samples(data: bytes, told: dict[str, Any] | None = None) -> Iterator[np.ndarray]:
    """As other decoders see them; colours as they are stored."""
    dataset = pydicom.dcmread(io.BytesIO(data))
    read = READERS.get(dataset.file_meta.TransferSyntaxUID)
    if read is None:
        found = pydicom.pixels.utils.pixel_array(dataset, raw=dataset.file_meta.TransferSyntaxUID != make.JPEG)
        yield from found.reshape(COUNT, *SIDE, -1)
        return
    for stream in pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=COUNT):
        yield read(stream).reshape(*SIDE, -1)


CASES = [(syntax, "") for syntax in (make.EXPLICIT, make.RLE, *make.CODERS)]
CASES += [(make.EXPLICIT, shape) for shape in ("wide", "planes", "pairs")]


@pytest.mark.parametrize("target", [str(each) for each in TARGETS])
@pytest.mark.parametrize(("syntax", "shape"), CASES, ids=[f"{case[0][-4:]}{case[1]}" for case in CASES])
def test_every_sample_stays(syntax: str, shape: str, target: str) -> None:
    data = coded(syntax, shape)
    out, told = converted(data, target)
    before, after = (pydicom.dcmread(io.BytesIO(each)) for each in (data, out))
    assert (after.file_meta.TransferSyntaxUID, told["transfer_syntax"]) == (target, target)
    apart = 2 if syntax == make.JPEG else 0  # two decoders of JPEG round apart; from there on nothing changes
    for ours, theirs in zip(samples(out), samples(data), strict=True):
        assert ours.dtype == theirs.dtype
        assert np.abs(ours.astype(int) - theirs).max() <= apart
    assert {each.keyword for each in before} == {each.keyword for each in after}
    assert all(before[each.tag] == each for each in after if each.keyword not in LAID_OUT)
    places = told["pixels"]["frames"]
    frames = [out[start : start + length] for start, length in places]
    if told["pixels"]["coded"]:
        assert frames == list(pydicom.encaps.generate_frames(after.PixelData, number_of_frames=COUNT))
    else:
        assert b"".join(frames) == after.PixelData


def test_back_again_is_the_same() -> None:
    """Through all targets, one after the other."""
    data = coded(make.EXPLICIT)
    wandering = data
    for target in reversed(TARGETS):
        wandering, _ = converted(wandering, target)
    assert pydicom.dcmread(io.BytesIO(wandering)).PixelData == pydicom.dcmread(io.BytesIO(data)).PixelData


@pytest.mark.parametrize("target", [make.JPEG, "1.2.840.10008.1.2.4.91", make.IMPLICIT, "1.2.3"])
def test_what_would_lose_something_is_refused(target: str) -> None:
    with pytest.raises(Refused):
        converted(coded(make.EXPLICIT), target)
