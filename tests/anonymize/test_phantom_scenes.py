"""The scenes show what their labels say: measured in beam space, where depth is a row and a beam is a column."""

from __future__ import annotations

import numpy as np
import pytest

from anonymize.phantom import render_scene, scenes
from anonymize.phantom.devices import devices
from anonymize.phantom.geometry import PROBES, beams, scan_converter
from anonymize.phantom.scene import layout
from anonymize.phantom.section import Section
from anonymize.phantom.texture import texture

SEEDS = (3, 104, 131)


def beam_space(name: str, moment: float, seed: int = 3, frame: int = 0) -> tuple[Section, np.ndarray]:
    """The painted section (coordinates before tissue moved are in `beams`) and its grey picture as float."""
    scene = scenes[name]
    grid = beams(PROBES[scene.probe], scene.depth)
    section = Section(grid, texture(seed, scene.depth / 400), seed, moment)
    scene.paint(section)
    return section, section.grey(frame, 58.0).astype(float)


def near(section: Section, x: float, z: float, radius: float) -> np.ndarray:
    """Samples within a radius of a place on the screen, all in mm."""
    return np.hypot(section.beams.x - x, section.beams.z - z) < radius


def dark_height(section: Section, grey: np.ndarray, x: float, top: float, bottom: float) -> float:
    """Millimetres of the longest echo-free run on the beam through x between two depths; speckle alone is 1 to 2."""
    column = int(np.argmin(np.abs(section.beams.x[200] - x)))
    depth = section.beams.z[:, column]
    inside = (depth > top) & (depth < bottom)
    dark = grey[inside, column - 1 : column + 2].mean(axis=1) < 30
    longest = run = 0
    for sample in dark:
        run = run + 1 if sample else 0
        longest = max(longest, run)
    return float(longest * np.diff(depth).mean())


@pytest.mark.parametrize("name", sorted(scenes))
def test_every_scene_draws_moves_and_repeats_for_its_seed(name: str) -> None:
    first = render_scene(name, frames=4, rows=240, columns=320, seed=9)
    assert first.shape == (4, 240, 320, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, render_scene(name, frames=4, rows=240, columns=320, seed=9))
    assert (first[0] != first[2]).mean() > 0.02
    assert (first[0] != render_scene(name, frames=1, rows=240, columns=320, seed=10)[0]).mean() > 0.05


@pytest.mark.parametrize("name", sorted(scenes))
def test_every_loop_closes(name: str) -> None:
    _, start = beam_space(name, 0.0)
    _, end = beam_space(name, 1.0)
    assert np.abs(start - end).mean() < 0.5


def test_speckle_has_the_contrast_of_a_rayleigh_envelope() -> None:
    """Log-compressed Rayleigh speckle has a spread of 5.57 dB; what blur and gain unevenness leave is near that."""
    section, _ = beam_space("kidney-normal", 0.0)
    liver = near(section, -15, 42, 9)
    assert 3.0 < float(section.echo(0)[liver].std()) < 7.0


def test_urine_is_black_and_brightens_what_is_behind() -> None:
    gains = []
    for seed in SEEDS:
        section, grey = beam_space("bladder-distended", 0.0, seed)
        assert grey[near(section, 0, 80, 15)].mean() < 12
        for side in (-1, 1):
            behind, beside = near(section, side * 32, 124, 7), near(section, side * 80, 105, 7)
            gains.append(grey[behind].mean() - grey[beside].mean())
    assert np.mean(gains) > 15


def test_a_full_bladder_is_larger_than_a_normal_one() -> None:
    heights = [
        dark_height(*beam_space(name, 0.0), x=0, top=30, bottom=130) for name in ("bladder-normal", "bladder-distended")
    ]
    assert heights[0] == pytest.approx(36, abs=8)
    assert heights[1] > 70


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stone_shadows_and_a_gallbladder_alone_does_not(seed: int) -> None:
    with_stone, plain = (beam_space(name, 0.0, seed)[1] for name in ("gallstone", "gallbladder-normal"))
    lost = plain - with_stone
    shadowed = (lost > 30)[270:380].mean(axis=0) > 0.5
    assert 3 <= shadowed.sum() <= 40
    assert abs(lost[:, :20].mean()) < 1


