"""Whole files to break: every transfer syntax, films in and outside DICOM, stills, real files when there are any."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pydicom
from PIL import Image
from pydicom.uid import HEVCMP51, MPEG2MPML, MPEG4HP41

from anonymize.phantom.demo import demo_clips
from anonymize.phantom.write import dataset as phantom
from tests.anonymize import make, screens
from tests.anonymize.mutations.walker import UNDEFINED, Place, places
from tests.anonymize.test_masking_films import scene, shot

SMALL: Final = 1_000_000
"""Bytes: a larger real file is cut to two frames."""
_PHANTOMS: Final = 4


def bases(real: Path | None = None) -> dict[str, bytes]:
    """Name -> file."""
    found = {f"made {syntax}": make.file(syntax, seed=number, count=2) for number, syntax in enumerate(make.SYNTAXES)}
    found |= dict(_films()) | dict(_stills()) | dict(_phantoms())
    for path in sorted(real.iterdir()) if real and real.is_dir() else ():
        data = path.read_bytes()
        if path.suffix == ".dcm":
            found[path.name] = data if len(data) <= SMALL else _cut(data)
        elif len(data) <= SMALL and path.suffix != ".csv":
            found[path.name] = data
    return found


def _films() -> Iterator[tuple[str, bytes]]:
    frames = scene(3)
    for container, codec in (
        ("mp4", "libx264"), ("mov", "mjpeg"), ("avi", "mjpeg"), ("matroska", "libx264"), ("webm", "libvpx-vp9"),
        ("mpeg", "mpeg2video"), ("mpegts", "libx264"), ("avi", "mpeg4"), ("mp4", "libx265"), ("avi", "ffv1"),
    ):  # fmt: skip
        yield f"{container} {codec}", shot(frames, container, codec, sound=container == "mp4")
    for syntax, container, codec in (
        (MPEG4HP41, "mp4", "libx264"), (HEVCMP51, "hevc", "libx265"), (MPEG2MPML, "mpeg2video", "mpeg2video"),
    ):  # fmt: skip
        stream = shot(frames, container, codec)
        header = make.identified(make.Planted(3))
        shown = screens.dataset([stream], syntax, "YBR_PARTIAL_420", frames[0].shape[:2], NumberOfFrames=3)
        header.file_meta = shown.file_meta
        header.update(shown)
        yield f"dicom {codec}", make.write(header)


def _stills() -> Iterator[tuple[str, bytes]]:
    picture = Image.fromarray(make.frames(1)[0])
    for kind, options in (
        ("JPEG", {"exif": b"Exif\0\0DOE^JANE"}),
        ("PNG", {}),
        ("GIF", {}),
        ("WEBP", {"lossless": True}),
    ):
        for mode in ("RGB", "L", "P") if kind in ("PNG", "GIF") else ("RGB",):
            out = io.BytesIO()
            picture.convert(mode).save(out, kind, **options)
            yield f"{kind} {mode}", out.getvalue()
    moving = [Image.fromarray(frame).convert("P") for frame in make.frames(3)]
    out = io.BytesIO()
    moving[0].save(out, "GIF", save_all=True, append_images=moving[1:], duration=40, comment=b"DOE^JANE")
    yield "GIF moving", out.getvalue()


def _phantoms() -> Iterator[tuple[str, bytes]]:
    """One clip of each of the first few encodings, cut to two frames."""
    seen: set[str] = set()
    for clip in demo_clips():
        if clip.encoding in seen or clip.encoding == "mp4" or len(seen) == _PHANTOMS:
            continue
        seen.add(clip.encoding)
        out = io.BytesIO()
        phantom(clip).save_as(out, enforce_file_format=True)
        yield f"phantom {clip.encoding}", _cut(out.getvalue())


def _cut(data: bytes) -> bytes:
    """The first two frames, the header byte for byte as it was but for their number."""
    header = pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True, force=True)
    found = places(data)
    pixels = next(place for place in found if place.tag == 0x7FE00010)
    body = data[pixels.value : pixels.end]
    (length,) = struct.unpack_from(f"{pixels.form.order}I", data, pixels.value - 4)
    if length == UNDEFINED:
        body = _two_items(body)
    else:
        body = body[: 2 * header.Rows * header.Columns * header.SamplesPerPixel * (header.BitsAllocated // 8)]
        length = len(body)
    made = data[: pixels.value - 4] + struct.pack(f"{pixels.form.order}I", length) + body
    count = next((place for place in found if place.tag == 0x00280008), None)
    return made if count is None else _recounted(made, count)


def _recounted(data: bytes, count: Place) -> bytes:
    """NumberOfFrames 2 in the room that it had."""
    return data[: count.value] + b"2".ljust(count.end - count.value) + data[count.end :]


def _two_items(body: bytes) -> bytes:
    """An empty offset table and two fragments."""
    kept, at = b"\xfe\xff\x00\xe0\0\0\0\0", 8 + struct.unpack_from("<I", body, 4)[0]
    for _ in range(2):
        end = at + 8 + struct.unpack_from("<I", body, at + 4)[0]
        kept, at = kept + body[at:end], end
    return kept + b"\xfe\xff\xdd\xe0\0\0\0\0"
