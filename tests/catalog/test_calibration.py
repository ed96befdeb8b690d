"""What a pixel stands for, from headers as devices write them."""

from __future__ import annotations

from typing import Any

from pydicom import Dataset
from pydicom.sequence import Sequence

from imagebank.catalog.calibration import MOST, regions_of


def region(**changes: Any) -> Dataset:
    item = Dataset()
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 10, 20
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = 109, 219
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
    item.PhysicalDeltaX, item.PhysicalDeltaY = 0.03, 0.025
    for name, value in changes.items():
        if value is None:
            delattr(item, name)
        else:
            setattr(item, name, value)
    return item


def told(*items: Dataset) -> list[dict[str, Any]]:
    ds = Dataset()
    ds.SequenceOfUltrasoundRegions = Sequence(items)
    return regions_of(ds.to_json_dict())


def test_two_axes_may_differ() -> None:
    assert told(region()) == [
        {"box": [10, 20, 110, 220], "x": {"unit": "cm", "delta": 0.03}, "y": {"unit": "cm", "delta": 0.025}}
    ]


def test_a_spectrum_counts_seconds_and_speed_without_a_sign() -> None:
    (found,) = told(region(PhysicalUnitsXDirection=4, PhysicalUnitsYDirection=7, PhysicalDeltaY=-0.5))
    assert (found["x"]["unit"], found["y"]) == ("s", {"unit": "cm/s", "delta": 0.5})


def test_what_is_not_said_is_not_guessed() -> None:
    unknown = {"unit": None, "delta": None}
    for item in (
        region(PhysicalUnitsXDirection=0), region(PhysicalUnitsXDirection=None), region(PhysicalDeltaX=0.0),
        region(PhysicalDeltaX=None), region(PhysicalUnitsXDirection=99),
    ):  # fmt: skip
        (found,) = told(item)
        assert (found["x"], found["y"]["unit"]) == (unknown, "cm")


def test_regions_without_a_place_are_left_out_and_many_are_cut() -> None:
    assert told(region(RegionLocationMaxX1=None)) == []
    assert len(told(*[region()] * 40)) == MOST
    assert regions_of({}) == []
