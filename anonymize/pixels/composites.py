"""One pass over a clip, one frame in memory at a time: its brightest, its darkest, and what stands still."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np

from anonymize.errors import Refused

STILL = 3
"""Frames over which the running minimum is taken: moving tissue and speckle fall out, letters stay."""

LEAST_BRIGHT = 16
ENLARGED = 1.5
"""Letters of eight pixels on speckle are only found enlarged: where there is colour, on single pictures, and on those
frames of a clip on which something was drawn."""
COLOURED = 48
"""Levels between the strongest and the weakest of red, green and blue from which something is coloured."""
EDGE, CELL, AROUND = 60, 8, 3
"""Second derivative of a drawn edge; edges are counted in cells of so many pixels, over so many cells each way."""
DRAWN, OUTLIER = 0.1, 1.25
"""Share of such pixels by which a place changes when letters come or go (speckle from frame to frame: 0.06; letters:
0.12-0.5), and how much that is above what is usual in the clip."""
MOST_CHANGED = 2
LONG, THIN = 61, 7
"""Pixels from which a line is longer than any stroke of a letter, and from which it is none but a bar."""
FEWEST = 30
"""Pixels that letters have at least."""


@dataclass(slots=True)
class Composites:
    """uint8 grey (rows, columns), grey being the largest of red, green and blue; frames as they were shown."""

    brightest: np.ndarray
    darkest: np.ndarray
    standing: np.ndarray
    """Maximum over the clip of the minimum over `STILL` consecutive frames."""
    shaded: np.ndarray
    """The opposite, for dark letters: minimum over the clip of the maximum over `STILL` consecutive frames."""
    coloured: np.ndarray
    """Maximum over the clip of how far red, green and blue lie apart: tissue is grey, yellow letters are not."""
    first: np.ndarray
    last: np.ndarray
    changed: list[np.ndarray]
    """Up to `MOST_CHANGED` frames on which hard edges came or from which they went: something was drawn on them."""
    telling: np.ndarray
    """The brightest frame as it was shown, grey or RGB."""
    count: int

    def sheet(self, keep: np.ndarray) -> list[Look]:
        """The pictures in which text on what is kept (bool) is looked for, without repetitions."""
        plain = without_lines(self.standing)
        looks = [Look(plain, turned=True), Look(stretched(self.shaded))]
        if np.count_nonzero(self.coloured[keep] >= COLOURED) >= FEWEST:
            looks.append(Look(stretched(self.coloured), ENLARGED))
        again = np.array_equal(plain, self.brightest)
        looks.append(Look(plain, ENLARGED if again else 1.0))
        return looks + [look for image in self.changed for look in (Look(image, ENLARGED), Look(image, turned=True))]


@dataclass(frozen=True, slots=True)
class Look:
    """One picture of the sheet, how much larger the text detector is to see it, and whether turned on its side."""

    image: np.ndarray
    enlarge: float = 1.0
    turned: bool = False
    """Small letters are found along a line only: what is written upwards or downwards."""


def stretched(image: np.ndarray) -> np.ndarray:
    """Grey levels multiplied until the brightest hundredth of what is lit saturates: faint letters show."""
    lit = np.bincount(image.ravel(), minlength=256)
    lit[0] = 0
    if not lit.any():
        return image
    bright = int(np.searchsorted(np.cumsum(lit), 0.99 * lit.sum()))
    return cv2.convertScaleAbs(image, alpha=255 / max(LEAST_BRIGHT, bright))


def without_lines(image: np.ndarray) -> np.ndarray:
    """A uint8 grey picture without the thin straight lines drawn on it, upright or level, such as a colour box.

    Letters across which a line runs are not taken for letters; their own strokes stay.
    """
    for along, across in (((LONG, 1), (1, THIN)), ((1, LONG), (THIN, 1))):
        line, ground = (cv2.morphologyEx(image, cv2.MORPH_OPEN, np.ones(size, np.uint8)) for size in (along, across))
        image = np.where(cv2.subtract(line, ground) >= EDGE, ground, image)
    return image


def steep(image: np.ndarray, background: int) -> np.ndarray:
    """Distance from the screen's background on a logarithmic scale: letters of two grey levels show beside white."""
    apart = cv2.absdiff(image, np.full_like(image, background))
    return cv2.LUT(apart, np.round(255 * np.log2(1 + np.arange(256)) / 8).astype(np.uint8))


