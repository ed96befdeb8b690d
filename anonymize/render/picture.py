"""The job `picture`: stored frames of a clean clip as JPEG, PNG or GIF, cut, scaled and windowed (PS3.18 8.3.5)."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from PIL import Image

from anonymize.errors import Refused
from anonymize.sandbox.jobs import Context

FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
COLOURS: Final = 256


def run(context: Context) -> dict[str, Any]:
    """Source: the archive of frames, or one WebP. Output: `picture`.

    Request: `kind` (media type), `frames` (numbers from 1; several make a moving GIF), `milliseconds` of each; and
    where wanted `region` (left, top, width, height), `size` (width, height: fitted into it), `quality` (1 to 100) and
    `window` (centre, width, function).
    """
    request = context.request
    with open(context.source, "rb", closefd=False) as file:
        pictures = [_shown(Image.open(io.BytesIO(one), formats=["WEBP"]), request) for one in _read(file, request)]
    context.write("picture", _written(pictures, request))
    return {"width": pictures[0].width, "height": pictures[0].height}


def _read(file: Any, request: Mapping[str, Any]) -> list[bytes]:
    if not zipfile.is_zipfile(file):
        file.seek(0)
        return [file.read()]
    with zipfile.ZipFile(file) as archive:
        try:
            return [archive.read(f"{number:04d}.webp") for number in request["frames"]]
        except KeyError:
            raise Refused("refused.no_pixels") from None


def _shown(picture: Image.Image, request: Mapping[str, Any]) -> Image.Image:
    picture = picture.convert("RGB")
    if region := request.get("region"):
        left, top, width, height = region
        picture = picture.crop((left, top, min(left + width, picture.width), min(top + height, picture.height)))
    if size := request.get("size"):
        factor = min(size[0] / picture.width, size[1] / picture.height)
        fitted = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
        picture = picture.resize(fitted, Image.Resampling.BILINEAR)
    if window := request.get("window"):
        picture = picture.point(_table(*window) * 3)
    return picture


def _table(centre: float, width: float, function: str) -> list[int]:
    """Input grey 0-255 -> output (PS3.3 C.11.2.1.2-3)."""
    shapes: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "linear": lambda x: (x - (centre - 0.5)) / max(width - 1, 1e-9) + 0.5,
        "linear-exact": lambda x: (x - centre) / width + 0.5,
        "sigmoid": lambda x: 1 / (1 + np.exp(np.clip(-4 * (x - centre) / width, -60, 60))),
    }
    return [math.floor(y * 255 + 0.5) for y in np.clip(shapes[function](np.arange(256.0)), 0, 1)]


def _written(pictures: Sequence[Image.Image], request: Mapping[str, Any]) -> bytes:
    out, kind = io.BytesIO(), FORMATS[request["kind"]]
    if kind == "GIF":
        few = [one.quantize(COLOURS, Image.Quantize.FASTOCTREE) for one in pictures]
        lasting = max(20, round(request.get("milliseconds", 100)))
        few[0].save(out, kind, save_all=len(few) > 1, append_images=few[1:], duration=lasting, loop=0)
    else:
        options = {} if kind == "PNG" else {"quality": request.get("quality", 90)}
        pictures[0].save(out, kind, **options)
    return out.getvalue()
