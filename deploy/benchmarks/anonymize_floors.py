"""The least that any cleaner has to do, for comparison: run as a program of its own, so that it can be measured.

python -m deploy.benchmarks.anonymize_floors copy|header|pixels SOURCE TARGET
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import imagecodecs
import numpy as np
import simplejpeg
from pydicom import Dataset, dcmread
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, JPEGLosslessSV1, JPEGLSLossless, RLELossless

QUALITY: Final = 88
LEFT: Final = 60
"""Columns that are masked: how many hardly matters for the time."""
Codec = tuple[Callable[[bytes], Any], Callable[[np.ndarray], bytes]]
CODECS: Final[dict[str, Codec]] = {
    JPEGBaseline8Bit: (
        lambda data: simplejpeg.decode_jpeg(data, strict=False),
        lambda f: simplejpeg.encode_jpeg(f, QUALITY, colorsubsampling="422"),
    ),
    JPEGLSLossless: (imagecodecs.jpegls_decode, lambda f: bytes(imagecodecs.jpegls_encode(f))),
    JPEG2000Lossless: (
        imagecodecs.jpeg2k_decode,
        lambda f: bytes(imagecodecs.jpeg2k_encode(f, level=0, codecformat="j2k", reversible=True, mct=True)),
    ),
    JPEGLosslessSV1: (
        imagecodecs.jpeg8_decode,
        lambda f: bytes(imagecodecs.jpeg8_encode(f, lossless=True, predictor=1)),
    ),
}


def copy(source: Path, target: Path) -> None:
    """Bytes."""
    shutil.copyfile(source, target)


def header(source: Path, target: Path) -> None:
    """Read, touch every element, write."""
    ds = dcmread(source)
    for element in ds.iterall():
        str(element.value) if element.tag != 0x7FE00010 else None
    ds.save_as(target)


def pixels(source: Path, target: Path) -> None:
    """Decode, mask, encode; the header is left as it is."""
    ds = dcmread(source)
    syntax = ds.file_meta.TransferSyntaxUID
    if syntax in CODECS:
        decode, encode = CODECS[syntax]
        frames = generate_frames(ds.PixelData, number_of_frames=int(ds.NumberOfFrames))
        _put(ds, [encode(_masked(np.array(decode(frame)))) for frame in frames])
    elif syntax.name.startswith("MPEG"):
        (stream,) = generate_frames(ds.PixelData, number_of_frames=1)
        _put(ds, [_film(stream)])
    elif syntax == RLELossless:
        _run_lengths(ds)
    else:
        data = np.frombuffer(bytearray(ds.PixelData), np.uint8)
        data.reshape(int(ds.NumberOfFrames), ds.Rows, -1)[..., : LEFT * ds.SamplesPerPixel] = 0
        ds.PixelData = data.tobytes()
    ds.save_as(target)


def _masked(frame: np.ndarray) -> np.ndarray:
    frame[:, :LEFT] = 0
    return frame


def _put(ds: Dataset, streams: list[bytes]) -> None:
    ds.PixelData = encapsulate([stream + b"\0" * (len(stream) % 2) for stream in streams])


def _run_lengths(ds: Dataset) -> None:
    """Plane by plane with packbits, which is as fast as Python has it."""
    size = ds.Rows * ds.Columns
    streams = []
    for frame in generate_frames(ds.PixelData, number_of_frames=int(ds.NumberOfFrames)):
        count, *starts = np.frombuffer(frame, "<u4", 16).tolist()
        planes = []
        for start, end in zip(starts[:count], [*starts[1:count], len(frame)], strict=True):
            plane = imagecodecs.packbits_decode(frame[start:end], out=bytearray(size + 2))
            masked = _masked(np.frombuffer(bytearray(plane[:size]), np.uint8).reshape(ds.Rows, ds.Columns))
            planes.append(bytes(imagecodecs.packbits_encode(masked, axis=-1)))
        streams.append(frame[:64] + b"".join(planes))
    _put(ds, streams)


def _film(stream: bytes) -> bytes:
    """By PyAV, at the quality that the cleaner uses."""
    import av

    out = io.BytesIO()
    with av.open(io.BytesIO(stream)) as source, av.open(out, "w", format="mp4") as target:
        video = source.streams.video[0]
        video.thread_type, video.codec_context.thread_count = "NONE", 1
        options = {"preset": "veryfast", "qp": "18", "bf": "0", "g": "12"}
        coded = target.add_stream("libx264", rate=video.average_rate, options=options)
        coded.width, coded.height, coded.pix_fmt = video.width, video.height, "yuv420p"
        coded.codec_context.thread_count = 1
        for frame in source.decode(video=0):
            planes = frame.to_ndarray()
            planes[: frame.height, :LEFT] = 16
            masked = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            masked.pts, masked.time_base = frame.pts, frame.time_base
            target.mux(coded.encode(masked))
        target.mux(coded.encode(None))
    return out.getvalue()


def files(source: Path, target: Path) -> Iterator[tuple[Path, Path]]:
    """Each file of a folder, and where its result goes."""
    return ((path, target / path.name) for path in sorted(source.iterdir()))


if __name__ == "__main__":
    way = {"copy": copy, "header": header, "pixels": pixels}[sys.argv[1]]
    for path, result in files(Path(sys.argv[2]), Path(sys.argv[3])):
        way(path, result)
