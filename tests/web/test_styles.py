"""The limits of the style sheets and scripts, and contrast in both schemes (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

import imagebank.web

STATIC = Path(imagebank.web.__file__).parent / "static" / "web"
BASE = (STATIC / "css" / "base.css").read_text()
SCHEMES = ["light", "dark"]
TEXT = [
    ("ink", "page"), ("ink", "surface"), ("ink", "sunken"), ("soft", "page"), ("soft", "surface"), ("soft", "sunken"),
    ("accent", "page"), ("accent", "surface"), ("on-accent", "accent"), ("accent-strong", "wash"), ("ink", "wash"),
    ("good", "good-wash"), ("warn", "warn-wash"), ("bad", "bad-wash"), ("bad", "surface"), ("ink", "good-wash"),
    ("ink", "warn-wash"), ("ink", "bad-wash"), ("stage-ink", "stage"), ("stage-soft", "stage"),
    ("stage-accent", "stage"),
]  # fmt: skip
SHAPES = [("edge", "surface"), ("edge", "page"), ("amber", "surface"), ("good", "surface"), ("accent", "surface")]


def tokens(scheme: str) -> dict[str, str]:
    light, dark = BASE.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light))
    return found if scheme == "light" else found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", dark))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_has_contrast(scheme: str, ink: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_borders_and_icons_have_contrast(scheme: str, shape: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[shape], colours[ground]) >= 3


def test_five_sizes_of_type() -> None:
    assert re.findall(r"--(t\d):", BASE) == ["t1", "t2", "t3", "t4", "t5"]


def test_the_sheets_of_a_reader_stay_small() -> None:
    linked = re.findall(r"web/css/(\w+)\.css", (Path(settings.BASE_DIR) / "templates" / "base.html").read_text())
    assert sum((STATIC / "css" / f"{name}.css").stat().st_size for name in linked) <= 30_720


def test_all_scripts_stay_small() -> None:
    assert sum(len(gzip.compress(file.read_bytes())) for file in (STATIC / "js").rglob("*.js")) <= 60_000
