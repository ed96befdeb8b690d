"""Films and pictures from outside DICOM as a data set like a device's own, with nothing made up.

Only what the file shows is said: size, number of frames, their times, and that it is a derived, secondary picture.
"""

from __future__ import annotations

import hashlib
import io
import os
import uuid
from collections.abc import Callable

import numpy as np
from PIL import Image
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    MPEG4HP41,
    UID,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from anonymize.errors import Refused
from anonymize.pixels import film, jpegmarks
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
    ds = reader(content, policy.limits)
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


def _jpeg(content: bytes, _limits: Limits) -> Dataset:
    header = jpegmarks.read(content)
    names = {"grey": "MONOCHROME2", "rgb": "RGB", "ycc": "YBR_FULL_422" if header.subsampled else "YBR_FULL"}
    if len(header.components) not in (1, 3):
        raise Refused("refused.transfer_syntax")
    ds = _image(JPEGBaseline8Bit, header.rows, header.columns, names[header.colour])
    ds.LossyImageCompression = "01"
    ds.PixelData = encapsulate([content + b"\0" * (len(content) % 2)])
    return ds


def _png(content: bytes, limits: Limits) -> Dataset:
    pixels = _png_pixels(content, limits)
    grey = pixels.ndim == 2
    ds = _image(ExplicitVRLittleEndian, pixels.shape[0], pixels.shape[1], "MONOCHROME2" if grey else "RGB")
    data = pixels.tobytes()
    ds.PixelData = data + b"\0" * (len(data) % 2)
    ds["PixelData"].VR = "OW"
    return ds


def _png_pixels(content: bytes, limits: Limits) -> np.ndarray:
    """uint8 grey or RGB; transparency over black."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            if picture.width * picture.height > limits.frame_pixels:
                raise Refused("refused.limit_pixels", limit=limits.frame_pixels)
            if getattr(picture, "n_frames", 1) > 1:
                raise Refused("refused.transfer_syntax")
            if picture.mode in ("1", "L"):
                return np.asarray(picture.convert("L"))
            solid = Image.new("RGBA", picture.size, (0, 0, 0, 255))
            solid.alpha_composite(picture.convert("RGBA"))
            return np.asarray(solid.convert("RGB"))
    except (OSError, ValueError, SyntaxError) as error:
        raise Refused("refused.decoder") from error


def _film(content: bytes, limits: Limits) -> Dataset:
    """All films carry the syntax in which they will be written; the reader of films tells the true one by itself."""
    found = film.describe(content)
    if found.rows * found.columns > limits.frame_pixels:
        raise Refused("refused.limit_pixels", limit=limits.frame_pixels)
    rows, columns = found.rows + found.rows % 2, found.columns + found.columns % 2
    ds = _image(MPEG4HP41, rows, columns, "YBR_PARTIAL_420")
    times = film.times(content, limits.frames)
    ds.SOPClassUID = UltrasoundMultiFrameImageStorage
    ds.NumberOfFrames = len(times)
    ds.LossyImageCompression = "01"
    _timing(ds, times)
    ds.PixelData = encapsulate([content + b"\0" * (len(content) % 2)])
    return ds


def _timing(ds: Dataset, times: list[float]) -> None:
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


READERS: dict[str, Callable[[bytes, Limits], Dataset]] = {
    "jpeg": _jpeg,
    "png": _png,
    **dict.fromkeys(FILMS, _film),
}
