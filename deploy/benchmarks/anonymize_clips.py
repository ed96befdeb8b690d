"""The clips that the benchmark of the cleaner measures: one phantom of 60 frames of 800 x 600, coded in every way."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import imagecodecs
import numpy as np
from pydicom import Dataset, dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import MPEG4HP41, UID, JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless

from anonymize.phantom import demo_clips, write_clip
from anonymize.phantom.clip import loop
from anonymize.phantom.demo import DemoClip, Encoding

FRAMES, ROWS = 60, 600
HEADERS: Final = 200
"""Files of the row `header only`: a full header around 16 x 16 pixels."""
SMALL: Final = 16
RAW_BYTES: Final = 104_000_000
Coder = Callable[[np.ndarray], bytes]
CODERS: Final[dict[str, tuple[UID, str, Coder]]] = {
    "jpeg-ls": (JPEGLSLossless, "RGB", lambda f: bytes(imagecodecs.jpegls_encode(f))),
    "j2k": (
        JPEG2000Lossless,
        "YBR_RCT",
        lambda f: bytes(imagecodecs.jpeg2k_encode(f, level=0, codecformat="j2k", reversible=True, mct=True)),
    ),
    "jpeg-lossless": (
        JPEGLosslessSV1,
        "RGB",
        lambda f: bytes(imagecodecs.jpeg8_encode(f, lossless=True, predictor=1, outcolorspace="RGB")),
    ),
}
PHANTOM: Final[dict[str, Encoding]] = {"jpeg": "jpeg", "rle": "rle", "native": "rgb", "palette": "palette"}
NAMES: Final = (*PHANTOM, *CODERS, "h264")


def make(folder: Path) -> None:
    """One folder for each row of the table: `header only`, each of `NAMES`, and `raw cine`."""
    clip = next(clip for clip in demo_clips() if clip.device.rows == ROWS and clip.frames > 1)
    clip = replace(clip, frames=FRAMES)
    for name in ("header only", *NAMES, "raw cine"):
        (folder / name).mkdir(parents=True)
    for name, encoding in PHANTOM.items():
        write_clip(replace(clip, encoding=encoding), folder / name / "clip.dcm")
    _others(clip, folder)
    source = dcmread(folder / "native" / "clip.dcm")
    _film(source, clip, folder)
    _raw(source, folder)
    _headers(folder)


def _others(clip: DemoClip, folder: Path) -> None:
    frames = [np.ascontiguousarray(frame) for frame in loop(clip)]
    for name, (syntax, photometric, coder) in CODERS.items():
        source = dcmread(folder / "native" / "clip.dcm", stop_before_pixels=True)
        source.PhotometricInterpretation = photometric
        _save(source, syntax, [coder(frame) for frame in frames], folder / name)


def _film(source: Dataset, clip: DemoClip, folder: Path) -> None:
    path = folder / "h264" / "film.mp4"
    write_clip(replace(clip, encoding="mp4"), path)
    header = dcmread(folder / "native" / "clip.dcm", stop_before_pixels=True)
    header.PhotometricInterpretation = "YBR_PARTIAL_420"
    _save(header, MPEG4HP41, [path.read_bytes()], folder / "h264")
    path.unlink()


def _save(ds: Dataset, syntax: UID, streams: list[bytes], folder: Path) -> None:
    ds.file_meta.TransferSyntaxUID = syntax
    ds.PixelData = encapsulate([stream + b"\0" * (len(stream) % 2) for stream in streams])
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
    ds.save_as(folder / "clip.dcm")


def _raw(source: Dataset, folder: Path) -> None:
    """The same native frames again and again."""
    frame = ROWS * int(source.Columns) * 3
    count = -(-RAW_BYTES // frame)
    data = io.BytesIO()
    while data.tell() < count * frame:
        data.write(source.PixelData[: count * frame - data.tell()])
    source.PixelData, source.NumberOfFrames = data.getvalue(), count
    source.save_as(folder / "raw cine" / "clip.dcm")


def _headers(folder: Path) -> None:
    ds = dcmread(folder / "native" / "clip.dcm", stop_before_pixels=True)
    ds.Rows = ds.Columns = SMALL
    ds.NumberOfFrames = 1
    ds.PixelData = bytes(3 * SMALL * SMALL)
    ds["PixelData"].VR = "OB"
    for number in range(HEADERS):
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = UID(f"2.25.{10**30 + number}")
        ds.save_as(folder / "header only" / f"{number:04d}.dcm")
