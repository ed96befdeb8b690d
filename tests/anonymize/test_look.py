"""The look of a clip: near for the same anatomy under other gain and geometry, far for another, and small."""

from __future__ import annotations

import numpy as np
import pytest

from anonymize.render.look import SCALE, SIZE, look


def anatomy(seed: int, rows: int = 150, columns: int = 200) -> np.ndarray:
    """Bright arcs and dark lakes at places of the seed's choice, smooth as a mean of many frames is."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : rows * 1j, 0 : 1 : columns * 1j]
    picture = np.full((rows, columns), 60.0)
    for _ in range(3):
        cx, cy, size = chance.uniform(0.2, 0.8), chance.uniform(0.2, 0.8), chance.uniform(0.08, 0.2)
        lake = np.hypot(x - cx, y - cy) < size
        rim = np.abs(np.hypot(x - cx, y - cy) - size) < 0.02
        picture[lake], picture[rim] = 14.0, 200.0
    return picture


def sector(picture: np.ndarray, half_angle: float) -> np.ndarray:
    """The same anatomy as a sector probe shows it: each row squeezed around the middle, black beside."""
    rows, columns = picture.shape
    found = np.zeros_like(picture)
    for row in range(rows):
        width = max(8, int(columns * min(1.0, 2 * np.tan(half_angle) * (row + 20) / rows)))
        squeezed = np.interp(np.linspace(0, columns - 1, width), np.arange(columns), picture[row])
        left = (columns - width) // 2
        found[row, left : left + width] = squeezed
    return found


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.linalg.norm(np.array(look(one)) - np.array(look(other))))


def test_it_is_small_whole_and_the_same_each_time() -> None:
    numbers = look(anatomy(1))
    assert len(numbers) == SIZE
    assert all(isinstance(number, int) and abs(number) <= SCALE for number in numbers)
    assert numbers == look(anatomy(1))
    assert np.linalg.norm(numbers[:64]) == pytest.approx(SCALE, rel=0.02)
    assert np.linalg.norm(numbers[64:]) == pytest.approx(SCALE, rel=0.02)


def test_nothing_lit_has_no_look() -> None:
    assert look(np.zeros((40, 50))) == [0] * SIZE


@pytest.mark.parametrize(
    "same",
    [lambda p: p * 1.25, lambda p: p * 0.8, lambda p: sector(p, 0.35), lambda p: p[::2, ::2],
     lambda p: p + np.random.default_rng(3).normal(0, 4, p.shape)],
    ids=["brighter", "darker", "sector", "smaller", "noisy"],
)  # fmt: skip
def test_the_same_anatomy_is_nearer_than_any_other(same: object) -> None:
    pictures = [anatomy(seed) for seed in range(8)]
    for picture in pictures:
        changed = np.clip(same(picture), 0, 255)  # type: ignore[operator]
        distances = [apart(changed, other) for other in pictures]
        assert pictures[int(np.argmin(distances))] is picture
