"""Where text stands in a picture, and what it says: the PP-OCRv4 models of the `rapidocr_onnxruntime` wheel.

The models are run straight on onnxruntime; the wheel's own package is not imported (it pulls the full OpenCV).
"""

from __future__ import annotations

import math
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from anonymize.errors import Failed
from anonymize.pixels.boxes import Box, levelled, of_line
from anonymize.pixels.network import quicker

DETECTOR = "ch_PP-OCRv4_det_infer.onnx"
READER = "ch_PP-OCRv4_rec_infer.onnx"
SMALL_SHORT, ENLARGED_SHORT = 500, 736
"""Frames with fewer rows than the first are enlarged to the second: 8-pixel digits are missed otherwise."""
MOST_ENLARGED = 4.0
"""Blown up further a letter is no clearer: only frames of fewer than 184 rows come here."""
LARGEST_PIXELS = 1_050_000
"""The network needs about 230 bytes a pixel while it runs."""
TALLER = 1.75
"""How much wider a picture on its side is seen across its lines: letters that stand one under the other are far apart
along the line, and are taken for a line when they look taller than the gaps between them."""
LEAST_COLUMNS = 960
"""Below that width letters melt together, so that no reduction goes further."""
CLEAR, FAINT = (0.3, 0.5), (0.2, 0.3)
"""Probability of a pixel and mean of a box from which text is taken for such: as a rule, and where some is known."""
UNCLIP = 1.6
"""The detector marks the core of a line; its box grows by area * UNCLIP / perimeter (DB, arXiv 1911.08947)."""
LINE_HEIGHT = 48
LONGEST_LINE = 40
SQUARE = 1.5
SURE = 0.9
"""A reading of this confidence is not tried in another direction."""


def detect(
    image: np.ndarray,
    *,
    enlarge: float | None = None,
    thresholds: tuple[float, float] = CLEAR,
    taller: float = 1.0,
) -> list[Box]:
    """Boxes of text lines on a uint8 grey (rows, columns) or RGB (rows, columns, 3) picture, in its own pixels.

    The picture is seen `enlarge` times its size, as far as `LARGEST_PIXELS` allows, and `taller` than that; by default
    by its number of rows. A line at a slant has its corners.
    """
    width, height = network_size(image.shape[0], image.shape[1], enlarge or _least_scale(image.shape[0]), taller)
    tensor = _tensor(image, width, height)
    likely = _run(DETECTOR, tensor)[0, 0]
    found = _boxes(likely, *thresholds)
    return [box for box in (_scaled(points, score, image.shape, likely.shape) for points, score in found) if box]


def detect_within(
    image: np.ndarray,
    area: Box,
    enlarge: float = 1.0,
    turned: bool = False,
    thresholds: tuple[float, float] = CLEAR,
    rows: int = 0,
) -> list[Box]:
    """Like `detect`, on a part of the frame, on its side if `turned`; boxes in pixels of the whole frame.

    `rows`: of the frame, where `image` is a piece of it.
    """
    piece = np.ascontiguousarray(np.rot90(image[area.slices], -1)) if turned else image[area.slices]
    enlarge, taller = max(enlarge, _least_scale(rows or image.shape[0])), TALLER if turned else 1.0
    found = detect(piece, enlarge=enlarge, thresholds=thresholds, taller=taller)
    upright = [_upright(box, area.height) for box in found] if turned else found
    return [box.moved(area.left, area.top) for box in upright]


def _upright(box: Box, rows: int) -> Box:
    """A box of a picture that was turned clockwise, in the upright one with so many rows."""
    corners = tuple((y, rows - x) for x, y in box.corners)
    return Box(box.top, rows - box.right, box.bottom, rows - box.left, box.score, corners)


def read(image: np.ndarray, box: Box) -> tuple[str, float]:
    """The text in the box and the mean confidence of its characters (0-1); ("", 0.0) when nothing is read.

    Of the directions in which a line may lie in a box of this shape the one that is read best counts.
    """
    level = levelled(image, box)
    piece = _colour(level.image[level.box.slices])
    best = ("", 0.0)
    for turns in _directions(level.box):
        best = max(best, _read(np.ascontiguousarray(np.rot90(piece, turns))), key=lambda reading: reading[1])
        if best[1] >= SURE:
            break
    return best


def _directions(box: Box) -> tuple[int, ...]:
    """Quarter turns to try: upright first, then upside down; on its side when the box is not plainly wider."""
    if box.width > SQUARE * box.height:
        return (0, 2)
    return (1, 3) if box.height > SQUARE * box.width else (0, 2, 1, 3)


