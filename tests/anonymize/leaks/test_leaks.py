"""The whole cleaner on planted folders: no identifier in what comes out, none legible on the picture."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest

from tests.anonymize import make
from tests.anonymize.leaks import barcodes, coding, layouts, scenes, search
from tests.anonymize.leaks.command import through
from tests.anonymize.leaks.headers import FRAMES, identified
from tests.anonymize.leaks.plant import plant
from tests.anonymize.leaks.tree import plant_tree
from tests.anonymize.leaks.words import CATEGORIES, CHARACTER_SETS, Planter

FRESH = int.from_bytes(os.urandom(3))
"""New files in every run; the seed is told with what went wrong."""
FEW, MANY = 10, 42
SEARCHED = (make.IMPLICIT, make.BIG_ENDIAN, make.JPEG)


def test_the_generator_plants_what_the_search_finds():
    """Without this a broken search would pass everything."""
    for syntax in SEARCHED:
        made = plant(FRESH, syntax)
        missed = {name: set(values) - set(search.leaked(made.data, values)) for name, values in made.values.items()}
        assert not any(values for name, values in missed.items() if name != "burned"), (syntax, missed)
    assert {*CATEGORIES, "burned"} == {name for syntax in SEARCHED for name in plant(1, syntax).values}


@pytest.mark.parametrize("characters", CHARACTER_SETS, ids=lambda one: one[0])
def test_names_of_every_character_set_are_found(characters: tuple[str, str]):
    """In the coding that the file declares."""
    planter = Planter(FRESH, "names")
    planter.characters = characters
    dataset = identified(planter)
    make.picture(dataset, [np.zeros((8, 8, 3), np.uint8)] * FRAMES)
    names = planter.plant.values["person"]
    assert any(not name.isascii() for name in names + planter.plant.values["institution"])
    assert set(names) == set(search.leaked(make.write(dataset), names))


@pytest.mark.parametrize("name", layouts.LAYOUTS)
def test_a_burned_in_text_is_legible_until_it_is_blanked(name: str):
    random = Random(name)
    screen = scenes.scene(random, most_rows=480)
    inks = layouts.LAYOUTS[name](screen, random, "ZUVOLIMEK 48271635")
    shown = np.stack([frame.mean(axis=2) for frame in screen.frames])
    assert all(ink.legible(shown) and abs(ink.contrast) > 8 for ink in inks)
    blanked = shown.copy()
    for ink in inks:
        blanked[:, ink.top : ink.top + ink.strokes.shape[0], ink.left : ink.left + ink.strokes.shape[1]] = 0
    assert not any(ink.legible(blanked) for ink in inks)


def test_codes_are_read_by_a_reader():
    drawn = barcodes.qr("ZUVOLIMEK 48271635", 4)
    assert cv2.QRCodeDetector().detectAndDecode(drawn)[0] == "ZUVOLIMEK 48271635"
    for code in (barcodes.code_39("48271635", 2, 40), barcodes.code_128("48271635", 2, 40)):
        assert {int(value) for value in np.unique(code)} == {0, 255}
        assert (code == code[0]).all() and (code[0, : 2 * barcodes.QUIET] == 255).all()


def test_what_a_report_says_is_found_but_not_within_keyed_numbers():
    uid, digest = "2.25.1205938184900000000000000000000000001", "59381849".ljust(64, "a")
    assert search.said(f'{{"study_uid": "{uid}", "bytes": "{digest}"}}', ["59381849"]) == []
    assert search.said(f"000001.dcm of 59381849 {uid}", ["59381849"]) == ["59381849"]


def test_every_coding_shows_its_texts(tmp_path: Path):
    """What is planted in a tree can be seen in it, whatever the coding."""
    count = len(coding.IN_DICOM) + len(coding.OUTSIDE)
    given = plant_tree(tmp_path, FRESH, count, most_rows=300)
    assert {one.coding for one in given} == {*coding.IN_DICOM, *coding.OUTSIDE}
    assert len({one.path for one in given}) == count
    for one in given:
        if one.header is not None and one.coding != "RGB deflated":
            frames = search.greys((tmp_path / one.path).read_bytes())
            assert all(ink.legible(frames) for ink in one.inks), (one.coding, one.layouts)


def test_nothing_planted_comes_out(tmp_path: Path):
    judged, _ = through(tmp_path, FRESH, FEW, jobs=2, most_rows=480)
    assert judged.flawless, (FRESH, judged.told(), judged.wrong())
    assert judged.codes["clean"] >= FEW // 2, judged.held


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("further", [1, 2, 3])
def test_nothing_planted_comes_out_of_many(tmp_path: Path, further: int):
    """42 files of each of three fresh seeds."""
    judged, _ = through(tmp_path, FRESH + further, MANY)
    assert judged.flawless, (FRESH + further, judged.told(), judged.wrong())
    assert judged.technical - judged.lost.total() >= 0.99 * judged.technical, judged.lost
