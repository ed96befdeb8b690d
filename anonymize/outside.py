"""Films and pictures from outside DICOM as a data set like a device's own, with nothing made up.

Only what the file shows is said: size, number of frames, their times, and that it is a derived, secondary picture.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    MPEG4HP41,
    UID,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from anonymize import pictures
from anonymize.errors import Refused
from anonymize.pixels import film, jpegmarks, rle
from anonymize.policy import Limits, Policy

FILMS = ("mp4", "avi", "matroska", "mpeg")


def to_dataset(fd: int, kind: str, policy: Policy) -> Dataset:
    """An ultrasound object around the untouched picture data of an open file of a `kind` of `parsing.sniff`.

    Its UIDs are made of the content, so that the same file gives the same object. The pixel data of a film are the
    whole file, sound and metadata included: it is a source for `pixels.process`, never a result.
    """
    reader = READERS.get(kind)
    if reader is None:
        raise Refused("refused.not_an_image")
    content = _content(fd, policy.limits)
    ds = reader(content, limits=policy.limits)
    _identify(ds, content)
    return ds


def _content(fd: int, limits: Limits) -> bytes:
    size = os.fstat(fd).st_size
    if size > limits.file_bytes:
        raise Refused("refused.limit_bytes", bytes=size, limit=limits.file_bytes)
    return os.pread(fd, size, 0)


def _identify(ds: Dataset, content: bytes) -> None:
    digest = hashlib.sha256(content).digest()
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        named = hashlib.sha256(keyword.encode() + digest).digest()
        setattr(ds, keyword, f"2.25.{uuid.UUID(bytes=named[:16], version=4).int}")
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.Modality = "US"
    ds.ImageType = ["DERIVED", "SECONDARY"]


def _image(syntax: UID, rows: int, columns: int, photometric: str) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.SOPClassUID = UltrasoundImageStorage
    ds.Rows, ds.Columns = rows, columns
    ds.PhotometricInterpretation = photometric
    ds.SamplesPerPixel = 1 if photometric == "MONOCHROME2" else 3
    if ds.SamplesPerPixel == 3:
        ds.PlanarConfiguration = 0
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit = 7
    ds.PixelRepresentation = 0
    return ds


def _jpeg(content: bytes, limits: Limits) -> Dataset:
    """The codestream as it is; one that is to be turned, or of four inks, is decoded."""
    header = jpegmarks.read(content)
    if len(header.components) not in (1, 3) or not pictures.upright(content, "jpeg"):
        return _decoded(content, "jpeg", limits)
    names = {"grey": "MONOCHROME2", "rgb": "RGB", "ycc": "YBR_FULL_422"}
    ds = _image(JPEGBaseline8Bit, header.rows, header.columns, names[header.colour])
    ds.LossyImageCompression = "01"
    ds.PixelData = encapsulate([content + b"\0" * (len(content) % 2)])
    return ds


def _decoded(content: bytes, kind: str, limits: Limits) -> Dataset:
    """Samples without further loss: native for a still, run lengths for what moves."""
    found = pictures.read(content, kind, limits)
    frames = found.frames()
    first = next(frames)
    syntax = RLELossless if found.count > 1 else ExplicitVRLittleEndian
    ds = _image(syntax, first.shape[0], first.shape[1], "MONOCHROME2" if found.grey else "RGB")
    if pictures.lossy(content, kind):
        ds.LossyImageCompression = "01"
    if found.count > 1:
        ds.PixelData = encapsulate([rle.encode(np.moveaxis(np.atleast_3d(f), -1, 0)) for f in chain([first], frames)])
        _several(ds, found.count, [0.0, *np.cumsum(found.durations[:-1]) / 1000])
    else:
        ds.PixelData = first.tobytes() + b"\0" * (first.size % 2)
        ds["PixelData"].VR = "OW"
    return ds


def _film(content: bytes, limits: Limits) -> Dataset:
    """All films carry the syntax in which they will be written; the reader of films tells the true one by itself."""
    found = film.describe(content)
    if found.rows * found.columns > limits.frame_pixels:
        raise Refused("refused.limit_pixels", limit=limits.frame_pixels)
    rows, columns = found.rows + found.rows % 2, found.columns + found.columns % 2
    ds = _image(MPEG4HP41, rows, columns, "YBR_PARTIAL_420")
    times = film.times(content, limits.frames)
    ds.LossyImageCompression = "01"
    _several(ds, len(times), times)
    ds.PixelData = encapsulate([content + b"\0" * (len(content) % 2)])
    return ds


def _several(ds: Dataset, count: int, times: Sequence[float]) -> None:
    """Many frames; `times`: seconds at which each is shown, or too few of them when they are not known."""
    ds.SOPClassUID = UltrasoundMultiFrameImageStorage
    ds.NumberOfFrames = count
    if len(times) == count:
        _timing(ds, times)


def _timing(ds: Dataset, times: Sequence[float]) -> None:
    """Frame time in milliseconds when it is constant, else a vector of increments (PS3.3 C.7.6.5)."""
    steps = np.diff(times) * 1000
    if not steps.size:
        return
    mean = float(steps.mean())
    if np.abs(steps - mean).max() <= max(1.0, 0.05 * mean):
        ds.FrameTime = f"{mean:.6g}"
        ds.FrameIncrementPointer = 0x00181063
    else:
        ds.FrameTimeVector = ["0", *(f"{step:.6g}" for step in steps)]
        ds.FrameIncrementPointer = 0x00181065
    ds.CineRate = str(max(1, round(1000 / mean)))


READERS: dict[str, Callable[..., Dataset]] = {
    "jpeg": _jpeg,
    **{kind: partial(_decoded, kind=kind) for kind in ("png", "gif", "webp", "heic")},
    **dict.fromkeys(FILMS, _film),
}