def _read(piece: np.ndarray) -> tuple[str, float]:
    width = min(LINE_HEIGHT * LONGEST_LINE, max(16, math.ceil(LINE_HEIGHT * piece.shape[1] / piece.shape[0])))
    tensor = _normal(cv2.resize(piece, (width, LINE_HEIGHT)))
    padded = np.zeros((1, 3, LINE_HEIGHT, max(320, width)), np.float32)
    padded[..., :width] = tensor
    return _spelled(_run(READER, padded)[0])


def release() -> None:
    """Give back what the largest picture needed, 100 MB and more; from look to look it is kept."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    _session(DETECTOR).run(None, {"x": np.zeros((1, 3, 32, 32), np.float32)}, options)


def _run(name: str, tensor: np.ndarray) -> np.ndarray:
    return _session(name).run(None, {"x": tensor})[0]


@cache
def _session(name: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(quicker(_model(name)), options, providers=["CPUExecutionProvider"])


def _model(name: str) -> Path:
    spec = find_spec("rapidocr_onnxruntime")
    if spec is None or spec.origin is None:
        raise Failed("failed.exception")
    return Path(spec.origin).parent / "models" / name


@cache
def _characters() -> list[str]:
    """Blank, the model's own table, space."""
    table = _session(READER).get_modelmeta().custom_metadata_map["character"]
    return ["", *table.splitlines(), " "]


def _least_scale(frame_rows: int) -> float:
    """Letters are as small as the frame has few rows."""
    return min(MOST_ENLARGED, ENLARGED_SHORT / frame_rows) if frame_rows < SMALL_SHORT else 1.0


def network_size(rows: int, columns: int, scale: float, taller: float) -> tuple[int, int]:
    """(width, height) the network sees, multiples of 32."""
    most = math.sqrt(LARGEST_PIXELS / (rows * columns))
    scale = min(scale, max(most, min(1.0, LEAST_COLUMNS / columns)))
    taller = max(1.0, min(taller, LARGEST_PIXELS / (rows * columns * scale**2)))
    width, height = (max(32, round(side * scale / 32) * 32) for side in (columns, rows * taller))
    return width, height


def _tensor(image: np.ndarray, width: int, height: int) -> np.ndarray:
    shrinking = width < image.shape[1]
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR)
    return _normal(_colour(resized))


def _colour(image: np.ndarray) -> np.ndarray:
    """BGR, as the models were trained."""
    return cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_GRAY2BGR if image.ndim == 2 else cv2.COLOR_RGB2BGR)


def _normal(image: np.ndarray) -> np.ndarray:
    """float32 (1, 3, rows, columns) in -1 to 1."""
    return cv2.dnn.blobFromImage(image, 1 / 127.5, mean=(127.5, 127.5, 127.5))


def _boxes(likely: np.ndarray, threshold: float, box_threshold: float) -> list[tuple[np.ndarray, float]]:
    """(4 corners in network pixels, score) of each line (DB post-processing)."""
    bitmap = cv2.dilate((likely > threshold).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(bitmap, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours:
        centre, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < 3:
            continue
        score = _mean_inside(likely, cv2.boxPoints((centre, (width, height), angle)))
        if score >= box_threshold:
            grow = width * height * UNCLIP / (2 * (width + height))
            larger = (centre, (width + 2 * grow, height + 2 * grow), angle)
            found.append((cv2.boxPoints(larger), score))
    return found


def _mean_inside(likely: np.ndarray, corners: np.ndarray) -> float:
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    piece = likely[top:bottom, left:right]
    inside = np.zeros(piece.shape, np.uint8)
    cv2.fillPoly(inside, [(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(piece, inside)[0])


def _scaled(corners: np.ndarray, score: float, shape: tuple[int, ...], seen: tuple[int, ...]) -> Box | None:
    scaled = corners * np.array([shape[1] / seen[1], shape[0] / seen[0]])
    # What was seen taller than it is has no right angles any more.
    return of_line(cv2.boxPoints(cv2.minAreaRect(scaled.astype(np.float32))), shape, score)


def _spelled(likely: np.ndarray) -> tuple[str, float]:
    """Greedy decoding of (steps, characters): repeats merged, blanks dropped (CTC)."""
    best = likely.argmax(axis=1)
    kept = np.flatnonzero((best != 0) & np.concatenate([[True], best[1:] != best[:-1]]))
    if not kept.size:
        return "", 0.0
    table = _characters()
    return "".join(table[best[step]] for step in kept), float(likely[kept, best[kept]].mean())
