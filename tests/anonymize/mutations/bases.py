"""Whole files to break: every transfer syntax, films in and outside DICOM, stills, real files when there are any.

Once small, a few kilobytes each, so that a change strikes what matters and a verdict costs little; once as they come.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pydicom
from PIL import Image
from pydicom.uid import HEVCMP51, MPEG2MPML, MPEG4HP41

from anonymize.phantom.demo import demo_clips
from anonymize.phantom.write import dataset as phantom
from tests.anonymize import make, screens
from tests.anonymize.mutations.walker import UNDEFINED, Place, places
from tests.anonymize.test_masking_films import SHAPE, shot
from tests.anonymize.test_outside import heic

SMALL: Final = 1_000_000
"""Bytes: a larger real file is cut to two frames."""
_PHANTOMS: Final = 4
Shape = tuple[int, int]
LITTLE: Final[Shape] = (48, 64)
"""Rows and columns of the small ones: no room for a banner."""


def small() -> dict[str, bytes]:
    """Name -> file of little pictures, in everything that is read."""
    files = {**_made(LITTLE, 2), **dict(_greys(LITTLE)), **dict(_films(LITTLE)), **dict(_stills(LITTLE))}
    return {f"small {name}": data for name, data in files.items()}


def large(real: Path | None = None) -> dict[str, bytes]:
    """Name -> file of pictures as devices send them; those of the folder `real` too."""
    found = {**_made((make.ROWS, make.COLUMNS), 2), **dict(_films(SHAPE)), **dict(_stills((make.ROWS, make.COLUMNS)))}
    found |= dict(_phantoms())
    for path in sorted(real.iterdir()) if real and real.is_dir() else ():
        data = path.read_bytes()
        if path.suffix == ".dcm":
            found[path.name] = data if len(data) <= SMALL else _cut(data)
        elif len(data) <= SMALL and path.suffix != ".csv":
            found[path.name] = data
    return found


def _made(shape: Shape, count: int) -> dict[str, bytes]:
    """One clip in each transfer syntax of native and coded frames."""
    rows, columns = shape
    found = {}
    for number, syntax in enumerate(make.SYNTAXES):
        planted = make.Planted(number)
        frames = make.frames(count, seed=number, rows=rows, columns=columns, banner=shape != LITTLE)
        header = make.picture(make.identified(planted, count=count), frames, syntax)
        found[f"made {syntax}"] = make.write(header, planted, trailing=syntax != make.DEFLATED)
    return found


def _greys(shape: Shape) -> Iterator[tuple[str, bytes]]:
    """Other pixels than three bytes of colour: inverted, 16 bits, a palette, pairs that share their chroma."""
    grey = [frame[..., 0] for frame in make.frames(2, rows=shape[0], columns=shape[1], banner=False)]
    table = bytes(range(256)) * 2
    colours: dict[str, object] = {
        f"{name}PaletteColorLookupTableDescriptor": [256, 0, 16] for name in ("Red", "Green", "Blue")
    }
    colours |= {f"{name}PaletteColorLookupTableData": table for name in ("Red", "Green", "Blue")}
    wide: dict[str, object] = {"BitsAllocated": 16, "BitsStored": 12}
    paired = [np.dstack([frame, np.full_like(frame, 128)]) for frame in grey]
    for name, frames, photometric, more in (
        ("inverted", grey, "MONOCHROME1", {}),
        ("16 bits", [frame.astype("<u2") << 4 for frame in grey], "MONOCHROME2", wide),
        ("palette", grey, "PALETTE COLOR", colours),
        ("4:2:2", paired, "YBR_FULL_422", {}),
    ):
        header = make.identified(make.Planted(5), count=2)
        shown = screens.dataset(frames, make.EXPLICIT, photometric, shape, **more)
        header.file_meta = shown.file_meta
        header.update(shown)
        yield name, make.write(header)


def _films(shape: Shape) -> Iterator[tuple[str, bytes]]:
    frames = screens.clip(screens.box(*shape), 3)
    for frame in frames if shape != LITTLE else ():
        screens.write(frame, screens.BANNER, (8, 4), 14)
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


def _stills(shape: Shape) -> Iterator[tuple[str, bytes]]:
    made = make.frames(3, rows=shape[0], columns=shape[1], banner=shape != LITTLE)
    picture = Image.fromarray(made[0])
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
    yield "HEIC", heic(make.frames(1)[0])
    moving = [Image.fromarray(frame).convert("P") for frame in made]
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
