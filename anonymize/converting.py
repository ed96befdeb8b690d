"""The job `convert`: a clean object in another transfer syntax (PS3.5 annex A), decoded and coded without any loss."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from anonymize import writing
from anonymize.describing import describe
from anonymize.errors import Refused
from anonymize.parsing import read_dataset
from anonymize.parsing.elements import PIXEL_DATA
from anonymize.pixels import rle
from anonymize.pixels.blanking import FrameFile
from anonymize.pixels.codec import Decoded
from anonymize.pixels.lossless import J2K, LS, SOF3, Family, written_as
from anonymize.pixels.process import open_codec
from anonymize.pixels.source import Layout
from anonymize.policy import Policy
from anonymize.sandbox.jobs import Context

Pixels = list[bytes] | io.BufferedReader
Coder = Callable[[Decoded], tuple[Layout, Pixels]]
"""Samples -> how they are laid out and coded."""


def run(context: Context) -> dict[str, Any]:
    """Source: a clean object. Request: `syntax`, one of `TARGETS`. Output: `object`. Result: see `describe`.

    The object keeps its UID, since no sample changes (PS3.3 C.12.1.1.6). Refused for a film and for any other target.
    """
    dataset = read_dataset(context.source, context.limits).dataset
    coder = TARGETS.get(UID(context.request["syntax"]))
    if coder is None:
        raise Refused("refused.transfer_syntax")
    shape, pixels = coder(open_codec(dataset, Policy(limits=context.limits)).decoded())
    given = _with(dataset, shape, pixels)
    given.file_meta.TransferSyntaxUID = UID(context.request["syntax"])
    with context.open("object") as file:
        writing.write(given, file)
        return describe(read_dataset(file.fileno(), context.limits))


def _with(source: Dataset, shape: Layout, pixels: Pixels) -> Dataset:
    """The source stays as it is: its pixels are read while those of the other are written."""
    dataset, coded = Dataset(dict(source._dict)), isinstance(pixels, list)
    dataset.file_meta = source.file_meta
    dataset.PhotometricInterpretation = shape.photometric
    if shape.samples == 3:
        dataset.PlanarConfiguration = 0
    data = io.BytesIO(encapsulate(pixels)) if isinstance(pixels, list) else pixels
    element = DataElement(PIXEL_DATA, "OB" if coded or shape.bits_allocated == 8 else "OW", data)
    element.is_undefined_length = coded
    dataset[PIXEL_DATA] = element
    return dataset


def _native(decoded: Decoded) -> tuple[Layout, Pixels]:
    """Frames are decoded while they are written."""
    shape = decoded.shape
    little, size = shape.dtype.newbyteorder("<"), shape.rows * shape.columns * shape.samples * shape.bits_allocated // 8

    def following(_index: int) -> np.ndarray:
        return next(decoded.frames).astype(little, copy=False).ravel()

    return shape, io.BufferedReader(FrameFile(following, size, shape.frames), size)


def _family(family: Family) -> Coder:
    def code(decoded: Decoded) -> tuple[Layout, Pixels]:
        shape = written_as(family, decoded.shape)
        return shape, [family.encode(np.ascontiguousarray(samples), shape) for samples in decoded.frames]

    return code


def _rle(decoded: Decoded) -> tuple[Layout, Pixels]:
    return decoded.shape, [rle.encode(planes) for planes in _planes(decoded)]


def _planes(decoded: Decoded) -> Iterator[np.ndarray]:
    """(samples, rows, columns)."""
    for samples in decoded.frames:
        yield np.ascontiguousarray(np.moveaxis(samples.reshape(*samples.shape[:2], -1), 2, 0))


TARGETS: Final[dict[UID, Coder]] = {
    ExplicitVRLittleEndian: _native,
    RLELossless: _rle,
    JPEGLosslessSV1: _family(SOF3),
    JPEGLSLossless: _family(LS),
    JPEG2000Lossless: _family(J2K),
}
"""What any still or cine can be given as."""