@dataclass(slots=True)
class _Gathering:
    window: deque[np.ndarray] = field(default_factory=lambda: deque(maxlen=STILL))
    standing: np.ndarray | None = None
    shaded: np.ndarray | None = None
    brightness: float = -1.0
    edges: np.ndarray | None = None
    changes: list[float] = field(default_factory=list)
    drawn: dict[int, tuple[float, np.ndarray]] = field(default_factory=dict)
    """Number of a frame -> how much was drawn on it, and the frame."""

    def note(self, change: float, number: int, frame: np.ndarray) -> None:
        """Remember the frames on which most was drawn."""
        if change > self.drawn.get(number, (0.0, frame))[0]:
            self.drawn[number] = (change, frame)
        if len(self.drawn) > MOST_CHANGED:
            del self.drawn[min(self.drawn, key=lambda one: self.drawn[one][0])]

    def outliers(self) -> list[np.ndarray]:
        """Frames that were drawn on, and not merely as restless as all others."""
        usual = float(np.median(self.changes)) if self.changes else 0.0
        return [frame for change, frame in self.drawn.values() if change > max(DRAWN, OUTLIER * usual)]


def hard_edges(grey: np.ndarray, within: np.ndarray | None = None) -> np.ndarray:
    """Share of pixels with a hard edge around each cell of a uint8 picture: float32 (rows / CELL, columns / CELL).

    `within`: bool (rows, columns), the only pixels whose edges count.
    """
    steep = cv2.convertScaleAbs(cv2.Laplacian(grey, cv2.CV_16S))
    edge = cv2.threshold(steep, EDGE, 255, cv2.THRESH_BINARY)[1]
    if within is not None:
        edge[~within] = 0
    size = tuple(max(1, side // CELL) for side in grey.shape[::-1])
    cells = cv2.resize(edge, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return cv2.blur(cells, (AROUND, AROUND))


def gather(frames: Iterable[np.ndarray]) -> Composites:
    """Look at every frame once; raises Refused when there is none or when sizes differ."""
    found: Composites | None = None
    state = _Gathering()
    for frame in frames:
        grey, spread = channels(frame)
        if found is None:
            found = Composites(grey.copy(), grey.copy(), grey, grey, spread, grey, grey, [], frame, 0)
        if grey.shape != found.first.shape:
            raise Refused("refused.pixels_mismatch")
        _add(found, state, frame, grey)
        cv2.max(found.coloured, spread, found.coloured)
    if found is None:
        raise Refused("refused.no_pixels")
    if state.standing is not None and state.shaded is not None:
        found.standing, found.shaded = state.standing, state.shaded
    found.changed = state.outliers()
    return found


def channels(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Grey as the largest of red, green and blue (coloured text is as bright as white text), and how far they differ.

    Both uint8 (rows, columns), of a frame (rows, columns) or (rows, columns, 3).
    """
    if frame.ndim == 2:
        return frame, np.zeros_like(frame)
    red, green, blue = cv2.split(frame)
    grey = cv2.max(red, green)
    cv2.max(grey, blue, grey)
    least = cv2.min(cv2.min(red, green, red), blue, red)
    return grey, cv2.subtract(grey, least, least)


def _of_all(choice: Callable[..., np.ndarray], frames: Iterable[np.ndarray]) -> np.ndarray:
    """The least or the largest of each pixel: made in one new array, for new memory costs more than to compare."""
    one, other, *more = frames
    result = choice(one, other)
    for frame in more:
        choice(result, frame, result)
    return result


def _add(found: Composites, state: _Gathering, frame: np.ndarray, grey: np.ndarray) -> None:
    edges = hard_edges(grey)
    if state.edges is not None:
        came, gone = float((edges - state.edges).max()), float((state.edges - edges).max())
        state.changes.append(came)
        state.note(came, found.count, grey)
        state.note(gone, found.count - 1, found.last)
    state.edges = edges
    cv2.max(found.brightest, grey, found.brightest)
    cv2.min(found.darkest, grey, found.darkest)
    found.last = grey
    found.count += 1
    state.window.append(grey)
    if len(state.window) == STILL:
        still, shade = (_of_all(one, state.window) for one in (cv2.min, cv2.max))
        state.standing = still if state.standing is None else cv2.max(state.standing, still, state.standing)
        state.shaded = shade if state.shaded is None else cv2.min(state.shaded, shade, state.shaded)
    brightness = float(cv2.mean(grey)[0])
    if brightness > state.brightness:
        state.brightness, found.telling = brightness, frame
