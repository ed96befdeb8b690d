"""Is what the header declares there at all? Weighed against the limits and the bytes before anything is decoded."""

from __future__ import annotations

import math
import re
from typing import BinaryIO, Final

from pydicom.dataset import Dataset
from pydicom.uid import UID, RLELossless

from anonymize.errors import Refused
from anonymize.parsing.codestream import declared_size
from anonymize.parsing.fragments import Fragments
from anonymize.parsing.source import Source
from anonymize.policy import Limits

_HEAD: Final = 1 << 16
_RLE_MOST: Final = 64
"""Two bytes of RLE make at most 128 samples (PS3.5 G.3.1)."""


def weigh(source: Source, limits: Limits) -> None:
    """Raise `Refused` for frames or pixels beyond the limits, pixels that are not there, or sizes that disagree."""
    dataset = source.dataset
    if "PixelData" not in dataset or source.pixel_bytes == 0:
        raise Refused("refused.no_pixels")
    rows, columns, frames = (_whole(dataset, name, default) for name, default in _SIZES)
    if min(rows, columns, frames) < 1:
        raise Refused("refused.no_pixels")
    if frames > limits.frames:
        raise Refused("refused.limit_frames", frames=frames, limit=limits.frames)
    if rows * columns > limits.frame_pixels:
        raise Refused("refused.limit_pixels", pixels=rows * columns, limit=limits.frame_pixels)
    if source.fragments is None:
        _native(dataset, source.pixel_bytes, rows * columns * frames)
    else:
        _encapsulated(source, source.fragments, rows, columns, frames)


_SIZES: Final[tuple[tuple[str, int | None], ...]] = (("Rows", None), ("Columns", None), ("NumberOfFrames", 1))


def _whole(dataset: Dataset, keyword: str, default: int | None) -> int:
    """A whole number as it is written; `refused.broken` when it is none."""
    try:
        value = dataset.get(keyword)
        text = "" if value is None else str(value).strip()
    except Exception as error:
        raise Refused("refused.broken") from error
    if not text and default is not None:
        return default
    if not re.fullmatch(r"\d{1,10}", text):
        raise Refused("refused.broken")
    return int(text)


def _native(dataset: Dataset, there: int, pixels: int) -> None:
    samples, bits = _whole(dataset, "SamplesPerPixel", 1), _whole(dataset, "BitsAllocated", 8)
    halved = str(dataset.get("PhotometricInterpretation", "")).strip() == "YBR_FULL_422"
    wanted = math.ceil(pixels * (2 if halved else samples) * bits / 8)
    if there < wanted:
        raise Refused("refused.pixels_short", bytes=there, declared=wanted)


def _encapsulated(source: Source, fragments: Fragments, rows: int, columns: int, frames: int) -> None:
    syntax = UID(source.dataset.file_meta.TransferSyntaxUID)
    places = fragments.places
    if not places:
        raise Refused("refused.no_pixels")
    film = syntax.name.startswith(("MPEG", "HEVC"))
    if not film and len(places) < frames:
        raise Refused("refused.pixels_short", fragments=len(places), declared=frames)
    if syntax == RLELossless:
        coded = sum(length for _, length in places)
        if coded * _RLE_MOST < rows * columns * frames:
            raise Refused("refused.pixels_short", bytes=coded, declared=rows * columns * frames)
    elif not film:
        stream: BinaryIO = source.dataset["PixelData"].value
        start = fragments.start
        for offset, length in places if len(places) == frames else places[:1]:
            _agree(stream, offset - start, min(length, _HEAD), rows, columns)
        stream.seek(0)


def _agree(stream: BinaryIO, offset: int, length: int, rows: int, columns: int) -> None:
    stream.seek(offset)
    found = declared_size(stream.read(length))
    if found is not None and found != (rows, columns):
        raise Refused("refused.pixels_mismatch", rows=rows, columns=columns, inside=list(found))