@pytest.mark.parametrize(("name", "least", "most"), [("ivc-plethoric", 21, 28), ("ivc-normal", 7, 19)])
def test_the_cava_keeps_its_width_through_the_breath(name: str, least: float, most: float) -> None:
    heights = [dark_height(*beam_space(name, moment), x=35, top=60, bottom=115) for moment in (0.0, 0.25, 0.75)]
    assert all(least <= height <= most for height in heights), heights


def test_the_collapsing_cava_nearly_vanishes_when_breathing_in() -> None:
    wide = dark_height(*beam_space("ivc-collapsed", 0.75), x=35, top=60, bottom=115)
    narrow = dark_height(*beam_space("ivc-collapsed", 0.25), x=35, top=60, bottom=115)
    assert wide > 7
    assert narrow < 0.35 * wide


def vein_height(name: str, moment: float) -> float:
    return dark_height(*beam_space(name, moment), x=7, top=8, bottom=34)


def test_pressure_closes_a_free_vein_and_not_one_with_a_clot() -> None:
    assert vein_height("vein-compressible", 0.0) > 8
    assert vein_height("vein-compressible", 0.5) < 1.5
    section, grey = beam_space("dvt-femoral", 0.5)
    clot = near(section, 6, 15, 2.5)
    fluid = near(section, -5.5, 13.3, 2.0)
    assert 15 < grey[clot].mean() < 70
    assert grey[fluid].mean() < grey[clot].mean() - 8


def below_pleura(name: str) -> tuple[float, float]:
    """Correlation of the picture below the pleura between two moments, on the left and on the right."""
    first, second = (beam_space(name, moment, frame=number)[1] for number, moment in enumerate((0.05, 0.2)))
    band = slice(132, 190)
    left, right = slice(56, 80), slice(98, 120)
    return tuple(  # type: ignore[return-value]
        float(np.corrcoef(first[band, side].ravel(), second[band, side].ravel())[0, 1]) for side in (left, right)
    )


def test_lung_slides_or_stands_still_as_labelled() -> None:
    assert max(below_pleura("a-lines")) < 0.5
    assert min(below_pleura("lung-no-sliding")) > 0.6


def test_at_the_lung_point_one_side_slides() -> None:
    left, right = below_pleura("lung-point")
    assert left < right - 0.25
    section, _ = beam_space("lung-point", 0.2)
    slid = np.abs(section.beams.x - section.x)[150]
    assert slid[60:80].min() > 3
    assert slid[145:].max() < 0.1


def test_a_lines_repeat_the_pleural_depth() -> None:
    section, grey = beam_space("lung-no-sliding", 0.0)
    profile = grey[:, 70:106].mean(axis=1)
    pleura = int(np.argmax(profile[80:160])) + 80
    second = int(np.argmax(profile[200:290])) + 200
    assert second == pytest.approx(2 * pleura, abs=6)
    assert profile[second] > profile[200:290].mean() + 15
    assert section.beams.depth / 419 * pleura == pytest.approx(17, abs=2)


def test_b_lines_reach_the_bottom_and_a_lines_do_not() -> None:
    _, wet = beam_space("b-lines-diffuse", 0.0)
    deep = np.convolve(wet[330:400, 30:146].mean(axis=0), np.ones(3) / 3, mode="valid")
    peaks = (deep[1:-1] > deep[:-2]) & (deep[1:-1] >= deep[2:]) & (deep[1:-1] > deep.min() + 25)
    assert peaks.sum() >= 3
    _, dry = beam_space("lung-no-sliding", 0.0)
    assert np.ptp(dry[340:400, 70:106].mean(axis=0)) < np.ptp(deep) * 0.6


