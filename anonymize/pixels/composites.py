"""One pass over a clip, one frame in memory at a time: its brightest, its darkest, and what stands still."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

import cv2
import numpy as np

from anonymize.errors import Refused

STILL = 4
"""Frames over which the running minimum is taken: moving tissue and speckle fall out, letters stay."""

LEAST_BRIGHT = 16
ENLARGED = 1.5
"""Letters of eight pixels on speckle are only found enlarged."""


@dataclass(slots=True)
class Composites:
    """uint8 grey (rows, columns), grey being the largest of red, green and blue; frames as they were shown."""

    brightest: np.ndarray
    darkest: np.ndarray
    standing: np.ndarray
    """Maximum over the clip of the minimum over `STILL` consecutive frames."""
    shaded: np.ndarray
    """The opposite, for dark letters: minimum over the clip of the maximum over `STILL` consecutive frames."""
    first: np.ndarray
    last: np.ndarray
    telling: np.ndarray
    """The brightest frame as it was shown, grey or RGB."""
    count: int

    def sheet(self) -> list[Look]:
        """The pictures in which text inside the ultrasound picture is looked for, without repetitions."""
        looks = [Look(stretched(self.shaded), ENLARGED)]
        for image, enlarge in ((self.standing, ENLARGED), (self.first, 1.0), (self.last, 1.0)):
            if not any(np.array_equal(image, other) for other in (self.brightest, *(look.image for look in looks))):
                looks.append(Look(image, enlarge))
        return looks


@dataclass(frozen=True, slots=True)
class Look:
    """One picture of the sheet, and how much larger the text detector is to see it."""

    image: np.ndarray
    enlarge: float


def stretched(image: np.ndarray) -> np.ndarray:
    """Grey levels multiplied until the brightest hundredth of what is lit saturates: faint letters show."""
    lit = np.bincount(image.ravel(), minlength=256)
    lit[0] = 0
    if not lit.any():
        return image
    bright = int(np.searchsorted(np.cumsum(lit), 0.99 * lit.sum()))
    return cv2.convertScaleAbs(image, alpha=255 / max(LEAST_BRIGHT, bright))


@dataclass(slots=True)
class _Gathering:
    window: deque[np.ndarray] = field(default_factory=lambda: deque(maxlen=STILL))
    standing: np.ndarray | None = None
    shaded: np.ndarray | None = None
    brightness: float = -1.0


def gather(frames: Iterable[np.ndarray]) -> Composites:
    """Look at every frame once; raises Refused when there is none or when sizes differ."""
    found: Composites | None = None
    state = _Gathering()
    for frame in frames:
        grey = strongest(frame)
        if found is None:
            found = Composites(grey.copy(), grey.copy(), grey, grey, grey, grey, frame, 0)
        if grey.shape != found.first.shape:
            raise Refused("refused.pixels_mismatch")
        _add(found, state, frame, grey)
    if found is None:
        raise Refused("refused.no_pixels")
    if state.standing is not None and state.shaded is not None:
        found.standing, found.shaded = state.standing, state.shaded
    return found


def strongest(frame: np.ndarray) -> np.ndarray:
    """Grey as the largest of red, green and blue: coloured text is as bright as white text."""
    if frame.ndim == 2:
        return frame
    red, green, blue = cv2.split(frame)
    return cv2.max(cv2.max(red, green), blue)


def _add(found: Composites, state: _Gathering, frame: np.ndarray, grey: np.ndarray) -> None:
    cv2.max(found.brightest, grey, found.brightest)
    cv2.min(found.darkest, grey, found.darkest)
    found.last = grey
    found.count += 1
    state.window.append(grey)
    if len(state.window) == STILL:
        still, shade = reduce(cv2.min, state.window), reduce(cv2.max, state.window)
        state.standing = still if state.standing is None else cv2.max(state.standing, still)
        state.shaded = shade if state.shaded is None else cv2.min(state.shaded, shade)
    brightness = float(cv2.mean(grey)[0])
    if brightness > state.brightness:
        state.brightness, found.telling = brightness, frame
