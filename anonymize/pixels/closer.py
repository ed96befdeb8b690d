"""A closer look at the few places where hard edges stand on the picture: small text, text at a slant.

Speckle is as soft as the sound beam; letters, lines and signs are drawn with hard edges. Where such edges are, the text
detector looks again at twice the size, and turned by several angles. What it finds there was drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import cv2
import numpy as np

from anonymize.pixels.boxes import Box, turned_back
from anonymize.pixels.composites import Composites, hard_edges, without_lines
from anonymize.pixels.text import detect, read
from anonymize.pixels.textrules import THICK, UNREAD, harmless

ANGLES = (0.0, 25.0, -25.0, 12.0, -12.0, 90.0)
"""Degrees by which an area is turned; the detector forgives about eight."""
TWICE = 2.0
LEAST, OUTLIER, USUAL = 0.16, 1.25, 95
"""Share of hard edges around a cell from which something may be drawn there (139 of 142 texts reach 0.19, 29 of 35
pictures without text stay below 0.14), and how much that is above the percentile of the picture: spectra are hard."""
REACH, AROUND_IT = 5, 24
"""Cells that are joined to one area, and pixels around it that are looked at with it."""
MOST_PIXELS = 250_000
"""Of all areas of a clip; those with the hardest edges are looked at."""
EXPLAINED = 0.8
"""Share of an area's hard edges that lie in lines already found from which it is not turned further."""
RIM = 13
"""Pixels: edges nearer to the rim than half of this are its own."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn on the picture and is neither a scale number nor found before."""

    boxes: list[Box]
    moving: bool
    """Lines that are at another place on the last frame than on the first one: no mask covers their way."""


def drawn(composites: Composites, keep: np.ndarray) -> Drawn:
    """On what is left of the picture (bool): of what stands still, both ends of the clip, and where letters change."""
    within = cv2.erode(keep.astype(np.uint8), np.ones((RIM, RIM), np.uint8), borderValue=1).astype(bool)
    ends = [composites.first, composites.last]
    looked: list[tuple[np.ndarray, list[Box]]] = []
    room = MOST_PIXELS
    for image in _apart([composites.standing, *composites.changed, *ends]):
        hot, areas = _areas(without_lines(image), within)
        areas = [area for area, total in zip(areas, accumulate(map(_pixels, areas)), strict=True) if total <= room]
        room -= sum(map(_pixels, areas))
        looked.append((hot, [line for area in areas for line in _lines(image, area, hot)]))
    found = [box for _, lines in looked for line in lines for box in line.parts(keep.shape)]
    boxes = [box for box in dict.fromkeys(found) if keep[box.slices].any()]
    return Drawn(boxes, len(looked) > 1 and _moves(looked[-2], looked[-1]))


def _apart(images: list[np.ndarray]) -> list[np.ndarray]:
    """Those that are the same as a later one left out."""
    later = [images[number + 1 :] for number in range(len(images))]
    return [image for image, rest in zip(images, later, strict=True) if not any(np.array_equal(image, o) for o in rest)]


def _pixels(area: Box) -> int:
    return area.width * area.height


def _moves(first: tuple[np.ndarray, list[Box]], last: tuple[np.ndarray, list[Box]]) -> bool:
    """Has each of two frames a line where the other one has no hard edges?"""
    ways = ((first[1], last[0]), (last[1], first[0]))
    return all(any(not _over(line, hot) for line in lines) for lines, hot in ways)


def _over(line: Box, hot: np.ndarray) -> bool:
    return any(hot[box.slices].any() for box in line.parts(hot.shape))


def _hot(edges: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Cells (bool) of the picture with more hard edges than it has elsewhere."""
    share = cv2.resize(within.astype(np.float32), edges.shape[::-1], interpolation=cv2.INTER_AREA)
    usual = float(np.percentile(edges[share == 1], USUAL)) if (share == 1).any() else 0.0
    return (share > 0) & (edges >= max(LEAST, OUTLIER * usual))


def _areas(image: np.ndarray, within: np.ndarray) -> tuple[np.ndarray, list[Box]]:
    """bool (rows, columns): where hard edges are; and boxes around those that lie together, the hardest first."""
    edges = hard_edges(image, within)
    hot = _hot(edges, within)
    joined = cv2.dilate(hot.astype(np.uint8), np.ones((REACH, REACH), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    order = sorted(range(1, len(stats)), key=lambda label: -float(edges[hot & (labels == label)].max()))
    size = np.array(image.shape[::-1]) / edges.shape[::-1]
    corners = [(stats[label, :2] * size, (stats[label, :2] + stats[label, 2:4]) * size) for label in order]
    shown = cv2.resize(hot.astype(np.uint8), image.shape[::-1], interpolation=cv2.INTER_NEAREST).astype(bool)
    whole = [Box(*np.floor(low).astype(int).tolist(), *np.ceil(high).astype(int).tolist()) for low, high in corners]
    return shown, [box.grown(AROUND_IT, image.shape) for box in whole]


def _lines(image: np.ndarray, area: Box, hot: np.ndarray) -> Iterator[Box]:
    """Lines over hot pixels (bool), until all those of the area are explained by one; longer by their thickness."""
    unexplained = hot[area.slices].copy()
    count = np.count_nonzero(unexplained)
    for angle in ANGLES:
        turn, size = _turn(area, angle)
        seen = cv2.warpAffine(image[area.slices], turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        for found in detect(seen, enlarge=1.0):
            line = turned_back(found, turn, unexplained.shape)
            if line and line.thickness <= THICK * len(image) and _over(line, hot[area.slices]):
                for part in line.parts(unexplained.shape):
                    unexplained[part.slices] = False
                if not _is_scale(seen, found):
                    yield line.moved(area.left, area.top).longer(line.thickness, image.shape)
        if np.count_nonzero(unexplained) <= (1 - EXPLAINED) * count:
            return


def _is_scale(seen: np.ndarray, box: Box) -> bool:
    said, score = read(seen, box)
    return score >= UNREAD and harmless(said)


def _turn(area: Box, angle: float) -> tuple[np.ndarray, tuple[int, int]]:
    """Affine map (2, 3) from the area's own pixels to the turned and enlarged ones, and their (width, height)."""
    cosine, sine = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
    width = round(TWICE * (area.width * cosine + area.height * sine))
    height = round(TWICE * (area.width * sine + area.height * cosine))
    turn = cv2.getRotationMatrix2D((area.width / 2, area.height / 2), angle, TWICE)
    turn[:, 2] += np.array([(width - area.width) / 2, (height - area.height) / 2])
    return turn, (width, height)
