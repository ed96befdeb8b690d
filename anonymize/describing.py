"""A clean object in words: its header as DICOM JSON (PS3.18 annex F) and where each frame lies in the file."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset

from anonymize.errors import Failed
from anonymize.parsing import Source, read_dataset
from anonymize.parsing.elements import PIXEL_DATA
from anonymize.pixels.video import SYNTAXES
from anonymize.sandbox.jobs import Context

Place = tuple[int, int]
"""Offset in the file and length, in bytes."""


def run(context: Context) -> dict[str, Any]:
    """The job `describe`. Source: a clean object. Result: see `describe`."""
    return describe(read_dataset(context.source, context.limits))


def describe(source: Source) -> dict[str, Any]:
    """What a clean object says, without its pixel data.

    `elements` (DICOM JSON), `transfer_syntax`, `pixels`: {`vr`, `frames` (a place each, in order; of a film one place
    for all), `coded` (each place holds a codestream of that syntax; else native samples)}.
    """
    dataset = source.dataset
    header = Dataset({tag: dataset[tag] for tag in dataset._dict if tag != PIXEL_DATA})
    places = _coded(source) if source.fragments else _native(source)
    return {
        "elements": header.to_json_dict(),
        "transfer_syntax": str(dataset.file_meta.TransferSyntaxUID),
        "pixels": {"vr": str(dataset["PixelData"].VR), "coded": source.fragments is not None, "frames": places},
    }


def _coded(source: Source) -> list[Place]:
    """The writer puts each frame into one fragment, and a film as a whole (PS3.5 8.2.5-8)."""
    assert source.fragments is not None
    places = source.fragments.places
    film = str(source.dataset.file_meta.TransferSyntaxUID) in SYNTAXES
    if len(places) != (1 if film else _count(source.dataset)):
        raise Failed("failed.exception", fragments=len(places))
    return list(places)


def _native(source: Source) -> list[Place]:
    """PS3.5 8.1.1: frames follow each other without a gap; of YBR_FULL_422 two pixels share their colour."""
    ds = source.dataset
    samples = 2 if ds.PhotometricInterpretation == "YBR_FULL_422" else int(ds.SamplesPerPixel)
    size = int(ds.Rows) * int(ds.Columns) * samples * int(ds.BitsAllocated) // 8
    count = _count(ds)
    if size * count > source.pixel_bytes:
        raise Failed("failed.exception", pixels=source.pixel_bytes)
    return [(source.pixel_start + number * size, size) for number in range(count)]


def _count(dataset: Dataset) -> int:
    return int(dataset.get("NumberOfFrames", 1) or 1)