def effusion_share(name: str) -> float:
    """Share of the chest side that is black right below the wall: air has its bright front and grey haze there."""
    section, grey = beam_space(name, 0.0)
    chest = (section.beams.x < -20) & (section.beams.range > 18) & (section.beams.range < 34)
    return float((grey[chest] < 12).mean())


def test_fluid_above_the_diaphragm_is_large_small_or_absent_as_labelled() -> None:
    large, small, none = (
        effusion_share(name) for name in ("pleural-effusion-large", "pleural-effusion-small", "pleural-base-normal")
    )
    assert large > 0.3
    assert 0.08 < small < large
    assert none < small


def ventricle_change(name: str) -> float:
    """Share of the dark area of the apical picture's right half that goes in systole."""
    areas = []
    for moment in (0.98, 0.36):
        section, grey = beam_space(name, moment)
        half = (section.beams.x > 3) & (section.beams.x < 55) & (section.beams.z > 30) & (section.beams.z < 88)
        areas.append(float((section.beams.range * (grey < 25))[half].sum()))
    return 1 - areas[1] / areas[0]


def test_the_failing_ventricle_hardly_contracts() -> None:
    assert ventricle_change("heart-apical-normal") > 0.3
    assert -0.02 < ventricle_change("heart-apical-reduced") < 0.18


def test_pericardial_fluid_surrounds_the_heart_only_when_labelled() -> None:
    share = {}
    for name in ("pericardial-effusion", "heart-subcostal-normal"):
        section, grey = beam_space(name, 0.0)
        share[name] = float((section.beams.range * (grey < 25)).sum() / section.beams.range.sum())
    assert share["pericardial-effusion"] > share["heart-subcostal-normal"] + 0.04


def test_morisons_pouch_holds_fluid_only_when_labelled() -> None:
    dry, wet = (beam_space(name, 0.0)[1] for name in ("morison-normal", "free-fluid-morison"))
    changed = dry - wet > 35
    assert 0.008 < changed.mean() < 0.08


def test_a_dilated_pelvis_replaces_the_bright_sinus() -> None:
    section, normal = beam_space("kidney-normal", 0.0)
    _, dilated = beam_space("hydronephrosis", 0.0)
    sinus = near(section, 2, 76, 6)
    cortex = near(section, 2, 94, 2)
    assert normal[sinus].mean() > normal[cortex].mean() + 20
    assert dilated[sinus].mean() < 12


def test_the_aneurysm_is_wider_than_three_centimetres() -> None:
    section, grey = beam_space("aorta-aneurysm", 0.0)
    normal = dark_height(*beam_space("aorta-normal", 0.0), x=8, top=60, bottom=100)
    assert normal == pytest.approx(14, abs=4)
    assert dark_height(section, grey, x=8, top=30, bottom=110) > 26


@pytest.mark.parametrize("device", sorted(devices))
@pytest.mark.parametrize("scene", ["kidney-normal", "heart-apical-normal", "a-lines"])
def test_the_sector_fits_its_screen_with_square_pixels(device: str, scene: str) -> None:
    model = devices[device]
    _, converter = layout(scenes[scene], model)
    left, top, right, bottom = converter.box
    assert 0 <= left < right <= model.columns
    assert 0 <= top < bottom <= model.rows
    assert (bottom - top) * converter.mm_per_pixel == pytest.approx(scenes[scene].depth, rel=0.07)
    assert converter.inside.mean() > 0.45


def test_scan_conversion_puts_the_face_at_the_top_and_depth_below() -> None:
    converter = scan_converter(PROBES["convex"], 150, (0, 0, 600, 450))
    ramp = np.repeat(np.linspace(1, 255, 420).astype(np.uint8)[:, None], 176, axis=1)
    picture = converter.convert(ramp)
    middle = picture[:, picture.shape[1] // 2].astype(int)
    lit = middle[middle > 0]
    assert np.all(np.diff(lit) >= 0)
    assert lit[-1] > 250
    assert picture[-1, 0] == 0
