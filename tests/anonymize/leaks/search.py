"""The leak test's own search: bytes of the file outside native pixels, and every element decoded by pydicom."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import imagecodecs
import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.encaps import generate_fragments, generate_frames

DECODERS = {
    "1.2.840.10008.1.2.4.70": imagecodecs.ljpeg_decode,
    "1.2.840.10008.1.2.4.80": imagecodecs.jpegls_decode,
}
"""Where pydicom has no decoder of its own."""
ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be", "gb18030", "iso8859_5")


def leaked(data: bytes, values: list[str]) -> list[str]:
    """Those of the values that stand anywhere in the file, in any encoding or case."""
    dataset = pydicom.dcmread(io.BytesIO(data))
    searched = _without_native_pixels(data, dataset).lower()
    texts = "\n".join(_texts(dataset, ())).casefold()
    words = "\n".join(_texts(dataset, NUMBERS)).casefold()
    around = _without_fragments(data, dataset).lower()
    found = [
        value for value in values if not _short(value) and (value.casefold() in texts or _in_bytes(value, searched))
    ]
    return found + [value for value in values if _short(value) and (value in words or _alone(value, texts, around))]


NUMBERS = ("UI", "FD", "FL", "DS", "IS")
"""Value representations in which a few digits stand by chance."""


def _short(value: str) -> bool:
    """A few digits, such as a time: they stand by chance among coded samples and within long numbers."""
    return value.isdecimal() and len(value) < 8


def _alone(value: str, texts: str, searched: bytes) -> bool:
    return bool(re.search(rf"(?<!\d){value}(?!\d)", texts) or re.search(rb"(?<!\d)%b(?!\d)" % value.encode(), searched))


def _in_bytes(value: str, searched: bytes) -> bool:
    for spelling in {value.lower(), value.upper(), value}:
        for encoding in ENCODINGS:
            try:
                coded = spelling.encode(encoding)
            except UnicodeEncodeError:
                continue
            if coded.lower() in searched:
                return True
    return False


def _without_native_pixels(data: bytes, dataset: Dataset) -> bytes:
    """Samples of the picture are numbers, not text; coded frames stay, they have room for comments."""
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return data
    return data.replace(dataset.PixelData, b"")


def _without_fragments(data: bytes, dataset: Dataset) -> bytes:
    """Without samples in any coding."""
    if not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return data.replace(dataset.PixelData, b"")
    for fragment in generate_fragments(dataset.PixelData):
        data = data.replace(fragment, b"") if fragment else data
    return data


def _texts(dataset: Dataset, without: tuple[str, ...]) -> Iterator[str]:
    for element in dataset.iterall():
        if element.VR not in ("SQ", *without) and element.tag != 0x7FE00010:
            value = element.value
            yield value.decode("latin-1") if isinstance(value, bytes) else str(value)


def frames(data: bytes) -> np.ndarray:
    """All frames of a finished colour clip: (frames, rows, columns, 3)."""
    dataset = pydicom.dcmread(io.BytesIO(data))
    decode = DECODERS.get(dataset.file_meta.TransferSyntaxUID)
    if decode is None:
        return dataset.pixel_array
    coded = generate_frames(dataset.PixelData, number_of_frames=int(dataset.NumberOfFrames))
    return np.stack([decode(frame) for frame in coded])
