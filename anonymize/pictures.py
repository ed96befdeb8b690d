"""Still and moving pictures as frames, read by a closed list of readers; of EXIF only the orientation is looked at."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
from pi_heif import HeifImageFile  # type: ignore[import-untyped]
from pi_heif import options as heif_options
from PIL import Image, ImageOps
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from anonymize.errors import Refused
from anonymize.policy import Limits

READERS: Final[dict[str, Callable[[BinaryIO], ImageFile]]] = {
    "jpeg": JpegImageFile,
    "png": PngImageFile,
    "gif": GifImageFile,
    "webp": WebPImageFile,
    "heic": HeifImageFile,
}
"""Kind of `parsing.sniff` -> the one reader that is let near the bytes."""
STILLS: Final = ("jpeg", "heic")
"""Further pictures in these are thumbnails, maps of depth, and other shots: the main one is taken."""
heif_options.DECODE_THREADS = 1
_BROKEN: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AssertionError,
    struct.error,
    RuntimeError,
)
"""What Pillow's readers raise for damaged files, and libheif for codings that it was built without."""
_ORIENTATION, _UPRIGHT = 0x0112, 1
_WIDE: Final = ("I;16", "I;16B", "I;16L", "I")
"""Modes of 16-bit grey."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """One file of pictures of one size."""

    content: bytes
    kind: str
    count: int
    grey: bool
    """Red, green and blue are the same everywhere."""
    durations: tuple[float, ...]
    """Milliseconds that each frame is shown; empty where the file does not say it of all of them."""

    def frames(self) -> Iterator[np.ndarray]:
        """uint8 grey (rows, columns) or RGB (rows, columns, 3), transparency over black. May be called again."""
        for frame in _frames(self.content, self.kind):
            yield frame[..., 0] if self.grey else frame


def read(content: bytes, kind: str, limits: Limits) -> Pictures:
    """Decode once; raises Refused for what is too large, damaged, or changes its size midway."""
    with _opened(content, kind) as picture:
        if picture.width * picture.height > limits.frame_pixels:
            raise Refused("refused.limit_pixels", pixels=picture.width * picture.height, limit=limits.frame_pixels)
    grey, shown = True, []
    for count, (frame, duration) in enumerate(_timed(content, kind), 1):
        if count > limits.frames:
            raise Refused("refused.limit_frames", limit=limits.frames)
        grey = grey and bool((frame[..., 0] == frame[..., 1]).all() and (frame[..., 1] == frame[..., 2]).all())
        shown.append(duration)
    return Pictures(content, kind, len(shown), grey, tuple(shown) if all(shown) else ())


def upright(content: bytes, kind: str) -> bool:
    """False when EXIF says that the picture is to be turned before it is shown."""
    with _opened(content, kind) as picture:
        return _orientation(picture) == _UPRIGHT


def _orientation(picture: Image.Image) -> int:
    """Of an EXIF block that can be read; a damaged one is as good as none."""
    try:
        return int(picture.getexif().get(_ORIENTATION, _UPRIGHT))
    except _BROKEN:
        return _UPRIGHT


def lossy(content: bytes, kind: str) -> bool:
    """True when the format loses something: a JPEG, a HEIC, or a WebP with a lossy frame."""
    return kind in STILLS or (kind == "webp" and b"VP8 " in content)


@contextmanager
def _opened(content: bytes, kind: str) -> Iterator[ImageFile]:
    try:
        with READERS[kind](io.BytesIO(content)) as picture:
            yield picture
    except Image.DecompressionBombError as error:
        raise Refused("refused.limit_pixels") from error
    except _BROKEN as error:
        raise Refused("refused.decoder") from error


def _frames(content: bytes, kind: str) -> Iterator[np.ndarray]:
    return (frame for frame, _ in _timed(content, kind))


def _timed(content: bytes, kind: str) -> Iterator[tuple[np.ndarray, float]]:
    """Each frame as RGB, and its milliseconds."""
    with _opened(content, kind) as picture:
        for index in range(1 if kind in STILLS else getattr(picture, "n_frames", 1)):
            if index:
                picture.seek(index)
            frame = _rgb(picture if _orientation(picture) == _UPRIGHT else ImageOps.exif_transpose(picture))
            yield frame, float(picture.info.get("duration") or 0)


def _rgb(picture: Image.Image) -> np.ndarray:
    if picture.mode in _WIDE:
        samples = np.asarray(picture).astype(np.int64) >> 8
        return np.repeat(samples.astype(np.uint8)[..., None], 3, axis=2)
    if not picture.has_transparency_data:
        return np.asarray(picture.convert("RGB"))
    solid = Image.new("RGBA", picture.size, (0, 0, 0, 255))
    solid.alpha_composite(picture.convert("RGBA"))
    return np.asarray(solid.convert("RGB"))
