"""The leak test's own search: bytes of the file outside native pixels, and every element decoded by pydicom."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Final

import av
import cv2
import imagecodecs
import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.encaps import generate_fragments, generate_frames
from pydicom.pixels.processing import apply_color_lut

DECODERS: Final[dict[str, Callable[..., np.ndarray]]] = {
    "1.2.840.10008.1.2.4.50": imagecodecs.jpeg_decode,
    "1.2.840.10008.1.2.4.70": imagecodecs.ljpeg_decode,
    "1.2.840.10008.1.2.4.80": imagecodecs.jpegls_decode,
    "1.2.840.10008.1.2.4.90": imagecodecs.jpeg2k_decode,
}
ENCODINGS: Final = (
    "utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "latin-1", "iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5",
    "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_9", "tis-620", "gb18030", "gb2312", "big5", "shift_jis",
    "iso2022_jp", "euc_jp", "euc_kr", "iso2022_kr", "cp1252",
)  # fmt: skip
NUMBERS: Final = ("UI", "FD", "FL", "DS", "IS")
"""Value representations in which a few digits stand by chance."""


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


_KEYED = re.compile(r"2\.25\.\d{30,39}|\b[0-9a-f]{64}\b")
"""UIDs and digests of a report."""


def said(text: str, values: list[str]) -> list[str]:
    """Those that a text shows: names of outputs, a report, what was printed. Keyed numbers hold any digits."""
    folded = _KEYED.sub("", text).casefold()
    return [value for value in values if value.casefold() in folded and not _short(value)]


def _short(value: str) -> bool:
    """A few digits, such as a time: they stand by chance among coded samples and within long numbers."""
    return value.isdecimal() and len(value) < 8


def _alone(value: str, texts: str, searched: bytes) -> bool:
    return bool(re.search(rf"(?<!\d){value}(?!\d)", texts) or re.search(rb"(?<!\d)%b(?!\d)" % value.encode(), searched))


def _in_bytes(value: str, searched: bytes) -> bool:
    spellings = set()
    for spelling in {value.lower(), value.upper(), value}:
        for encoding in ENCODINGS:
            try:
                spellings.add(spelling.encode(encoding).lower())
            except UnicodeEncodeError:
                continue
    return any(spelling in searched for spelling in spellings)


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


def greys(data: bytes) -> np.ndarray:
    """All frames of a finished object as a viewer shows them, grey: (frames, rows, columns) float."""
    dataset = pydicom.dcmread(io.BytesIO(data))
    syntax = dataset.file_meta.TransferSyntaxUID
    if "MPEG" in syntax.name or "HEVC" in syntax.name:
        return np.stack([frame.mean(axis=2) for frame in _film(dataset)])
    if syntax in DECODERS:
        coded = generate_frames(dataset.PixelData, number_of_frames=int(dataset.get("NumberOfFrames", 1)))
        shown = np.stack([DECODERS[syntax](frame) for frame in coded])
    else:
        shown = dataset.pixel_array
        shown = apply_color_lut(shown, dataset) >> 8 if dataset.PhotometricInterpretation == "PALETTE COLOR" else shown
        shown = shown if int(dataset.get("NumberOfFrames", 1)) > 1 else shown[None]
    shown = shown.mean(axis=3) if shown.ndim == 4 else shown.astype(float)
    return 255 - shown if dataset.PhotometricInterpretation == "MONOCHROME1" else shown


def _film(dataset: Dataset) -> Iterator[np.ndarray]:
    stream = next(generate_frames(dataset.PixelData, number_of_frames=1))
    with av.open(io.BytesIO(stream), "r") as film:
        for frame in film.decode(video=0):
            yield cv2.cvtColor(frame.to_ndarray(format="gray"), cv2.COLOR_GRAY2RGB)
