"""Screens of made-up devices: moving speckle in outlines of every kind on grounds of every kind, with furniture."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

import cv2
import numpy as np

from tests.anonymize.leaks.ink import Frames, text_stamp

KINDS: Final = ("fan", "linear", "trapezoid", "dual fan", "dual linear", "duplex", "mmode", "wide fan", "phased")
SIZES: Final = (
    (240, 320), (300, 400), (434, 636), (480, 640), (480, 800), (576, 768), (600, 800), (708, 1016), (720, 960),
    (768, 1024), (720, 1280), (1080, 1920),
)  # fmt: skip
"""Rows and columns."""
BACKGROUNDS: Final = (0, 0, 0, 0, 0, 6, 16, 24, 40)
BANNERS: Final = ("plain", "plain", "plain", "gradient", "solid", "light", "none")
Box = tuple[int, int, int, int]
"""Left, top, right, bottom; right and bottom excluded."""


@dataclass(slots=True)
class Scene:
    """Frames, and what is known of them."""

    rows: int
    columns: int
    kind: str
    background: int
    banner: str
    frames: Frames = field(default_factory=list)
    pictures: list[np.ndarray] = field(default_factory=list)
    """bool outline of each picture."""
    boxes: list[tuple[Box, int, int]] = field(default_factory=list)
    """Bounding box, spatial format and data type (PS3.3 C.8.5.5.1.1, 1.2) of each picture."""

    def told(self) -> str:
        """For a list of failures."""
        size = f"{self.columns}x{self.rows} x{len(self.frames)}"
        return f"{self.kind} {size} on {self.background}, banner {self.banner}"

    @property
    def unit(self) -> float:
        """Pixels at 600 rows' scale."""
        return max(0.55, self.rows / 600)

    @property
    def band(self) -> int:
        """Rows of the banner."""
        return int(0.085 * self.rows)

    @property
    def text_size(self) -> int:
        return max(10, int(15 * self.unit))


def scene(random: Random, *, still: bool = False, most_rows: int = 2000) -> Scene:
    """A screen without any identifier."""
    rows, columns = random.choice([size for size in SIZES if size[0] <= most_rows])
    made = Scene(rows, columns, random.choice(KINDS), random.choice(BACKGROUNDS), random.choice(BANNERS))
    _place(made, random)
    count = 1 if still else random.choice((4, 5, 8, 12) if rows < 700 else (4, 5))
    texture = _Texture(made, random)
    ground = _ground(made, random)
    for number in range(count):
        frame = ground.copy()
        for n, outline in enumerate(made.pictures):
            frame[outline] = texture.look(n, number)[outline]
        made.frames.append(frame)
    return made


