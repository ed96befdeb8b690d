"""What a pixel stands for, from the ultrasound regions of the clean object (PS3.3 C.8.5.5): technical facts alone."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

REGIONS: Final = "00186011"
EDGES: Final = ("00186018", "0018601A", "0018601C", "0018601E")
"""RegionLocationMinX0, MinY0, MaxX1, MaxY1; the last pixels are inside."""
AXES: Final = {"x": ("00186024", "0018602C"), "y": ("00186026", "0018602E")}
"""Axis -> PhysicalUnits...Direction, PhysicalDelta..."""
UNITS: Final = {
    1: "%", 2: "dB", 3: "cm", 4: "s", 5: "Hz", 6: "dB/s", 7: "cm/s", 8: "cm²", 9: "cm²/s", 10: "cm³", 11: "cm³/s",
    12: "°",
}  # fmt: skip
"""C.8.5.5.1.15; 0 is "none"."""
MOST: Final = 16
Region = dict[str, Any]


def regions_of(elements: Mapping[str, Any]) -> list[Region]:
    """[{box: [left, top, right, bottom], x: {unit, delta}, y: {unit, delta}}] of a header as DICOM JSON.

    Edges in pixels of the frame, right and bottom outside; what one pixel stands for on each axis, without its sign.
    Unit and delta are null where the object does not say. Regions without a place are left out.
    """
    items = elements.get(REGIONS, {}).get("Value", [])[:MOST]
    return [region for region in map(_region, items) if region]


def _region(item: Mapping[str, Any]) -> Region | None:
    edges = [_number(item, tag) for tag in EDGES]
    if any(edge is None for edge in edges):
        return None
    left, top, right, bottom = (int(edge) for edge in edges if edge is not None)
    return {"box": [left, top, right + 1, bottom + 1]} | {name: _axis(item, *tags) for name, tags in AXES.items()}


def _axis(item: Mapping[str, Any], unit_tag: str, delta_tag: str) -> dict[str, Any]:
    unit, delta = UNITS.get(int(_number(item, unit_tag) or 0)), _number(item, delta_tag)
    known = unit is not None and bool(delta)
    return {"unit": unit if known else None, "delta": abs(delta) if known and delta else None}


def _number(item: Mapping[str, Any], tag: str) -> float | None:
    values = item.get(tag, {}).get("Value", [])
    number = values[0] if values else None
    return number if isinstance(number, int | float) and isfinite(number) else None
