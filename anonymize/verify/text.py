"""Where the second look sees text, and what it reads there: the models of the `rapidocr_onnxruntime` wheel, own code.

Detection: differentiable binarisation (arXiv 1911.08947); reading: greedy CTC.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import onnxruntime

DETECTOR: Final = "ch_PP-OCRv4_det_infer.onnx"
READER: Final = "ch_PP-OCRv4_rec_infer.onnx"
FAINT: Final = (0.2, 0.3)
"""Probability of a pixel, mean of a box: where nothing may be."""
CLEAR: Final = (0.3, 0.5)
"""The same on the picture, where speckle looks like text at lower values."""
MOST_PIXELS: Final = 1_300_000
AT_ONCE, OVERLAP = 800_000, 96
"""Pixels that the network sees at once, at 215 bytes each, and how far the halves of a larger picture overlap."""
ENOUGH_ROWS, ENLARGED = 500, 736
LINE: Final = 48
LONGEST_LINE: Final = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: centre, size and angle in degrees as OpenCV's rotated rectangle, in pixels of the picture."""

    centre: tuple[float, float]
    size: tuple[float, float]
    angle: float
    score: float

    def bounds(self, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
        """left, top, right, bottom within (rows, columns)."""
        corners = cv2.boxPoints((self.centre, self.size, self.angle))
        left, top = np.clip(np.floor(corners.min(0)), 0, (shape[1] - 1, shape[0] - 1)).astype(int)
        right, bottom = np.clip(np.ceil(corners.max(0)), (left + 1, top + 1), (shape[1], shape[0])).astype(int)
        return int(left), int(top), int(right), int(bottom)


def find(image: np.ndarray, thresholds: tuple[float, float], frame_rows: int) -> list[Line]:
    """Lines of text on a uint8 picture (rows, columns, 3), or on a piece of a frame of `frame_rows` rows."""
    rows, columns = image.shape[:2]
    enlarge = min(2.0, ENLARGED / frame_rows) if frame_rows < ENOUGH_ROWS else 1.0
    scale = min(enlarge, math.sqrt(MOST_PIXELS / (rows * columns)))
    parts = _parts(rows, columns, scale)
    return [line for part in parts for line in _lines(image[part], thresholds, scale, (part[1].start, part[0].start))]


def _parts(rows: int, columns: int, scale: float) -> list[tuple[slice, slice]]:
    """The whole picture, or its overlapping halves: the network's memory grows with what it sees at once."""
    whole = slice(0, rows), slice(0, columns)
    if scale * scale * rows * columns <= AT_ONCE:
        return [whole]
    over = round(OVERLAP / scale)
    if rows >= columns:
        return [(slice(0, rows // 2 + over), whole[1]), (slice(rows // 2 - over, rows), whole[1])]
    return [(whole[0], slice(0, columns // 2 + over)), (whole[0], slice(columns // 2 - over, columns))]


def _lines(image: np.ndarray, thresholds: tuple[float, float], scale: float, corner: tuple[int, int]) -> Iterator[Line]:
    """Lines on a part of the picture whose left and top edge are `corner`, in pixels of the whole."""
    rows, columns = image.shape[:2]
    width, height = (max(32, round(side * scale / 32) * 32) for side in (columns, rows))
    seen = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    likely = _run(DETECTOR, _tensor(seen))[0, 0]
    factor = (columns / width, rows / height)
    for contour in _contours(likely > thresholds[0]):
        line = _line(likely, contour, thresholds[1], factor)
        if line:
            yield replace(line, centre=(line.centre[0] + corner[0], line.centre[1] + corner[1]))


def _contours(bitmap: np.ndarray) -> list[np.ndarray]:
    return list(cv2.findContours(bitmap.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0])


def _line(likely: np.ndarray, contour: np.ndarray, enough: float, factor: tuple[float, float]) -> Line | None:
    """The rectangle around one blob, grown to the letters' full height."""
    centre, (width, height), angle = cv2.minAreaRect(contour)
    if min(width, height) < 2:
        return None
    inside = np.zeros(likely.shape, np.uint8)
    cv2.drawContours(inside, [contour], -1, 1, cv2.FILLED)
    score = float(likely[inside > 0].mean())
    if score < enough:
        return None
    grow = 1.5 * width * height / (width + height)
    across = (factor[0] + factor[1]) / 2
    return Line(
        (centre[0] * factor[0], centre[1] * factor[1]),
        ((width + grow) * across, (height + grow) * across),
        angle,
        score,
    )


def read(image: np.ndarray, line: Line) -> tuple[str, float]:
    """Text and mean confidence, the better of the two directions that the line may have."""
    piece = _upright(image, line)
    readings = [_read(piece)]
    if readings[0][1] < 0.9:
        readings.append(_read(np.ascontiguousarray(np.rot90(piece, 2))))
    return max(readings, key=lambda reading: reading[1])


def _upright(image: np.ndarray, line: Line) -> np.ndarray:
    """The line turned to lie flat, longer side along x."""
    (width, height), angle = line.size, line.angle
    if width < height:
        width, height, angle = height, width, angle + 90
    angle = (angle + 90) % 180 - 90
    turn = cv2.getRotationMatrix2D(line.centre, angle, 1.0)
    turn[:, 2] += np.array((width / 2 - line.centre[0], height / 2 - line.centre[1]))
    return cv2.warpAffine(image, turn, (max(2, round(width)), max(2, round(height))), borderMode=cv2.BORDER_REPLICATE)


def _read(piece: np.ndarray) -> tuple[str, float]:
    width = min(LINE * LONGEST_LINE, max(LINE // 2, math.ceil(LINE * piece.shape[1] / piece.shape[0])))
    tensor = np.zeros((1, 3, LINE, max(320, width)), np.float32)
    tensor[..., :width] = _tensor(cv2.resize(piece, (width, LINE)))
    likely = _run(READER, tensor)[0]
    best = likely.argmax(1)
    starts = [step for step in range(len(best)) if best[step] and (step == 0 or best[step] != best[step - 1])]
    if not starts:
        return "", 0.0
    letters = _letters()
    return "".join(letters[best[step]] for step in starts), float(
        np.mean([likely[step, best[step]] for step in starts])
    )


def _tensor(image: np.ndarray) -> np.ndarray:
    """float32 (1, 3, rows, columns), -1 to 1, in the models' order of colours."""
    return ((image[..., ::-1].astype(np.float32) / 127.5) - 1).transpose(2, 0, 1)[None]


def _run(name: str, tensor: np.ndarray) -> np.ndarray:
    return np.asarray(_session(name).run(None, {"x": tensor})[0])


@cache
def _session(name: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # a pattern for each size of picture, and none comes twice
    options.log_severity_level = 4
    spec = find_spec("rapidocr_onnxruntime")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(name)
    model = Path(spec.origin).with_name("models") / name
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


@cache
def _letters() -> list[str]:
    return ["", *_session(READER).get_modelmeta().custom_metadata_map["character"].splitlines(), " "]
