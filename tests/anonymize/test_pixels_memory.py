"""Remembered masks: only for the same device and screen, only where they fit, only where the finder is in doubt."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from anonymize.pixels import memory, process
from anonymize.policy import Mask, Policy, Rectangle, RememberedMask
from tests.anonymize.screens import dataset

SHAPE = (480, 640)
FITS = Mask(keep=(Rectangle(90, 60, 560, 450),))
CUTS = Mask(keep=(Rectangle(90, 60, 300, 450),))


def doubtful() -> Dataset:
    """A picture of an unheard-of shape: the finder does not vouch for it."""
    noise = np.random.default_rng(7)
    frame = np.zeros((*SHAPE, 3), np.uint8)
    arms = np.zeros(SHAPE, bool)
    arms[80:440, 280:360] = arms[220:300, 100:550] = arms[80:140, 100:300] = True
    frame[arms] = noise.integers(30, 220, (int(arms.sum()), 1))
    ds = dataset([frame] * 2, ExplicitVRLittleEndian, "RGB", SHAPE)
    ds.Manufacturer, ds.ManufacturerModelName = "Nebelhorn", "Pearl"
    return ds


def remembered(mask: Mask, **changes: Any) -> RememberedMask:
    return replace(RememberedMask("Nebelhorn", "Pearl", 480, 640, "", mask), **changes)


def test_a_mask_that_fits_takes_the_place_of_a_doubtful_outline() -> None:
    assert process(doubtful(), Policy()).hold == "held.uncertain_picture"
    result = process(doubtful(), Policy(remembered=(remembered(CUTS), remembered(FITS))))
    assert result.hold is None
    assert (result.masks[0].source, result.masks[0].keep) == ("remembered", [[90, 60, 560, 450]])
    assert result.masks[0].score > memory.LEAST_CONFIDENCE
    assert not result.keep[:60].any() and result.keep[80:440, 280:360].all()


@pytest.mark.parametrize("changes", [{"model": "Perle"}, {"rows": 600}, {"layout": "1"}, {"maker": "Skan"}])
def test_a_mask_of_another_device_or_screen_is_not_used(changes: dict[str, Any]) -> None:
    assert memory.matching(doubtful(), [remembered(FITS, **changes)]) == []


@pytest.mark.parametrize("mask", [CUTS, Mask(keep=()), Mask(keep=(Rectangle(0, 0, 40, 40),))])
def test_a_mask_that_does_not_fit_leaves_the_clip_held(mask: Mask) -> None:
    assert process(doubtful(), Policy(remembered=(remembered(mask),))).hold == "held.uncertain_picture"


def test_the_layout_is_numbers_alone() -> None:
    ds = Dataset()
    assert memory.layout(ds) == ""
    ds.SequenceOfUltrasoundRegions = [Dataset(), Dataset(), Dataset()]
    ds.SequenceOfUltrasoundRegions[0].RegionDataType = 3
    ds.SequenceOfUltrasoundRegions[1].RegionDataType = 1
    ds.SequenceOfUltrasoundRegions[2].add_new("RegionDataType", "LO", "MILLER")
    assert memory.layout(ds) == "1+3"


def test_a_policy_with_remembered_masks_travels() -> None:
    policy = Policy(remembered=(remembered(FITS),))
    assert Policy.from_json(json.loads(json.dumps(policy.as_json()))) == policy
