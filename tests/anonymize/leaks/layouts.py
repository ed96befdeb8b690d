"""Where identifiers are burned in: around the picture, at its very edge, in it, turned, dim, short-lived, as codes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

import cv2
import numpy as np

from tests.anonymize.leaks.barcodes import code_39, code_128, qr
from tests.anonymize.leaks.ink import Ink, burn, stamped, text_stamp
from tests.anonymize.leaks.scenes import Scene

Layout = Callable[[Scene, Random, str], list[Ink]]
BRIGHT: Final = ((235, 235, 235), (200, 200, 200), (150, 150, 150), (240, 220, 60), (80, 220, 240), (90, 230, 90))
WIDEST_GAP: Final = 16
"""Pixels between the edge of the picture and a text beside it."""


def _all(made: Scene) -> range:
    return range(len(made.frames))


def _put(
    made: Scene, random: Random, name: str, text: str, at: tuple[float, float], *,
    turn: int = 0, colour: tuple[int, int, int] | None = None, shown: range | None = None, size: int = 0,
) -> list[Ink]:  # fmt: skip
    """A text, its corner at a share of columns and rows, moved back inside where it would be cut."""
    stamp = np.rot90(text_stamp(text, size or made.text_size, random.randrange(4)), turn)
    left = min(int(at[0] * made.columns), made.columns - stamp.shape[1] - 1)
    top = min(int(at[1] * made.rows), made.rows - stamp.shape[0] - 1)
    return [burn(made.frames, name, stamp, (left, top), colour or random.choice(BRIGHT), shown or _all(made))]


def banner(made: Scene, random: Random, text: str, name: str = "banner", shown: range | None = None) -> list[Ink]:
    """At the top, dark on a light ground."""
    colour = (20, 20, 30) if made.banner == "light" else None
    left, size = random.uniform(0.005, 0.5), min(made.text_size, made.band - 5)
    return _put(made, random, name, text, (left, 0.006), colour=colour, shown=shown, size=max(9, size))


def dark(made: Scene, random: Random, text: str) -> list[Ink]:
    """Hardly brighter than the screen."""
    return _put(made, random, "dark", text, (0.02, 0.945), colour=(made.background + random.randint(14, 26),) * 3)


def grey_on_grey(made: Scene, random: Random, text: str) -> list[Ink]:
    """In a panel of grey on the left, a little brighter or darker than it."""
    width = int(0.12 * made.columns)
    for frame in made.frames:
        frame[made.band + 2 :, :width] = 70
    stamp = text_stamp(text.split()[0], max(9, int(11 * made.unit)), random.randrange(2))[:, : width - 4]
    colour = (random.choice((45, 95, 110)),) * 3
    return [
        burn(
            made.frames, "grey on grey", stamp, (3, random.randint(made.rows // 4, made.rows // 2)), colour, _all(made)
        )
    ]


def bottom(made: Scene, random: Random, text: str) -> list[Ink]:
    return _put(made, random, "bottom", text, (random.uniform(0.01, 0.6), 0.955))


def side(made: Scene, random: Random, text: str) -> list[Ink]:
    """A column of short words beside the picture."""
    words = text.split()
    size = max(9, int(11 * made.unit))
    return [
        ink for n, word in enumerate(words)
        for ink in _put(made, random, "side", word, (0.005, 0.3 + 0.05 * n), size=size)
    ]  # fmt: skip


def upward(made: Scene, random: Random, text: str) -> list[Ink]:
    return _put(made, random, "turned 90", text, (0.01, 0.25), turn=1)


def downward(made: Scene, random: Random, text: str) -> list[Ink]:
    return _put(made, random, "turned 270", text, (0.96, 0.25), turn=3)


def upside_down(made: Scene, random: Random, text: str) -> list[Ink]:
    return _put(made, random, "turned 180", text, (0.1, 0.955), turn=2)


def three_frames(made: Scene, random: Random, text: str) -> list[Ink]:
    first = random.randint(0, max(0, len(made.frames) - 3))
    return banner(made, random, text, "three frames", range(first, min(first + 3, len(made.frames))))


def one_frame(made: Scene, random: Random, text: str) -> list[Ink]:
    """The last, the first or any."""
    last = len(made.frames) - 1
    number = random.choice((last, 0, random.randint(0, last)))
    return banner(made, random, text, "one frame", range(number, number + 1))


def edge(made: Scene, random: Random, text: str) -> list[Ink]:
    """0 to 16 pixels from the outline, at whatever block offset that may be."""
    outline = random.choice(made.pictures)
    stamp = text_stamp(text.split()[0], max(10, int(12 * made.unit)), random.randrange(4))
    at = _beside(outline, stamp.shape, random)
    return [burn(made.frames, f"edge {at[2]}", stamp, at[:2], random.choice(BRIGHT), _all(made))]


def _beside(outline: np.ndarray, shape: tuple[int, ...], random: Random) -> tuple[int, int, int]:
    """Left, top and gap of a stamp left of the outline, or below it."""
    gap, (high, wide) = random.randint(0, WIDEST_GAP), shape[:2]
    down = np.flatnonzero(outline.any(axis=1))
    if random.random() < 0.6:
        top = random.randint(int(down[0]), max(int(down[0]), int(down[-1]) - high))
        touched = np.flatnonzero(outline[top : top + high].any(axis=0))
        return max(0, int(touched[0]) - gap - wide), top, gap
    left = random.choice(np.flatnonzero(outline.any(axis=0))[: max(1, outline.any(axis=0).sum() - wide)].tolist())
    touched = np.flatnonzero(outline[:, left : left + wide].any(axis=1))
    return left, min(int(touched[-1]) + 1 + gap, outline.shape[0] - high), gap


def inside(made: Scene, random: Random, text: str) -> list[Ink]:
    """On the picture itself: white, grey or yellow, 10 to 24 pixels."""
    stamp = text_stamp(text.split()[0], random.randint(10, 24), random.randrange(4))
    at = _within(made.pictures[0], stamp.shape, random)
    colour = random.choice(((240, 240, 240), (205, 205, 205), (240, 220, 60)))
    shown = random.choice((_all(made), _all(made)[-1:], _all(made)[-3:]))
    return [burn(made.frames, f"inside {len(shown)} of {len(made.frames)}", stamp, at, colour, shown)]


def _within(outline: np.ndarray, shape: tuple[int, ...], random: Random) -> tuple[int, int]:
    """A corner at which a stamp lies wholly in the outline; else in the middle of its box."""
    high, wide = shape[:2]
    room = cv2.erode(np.pad(outline.astype(np.uint8), 1), np.ones((high, wide)), anchor=(0, 0))[1:-1, 1:-1]
    places = np.argwhere(room)
    if not len(places):
        down, across = np.flatnonzero(outline.any(axis=1)), np.flatnonzero(outline.any(axis=0))
        return int(across.mean()) - wide // 2, int(down.mean()) - high // 2
    top, left = places[random.randrange(len(places))]
    return int(left), int(top)


def qr_outside(made: Scene, random: Random, text: str) -> list[Ink]:
    code = qr(text, max(2, int(2.5 * made.unit)))
    return [
        stamped(made.frames, "QR", code, (made.columns - code.shape[1] - 2, made.rows - code.shape[0] - 2), _all(made))
    ]


def qr_inside(made: Scene, random: Random, text: str) -> list[Ink]:
    code = qr(text, max(2, int(2 * made.unit)))
    return [stamped(made.frames, "QR inside", code, _within(made.pictures[0], code.shape, random), _all(made))]


def bars_outside(made: Scene, random: Random, text: str) -> list[Ink]:
    code = _bars(made, random, text)
    return [stamped(made.frames, "bars", code, (4, made.rows - code.shape[0] - 3), _all(made))]


def bars_inside(made: Scene, random: Random, text: str) -> list[Ink]:
    code = _bars(made, random, text)
    return [stamped(made.frames, "bars inside", code, _within(made.pictures[0], code.shape, random), _all(made))]


def _bars(made: Scene, random: Random, text: str) -> np.ndarray:
    draw, wide = random.choice((code_39, code_128)), max(1, int(1.5 * made.unit))
    return draw(text.split()[-1][:8], wide, int(36 * made.unit))


def thumbnails(made: Scene, random: Random, text: str) -> list[Ink]:
    """A strip of small copies of the screen at the bottom, the name in each of them."""
    high = int(0.07 * made.rows)
    small = cv2.resize(made.frames[0], (high * made.columns // made.rows, high), interpolation=cv2.INTER_AREA)
    inks = []
    for n in range(4):
        left, top = 4 + n * int(small.shape[1] * 1.6), made.rows - high
        for frame in made.frames:
            frame[top : top + high, left : left + small.shape[1]] = small
        stamp = text_stamp(text.split()[0], 9, 3)[:, : small.shape[1]]
        inks.append(burn(made.frames, "thumbnail", stamp, (left, top + 1), (210, 210, 210), _all(made)))
    return inks


AROUND: Final[dict[str, Layout]] = {
    "banner": banner, "dark": dark, "grey on grey": grey_on_grey, "bottom": bottom, "side": side, "turned 90": upward,
    "turned 270": downward, "turned 180": upside_down, "three frames": three_frames, "one frame": one_frame,
    "edge": edge, "QR": qr_outside, "bars": bars_outside, "thumbnails": thumbnails,
}  # fmt: skip
INSIDE: Final[dict[str, Layout]] = {"inside": inside, "QR inside": qr_inside, "bars inside": bars_inside}
LAYOUTS: Final = AROUND | INSIDE