def _place(made: Scene, random: Random) -> None:
    """Outlines at any offset, below the banner and clear of the side and bottom texts."""
    top, bottom = made.band + random.randint(4, 24), int(made.rows * random.uniform(0.84, 0.93))
    left, right = int(made.columns * random.uniform(0.14, 0.2)), int(made.columns * random.uniform(0.8, 0.86))
    kind = made.kind
    if kind.startswith("dual"):
        middle, gap = (left + right) // 2, random.randint(4, 20)
        for box in ((left, top, middle - gap, bottom), (middle + gap, top, right, bottom)):
            _add(made, _fan(made, box, random) if kind == "dual fan" else _linear(made, box), 1)
    elif kind in ("duplex", "mmode"):
        split = top + int((bottom - top) * random.uniform(0.45, 0.55))
        _add(made, _fan(made, (left, top, right, split), random), 1)
        strip = np.zeros((made.rows, made.columns), bool)
        strip[split + random.randint(8, 20) : bottom, left:right] = True
        _add(made, strip, 3 if kind == "duplex" else 2)
    elif kind == "linear":
        inset = random.randint(0, (right - left) // 5)
        _add(made, _linear(made, (left + inset, top, right - random.randint(0, inset or 1), bottom)), 1)
    elif kind == "trapezoid":
        _add(made, _trapezoid(made, (left, top, right, bottom)), 1)
    else:
        _add(made, _fan(made, (left, top, right, bottom), random), 1)


def _add(made: Scene, outline: np.ndarray, data_type: int) -> None:
    made.pictures.append(outline)
    down, across = np.flatnonzero(outline.any(axis=1)), np.flatnonzero(outline.any(axis=0))
    box = (int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1)
    made.boxes.append((box, {1: 1, 2: 2, 3: 3}[data_type], data_type))


def _linear(made: Scene, box: Box) -> np.ndarray:
    outline = np.zeros((made.rows, made.columns), bool)
    left, top, right, bottom = box
    outline[top:bottom, left:right] = True
    return outline


def _trapezoid(made: Scene, box: Box) -> np.ndarray:
    left, top, right, bottom = box
    inset = (right - left) // 6
    corners = np.array([(left + inset, top), (right - inset, top), (right, bottom), (left, bottom)])
    return cv2.fillPoly(np.zeros((made.rows, made.columns), np.uint8), [corners], 1).astype(bool)


def _fan(made: Scene, box: Box, random: Random) -> np.ndarray:
    """A sector within a box: radius of the array, opening angle and depth that fit."""
    left, top, right, bottom = box
    half = {"phased": 0.75, "wide fan": 1.0}.get(made.kind, random.uniform(0.5, 0.8))
    share = {"phased": 0.02, "wide fan": 0.35}.get(made.kind, random.uniform(0.1, 0.35))
    y, x = np.mgrid[0 : made.rows, 0 : made.columns].astype(np.float32)
    depth = min((bottom - top) / (1 - share * np.cos(half)), (right - left) / 2 / np.sin(half))
    apex = (left + right) / 2, top - share * depth * np.cos(half)
    distance, angle = np.hypot(x - apex[0], y - apex[1]), np.arctan2(x - apex[0], y - apex[1])
    return (distance > share * depth) & (distance < depth) & (np.abs(angle) < half)


class _Texture:
    """Speckle over tissue that moves; a trace in the strips of duplex and M-mode."""

    def __init__(self, made: Scene, random: Random) -> None:
        self._made = made
        rng = np.random.default_rng(random.getrandbits(32))
        shape = (made.rows, made.columns)
        noise = rng.rayleigh(46, (min(512, made.rows), min(512, made.columns))).astype(np.float32)
        smooth = np.asarray(cv2.GaussianBlur(noise, (5, 3), 0))
        times = -(-shape[0] // smooth.shape[0]), -(-shape[1] // smooth.shape[1])
        self._noise = np.tile(smooth, times)[: shape[0], : shape[1]]
        self._tissue = cv2.resize(
            rng.uniform(0.35, 1.5, (6, 8)).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC
        )
        for _ in range(random.randint(1, 3)):
            centre = (
                random.randint(shape[1] // 4, shape[1] * 3 // 4),
                random.randint(shape[0] // 4, shape[0] * 3 // 4),
            )
            axes = (random.randint(10, shape[1] // 12 + 11), random.randint(8, shape[0] // 10 + 9))
            cv2.ellipse(self._tissue, centre, axes, random.randint(0, 90), 0, 360, random.choice((0.1, 0.2, 2.2)), -1)
        self._colour = random.random() < 0.2
        self._rng = rng

    def look(self, picture: int, number: int) -> np.ndarray:
        """RGB of the whole screen's size, of which the outline is taken."""
        _, _, data_type = self._made.boxes[picture]
        if data_type == 3:
            return _rgb(self._trace(picture))
        moved = np.roll(self._tissue, (2 * number, number), (0, 1))
        noise = self._noise if data_type == 2 else np.roll(self._noise, (7 * number, 3 * number), (0, 1))
        grey = np.clip(noise * moved, 3, 240).astype(np.uint8)
        shown = _rgb(grey)
        if self._colour and data_type == 1:
            flow = moved > 1.2
            shown[flow] = (
                shown[flow] * np.array([1.0, 0.3, 0.2]) if number % 2 else shown[flow] * np.array([0.2, 0.4, 1.0])
            )
        return shown

    def _trace(self, picture: int) -> np.ndarray:
        """A spectrum: bright above a baseline, faint noise elsewhere."""
        left, top, right, bottom = self._made.boxes[picture][0]
        grey = np.clip(self._noise * 0.15, 2, 30)
        base = top + (bottom - top) * 2 // 3
        across = np.arange(left, right)
        height = (np.abs(np.sin(across / 37)) ** 2 * (base - top) * 0.85).astype(int)
        for column, high in zip(across, height, strict=True):
            grey[base - high : base, column] = np.clip(self._noise[base - high : base, column] * 1.6, 20, 235)
        grey[base] = 120
        return grey.astype(np.uint8)


def _rgb(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[..., None], 3, axis=2)


def _ground(made: Scene, random: Random) -> np.ndarray:
    """Background, banner's ground, grey bar, ticks and numbers of a scale, ECG: nothing that identifies."""
    frame = np.full((made.rows, made.columns, 3), made.background, np.uint8)
    if made.banner == "gradient":
        frame[: made.band] = np.linspace(10, 130, made.columns).astype(np.uint8)[None, :, None]
    elif made.banner in ("solid", "light"):
        frame[: made.band] = 60 if made.banner == "solid" else 205
    if random.random() < 0.7:
        _scale(frame, made)
    if random.random() < 0.5:
        bar = np.linspace(250, 5, made.rows // 4).astype(np.uint8)[:, None, None]
        right = made.columns - int(12 * made.unit)
        frame[made.rows // 3 : made.rows // 3 + len(bar), right - int(8 * made.unit) : right] = bar
    if random.random() < 0.3 and made.kind in ("phased", "fan"):
        across = np.arange(made.columns // 6, made.columns * 5 // 6)
        wave = made.rows * 0.96 - 12 * made.unit * np.exp(-(((across % 120) - 60) ** 2) / 20)
        cv2.polylines(frame, [np.stack([across, wave], 1).astype(np.int32)], False, (40, 220, 60), 1)
    return frame


def _scale(frame: np.ndarray, made: Scene) -> None:
    """Ticks to the right of the picture, each fifth one with its number."""
    (_, top, _, bottom), _, _ = made.boxes[0]
    right = max(box[2] for box, _, _ in made.boxes) + int(10 * made.unit)
    for n, y in enumerate(np.linspace(top, bottom - 1, 16).astype(int)):
        frame[y, right : right + (8 if n % 5 == 0 else 4)] = 170
        if n % 5 == 0:
            stamp = text_stamp(str(n), max(9, int(11 * made.unit)))[: made.rows - y]
            area = frame[y : y + stamp.shape[0], right + 12 : right + 12 + stamp.shape[1]]
            np.maximum(area, stamp[:, : area.shape[1], None] // 2, out=area)
